"""Origins are three values; whatever could be read in two ways has none."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millennium.security.origin import (
    APP_ORIGIN,
    APP_ORIGIN_WEBVIEW2,
    MAX_URL_CHARS,
    Origin,
    isolated_origin,
)


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("millennium://localhost/index.html?x#y", APP_ORIGIN),
        ("MILLENNIUM://localhost", APP_ORIGIN),
        ("https://millennium.localhost/", APP_ORIGIN_WEBVIEW2),
        ("https://example.org", Origin("https", "example.org", 443)),
        ("http://example.org:8080/a", Origin("http", "example.org", 8080)),
        ("http://127.0.0.1:5173", Origin("http", "127.0.0.1", 5173)),
        ("http://[::1]:5173/", Origin("http", "[::1]", 5173)),
        ("http://[::1]", Origin("http", "[::1]", 80)),
        ("https://xn--bcher-kva.example", Origin("https", "xn--bcher-kva.example", 443)),
    ],
)
def test_a_plain_address_has_an_origin(url: str, origin: Origin) -> None:
    assert Origin.parse(url) == origin


@pytest.mark.parametrize(
    "url",
    ["", "about:blank", "data:text/html,x", "blob:millennium://localhost/x", "file:///etc/passwd",
     "//localhost/", "file://localhost/x", "javascript:alert(1)", "javascript://localhost/%0aalert(1)"],
)  # fmt: skip
def test_an_opaque_document_has_none(url: str) -> None:
    assert Origin.parse(url) is None


@pytest.mark.parametrize(
    "url",
    [
        "https://good.org\\@evil.org/",
        "https://good.org@evil.org/",
        "https://user:pw@good.org/",
        "ht\ntps://good.org",
        "https://good.org\t",
        " https://good.org",
        "https://Good.org",
        "https://good.org.",
        "https://bücher.example",
        "https://%6cocalhost",
        "https://-good.org",
        "https://good..org",
        "https://",
        "https://:80",
        "http://127.1",
        "http://2130706433",
        "http://0x7f000001",
        "http://127.0.0.01",
        "http://[::0001]",
        "http://[::ffff:102:304]",
        "http://[::ffff:1.2.3.4]",
        "http://[::1%25eth0]",
        "http://[::1",
        "http://[v1.fe80::a]",
        "http://[::1]x",
        "https://good.org:99999",
        "https://good.org:x",
        f"https://good.org/{'a' * MAX_URL_CHARS}",
        f"https://{'a.' * 130}org",
    ],
    ids=lambda url: url.encode("unicode_escape").decode()[:40],
)
def test_what_could_be_read_in_two_ways_has_none(url: str) -> None:
    assert Origin.parse(url) is None


@pytest.mark.parametrize(
    ("origin", "text"),
    [
        (APP_ORIGIN, "millennium://localhost"),
        (APP_ORIGIN_WEBVIEW2, "https://millennium.localhost"),
        (Origin("http", "localhost", 5173), "http://localhost:5173"),
    ],
    ids=["own", "default-port", "other-port"],
)
def test_an_origin_prints_as_browsers_write_it(origin: Origin, text: str) -> None:
    assert str(origin) == text
    assert Origin.parse(text) == origin


@pytest.mark.parametrize(
    ("url", "is_loopback"),
    [
        ("http://localhost:1", True),
        ("http://app.localhost", True),
        ("http://127.0.0.2", True),
        ("http://[::1]", True),
        ("http://example.org", False),
        ("http://192.168.0.1", False),
        ("http://localhost.example.org", False),
    ],
)
def test_loopback_is_this_machine_only(url: str, is_loopback: bool) -> None:
    origin = Origin.parse(url)
    assert origin is not None
    assert origin.is_loopback is is_loopback


@pytest.mark.parametrize("label", ["Settings", "a/b", "a:b", "-a", ""])
def test_a_label_that_is_no_host_name_has_no_isolated_origin(label: str) -> None:
    assert isolated_origin(label) is None


def test_an_isolated_window_has_a_host_of_its_own() -> None:
    assert isolated_origin("settings") == Origin("millennium", "settings.localhost")


@given(st.text(max_size=60))
def test_any_text_gives_an_origin_or_none_and_never_raises(text: str) -> None:
    found = Origin.parse(text)
    assert found is None or Origin.parse(str(found)) == found


@given(st.sampled_from(["https", "millennium"]), st.from_regex(r"[ -~]{0,30}", fullmatch=True))
def test_a_parsed_host_is_the_one_that_is_written(scheme: str, rest: str) -> None:
    url = f"{scheme}://{rest}"
    found = Origin.parse(url)
    assert found is None or urlsplit(url).netloc.startswith(found.host)
