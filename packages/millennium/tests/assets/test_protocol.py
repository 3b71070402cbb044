"""The app's files are served in process, under the policy, and nothing else is."""

from __future__ import annotations

import json
import re
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from millennium.assets import directory
from millennium.assets.directory import DirectoryAssets
from millennium.assets.embedded import EmbeddedAssets, embed
from millennium.assets.protocol import AssetProtocol
from millennium.assets.resolver import AssetResolver
from millennium.security.csp import PagePolicy, page_policy
from millennium_runtime.request import Request, Response

NAVIGATION = {"accept": "text/html,application/xhtml+xml"}
SECURITY_HEADERS = {
    "content-security-policy",
    "x-content-type-options",
    "cross-origin-opener-policy",
    "cross-origin-resource-policy",
    "referrer-policy",
}


@dataclass(frozen=True)
class Site:
    assets: AssetResolver
    policy: PagePolicy


@pytest.fixture
def protocol(tmp_path: Path) -> AssetProtocol:
    (tmp_path / "docs").mkdir()
    (tmp_path / "index.html").write_text("<title>home</title><script>a</script>", "utf-8")
    (tmp_path / "about.html").write_text("about", "utf-8")
    (tmp_path / "docs" / "index.html").write_text("docs", "utf-8")
    (tmp_path / "nonce.html").write_text("<script nonce>a</script>", "utf-8")
    (tmp_path / "data.bin").write_bytes(b"0123456789")
    (tmp_path / "ä b.txt").write_text("umlaut", "utf-8")
    site = Site(DirectoryAssets(tmp_path), page_policy(None))
    return AssetProtocol(site, api_source={"core.js": "export {}"}.get)


def ask(
    protocol: AssetProtocol,
    path: str,
    *,
    method: str = "GET",
    origin: str = "millennium://localhost",
    **headers: str,
) -> Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return protocol.serve(Request(method=method, uri=origin + path, headers=named))


def body(response: Response) -> bytes:
    assert isinstance(response.body, bytes | memoryview)
    return bytes(response.body)


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("", b"home"),
        ("/", b"home"),
        ("/index.html?a#b", b"home"),
        ("/about", b"about"),
        ("/about/", b"about"),
        ("/docs", b"docs"),
        ("/docs/", b"docs"),
        ("/%C3%A4%20b.txt", b"umlaut"),
    ],
)
def test_a_path_finds_its_file(protocol: AssetProtocol, path: str, content: bytes) -> None:
    response = ask(protocol, path)

    assert response.status == 200
    assert content in body(response)


@pytest.mark.parametrize(
    "headers",
    [NAVIGATION, {"sec-fetch-dest": "document"}, {"sec-fetch-dest": "iframe", "accept": "*/*"}],
    ids=["accept", "document", "frame"],
)
def test_a_route_of_a_single_page_app_is_its_page(
    protocol: AssetProtocol, headers: dict[str, str]
) -> None:
    assert b"home" in body(ask(protocol, "/notes/7", **headers))


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/missing.js", NAVIGATION),
        ("/notes/7", {}),
        ("/notes/7", {"accept": "*/*"}),
        ("/notes/7", {"sec-fetch-dest": "script", **NAVIGATION}),
        ("/__millennium/api/shell.js", NAVIGATION),
        ("/__millennium/api/", NAVIGATION),
        ("/__millennium/api/a/core.js", NAVIGATION),
        ("/__millennium/index", NAVIGATION),
        ("/__millennium", NAVIGATION),
    ],
)
def test_what_is_missing_is_not_found(
    protocol: AssetProtocol, path: str, headers: dict[str, str]
) -> None:
    response = ask(protocol, path, **headers)

    assert response.status == 404
    assert json.loads(body(response))["code"] == "assets.not_found"


@pytest.mark.parametrize(
    ("origin", "path"),
    [
        ("millennium://localhost", "/../secret"),
        ("millennium://localhost", "/%2e%2e/secret"),
        ("millennium://localhost", "/a/%2e%2e%2fsecret"),
        ("millennium://localhost", "/..%5csecret"),
        ("millennium://localhost", "/%00"),
        ("millennium://localhost", "/%ff"),
        ("millennium://evil.org", "/"),
        ("millennium://localhost.evil.org", "/"),
        ("millennium://[", "/"),
    ],
)
def test_what_leads_out_is_refused(protocol: AssetProtocol, origin: str, path: str) -> None:
    response = ask(protocol, path, origin=origin)

    assert response.status == 403
    assert json.loads(body(response))["code"] == "assets.outside"


def test_an_encoded_path_is_decoded_once(protocol: AssetProtocol) -> None:
    assert ask(protocol, "/%252e%252e/x").status == 404


def test_an_isolated_window_s_host_is_ours(protocol: AssetProtocol) -> None:
    assert ask(protocol, "/", origin="millennium://settings.localhost").status == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "get"])
def test_only_reading_is_possible(protocol: AssetProtocol, method: str) -> None:
    response = ask(protocol, "/", method=method)

    assert response.status == 405
    assert dict(response.headers)["allow"] == "GET, HEAD"


@pytest.mark.parametrize(
    ("status", "path", "method", "extra"),
    [
        (200, "/", "GET", {}),
        (200, "/", "HEAD", {}),
        (200, "/data.bin", "GET", {}),
        (200, "/nonce.html", "GET", {}),
        (200, "/nonce.html", "HEAD", {}),
        (200, "/__millennium/api/core.js", "GET", {}),
        (206, "/data.bin", "GET", {"range": "bytes=0-1"}),
        (304, "/data.bin", "GET", {"if_none_match": "*"}),
        (304, "/", "GET", {"if_none_match": "*"}),
        (403, "/..", "GET", {}),
        (404, "/missing.js", "GET", {}),
        (404, "/missing.html", "GET", NAVIGATION),
        (404, "/__millennium/api/shell.js", "GET", {}),
        (405, "/", "POST", {}),
        (405, "/missing.js", "TRACE", {}),
        (416, "/data.bin", "GET", {"range": "bytes=10-"}),
    ],
)
def test_each_answer_carries_the_policy(
    protocol: AssetProtocol, status: int, path: str, method: str, extra: dict[str, str]
) -> None:
    response = ask(protocol, path, method=method, **extra)
    headers = dict(response.headers)

    assert response.status == status
    assert set(headers) >= SECURITY_HEADERS | {"content-type"}
    assert "frame-ancestors 'none'" in headers["content-security-policy"]


def test_a_page_s_own_code_is_named_in_its_policy(protocol: AssetProtocol) -> None:
    policy = dict(ask(protocol, "/").headers)["content-security-policy"]

    assert policy.count("'sha256-") == 2


def test_head_has_the_headers_and_no_body(protocol: AssetProtocol) -> None:
    head = ask(protocol, "/data.bin", method="HEAD")

    assert body(head) == b""
    assert head.headers == ask(protocol, "/data.bin").headers


def test_head_has_no_parts(protocol: AssetProtocol) -> None:
    assert ask(protocol, "/data.bin", method="HEAD", range="bytes=0-1").status == 200


def test_a_nonce_is_new_each_time_and_the_same_in_page_and_policy(protocol: AssetProtocol) -> None:
    first, second = ask(protocol, "/nonce.html"), ask(protocol, "/nonce.html")
    found = re.search(rb'nonce="([^"]+)"', body(first))

    assert found is not None
    assert f"'nonce-{found[1].decode()}'" in dict(first.headers)["content-security-policy"]
    assert body(first) != body(second)
    assert b"__MILLENNIUM" not in body(first)


@pytest.mark.parametrize(
    "asked",
    [
        {"if_none_match": "*"},
        {"if_modified_since": "Fri, 01 Jan 2100 00:00:00 GMT"},
        {"range": "bytes=0-1"},
        {"range": "bytes=0-1", "if_range": "Fri, 01 Jan 2100 00:00:00 GMT"},
    ],
    ids=["tag", "date", "part", "part-by-date"],
)
def test_a_page_with_a_nonce_is_always_whole_and_never_kept(
    protocol: AssetProtocol, asked: dict[str, str]
) -> None:
    response = ask(protocol, "/nonce.html", **asked)
    headers = dict(response.headers)

    assert response.status == 200
    assert len(body(response)) == int(headers["content-length"])
    assert headers["cache-control"] == "no-store"
    assert not {"etag", "last-modified", "accept-ranges"} & set(headers)


def test_a_page_without_one_has_a_validator(protocol: AssetProtocol) -> None:
    headers = dict(ask(protocol, "/").headers)

    assert headers["cache-control"] == "no-cache"
    assert {"etag", "accept-ranges"} <= set(headers)


def test_an_unchanged_file_is_not_sent_again(protocol: AssetProtocol) -> None:
    etag = dict(ask(protocol, "/data.bin").headers)["etag"]
    response = ask(protocol, "/data.bin", if_none_match=f'"x", W/{etag}')

    assert response.status == 304
    assert body(response) == b""
    assert ask(protocol, "/data.bin", if_none_match='"x"').status == 200


def test_a_part_is_served(protocol: AssetProtocol) -> None:
    response = ask(protocol, "/data.bin", range="bytes=2-4")

    assert response.status == 206
    assert body(response) == b"234"
    assert dict(response.headers)["content-range"] == "bytes 2-4/10"
    assert dict(response.headers)["content-length"] == "3"


@pytest.mark.parametrize("value", ["bytes=10-", "bytes=0-1,2-3"], ids=["behind", "several"])
def test_a_part_that_is_none_is_refused(protocol: AssetProtocol, value: str) -> None:
    response = ask(protocol, "/data.bin", range=value)

    assert response.status == 416
    assert dict(response.headers)["content-range"] == "bytes */10"


def test_a_range_nobody_understands_is_ignored(protocol: AssetProtocol) -> None:
    assert body(ask(protocol, "/data.bin", range="lines=1-2")) == b"0123456789"


def test_a_part_of_a_changed_file_is_the_whole_file(protocol: AssetProtocol) -> None:
    etag = dict(ask(protocol, "/data.bin").headers)["etag"]

    assert ask(protocol, "/data.bin", range="bytes=0-1", if_range='"old"').status == 200
    assert ask(protocol, "/data.bin", range="bytes=0-1", if_range=etag).status == 206


def test_api_modules_are_served_and_kept(protocol: AssetProtocol) -> None:
    first = ask(protocol, "/__millennium/api/core.js")
    second = ask(protocol, "/__millennium/api/core.js")

    assert body(first) == b"export {}"
    assert first == second
    assert dict(first.headers)["content-type"] == "text/javascript; charset=utf-8"


def test_without_a_source_there_are_no_api_modules(tmp_path: Path) -> None:
    protocol = AssetProtocol(Site(DirectoryAssets(tmp_path), page_policy(None)))

    assert ask(protocol, "/__millennium/api/core.js").status == 404


def test_a_damaged_asset_is_an_error_and_no_end() -> None:
    protocol = AssetProtocol(Site(EmbeddedAssets(lambda key: b"?"), page_policy(None)))
    response = ask(protocol, "/")

    assert response.status == 500
    assert {name for name, _ in response.headers} >= SECURITY_HEADERS
    assert json.loads(body(response))["code"] == "assets.damaged"


def test_the_first_byte_takes_less_than_a_millisecond(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<script>a</script>" * 50, "utf-8")
    blobs = dict(embed(DirectoryAssets(tmp_path)))

    def serve_anew() -> float:
        site = Site(EmbeddedAssets(blobs.__getitem__), page_policy(None))
        protocol = AssetProtocol(site)
        started = time.thread_time()
        ask(protocol, "/")
        return time.thread_time() - started

    took = [serve_anew() for _ in range(20)]
    assert min(took) < 0.001


def test_a_file_that_is_too_large_is_refused_with_a_code(
    protocol: AssetProtocol, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(directory, "MAX_ASSET_BYTES", 9)
    answer = ask(protocol, "/data.bin")
    assert answer.status == 500
    assert isinstance(answer.body, bytes)
    assert json.loads(answer.body)["code"] == "assets.too_large"
    monkeypatch.undo()
    assert ask(protocol, "/data.bin").status == 200
