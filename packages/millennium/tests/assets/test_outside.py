"""Files outside the app are shown from their scope, as nothing that runs, and by nobody else."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from millennium.assets.outside import MAX_OPEN_FILES, PART_BYTES, FileStream, OutsideFiles
from millennium.assets.resolver import OUTSIDE_PREFIX
from millennium.security.scope import FsScope
from millennium_runtime.request import Request, Response

PICTURE = b"\x89PNG" + bytes(range(256))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = Path(os.path.realpath(tmp_path))
    inside = root / "inside"
    (inside / "deep").mkdir(parents=True)
    (inside / "a.png").write_bytes(PICTURE)
    (inside / "deep" / "é b.png").write_bytes(PICTURE)
    (inside / ".hidden.png").write_bytes(PICTURE)
    (inside / "denied.png").write_bytes(PICTURE)
    (root / "secret.png").write_bytes(b"secret")
    return inside


@pytest.fixture
def files(folder: Path) -> OutsideFiles:
    scope = FsScope(["$HOME/inside/**"], ["$HOME/inside/denied*"], {"HOME": folder.parent})
    return OutsideFiles(lambda: scope)


def ask(files: OutsideFiles, name: str, *, method: str = "GET", **headers: str) -> Response:
    named = {key.replace("_", "-"): value for key, value in headers.items()}
    uri = f"millennium://localhost{OUTSIDE_PREFIX}{name}"
    return files.serve(Request(method=method, uri=uri, headers=named))


def encoded(path: object) -> str:
    return quote(str(path), safe="")


def body(response: Response) -> bytes:
    content = response.body
    return bytes(content) if isinstance(content, bytes | memoryview) else b"".join(content)


def test_a_file_of_the_scope_is_shown(files: OutsideFiles, folder: Path) -> None:
    response = ask(files, encoded(folder / "a.png"))

    assert (response.status, body(response)) == (200, PICTURE)
    headers = dict(response.headers)
    assert headers["content-type"] == "image/png"
    assert headers["content-length"] == str(len(PICTURE))


@pytest.mark.parametrize("path", ["$HOME/inside/a.png", "$HOME/inside/deep/é b.png"])
def test_a_path_may_begin_with_a_variable_and_hold_any_letter(
    files: OutsideFiles, path: str
) -> None:
    assert ask(files, encoded(path)).status == 200
    assert ask(files, encoded(path) + "?v=2").status == 200


def outside_paths(folder: Path) -> list[str]:
    up = folder.parent
    return [
        encoded(up / "secret.png"),
        encoded(f"{folder}/../secret.png"),
        f"{encoded(folder)}%2f%2e%2e%2fsecret.png",
        f"{encoded(folder)}%2F..%2Fsecret.png",
        f"{encoded(folder)}/../secret.png",
        f"{encoded(folder)}/a.png",
        str(folder / "a.png"),
        f"{encoded(folder)}%5c..%5csecret.png",
        f"{encoded(folder / 'a.png')}%00.txt",
        f"{encoded(folder / 'a.png')}%0a",
        f"{encoded(folder)}%252f..%252fsecret.png",
        encoded(folder / ".hidden.png"),
        encoded(folder / "denied.png"),
        encoded(folder / "DENIED.PNG"),
        encoded("inside/a.png"),
        encoded("$NOWHERE/a.png"),
        encoded(r"\\server\share\a.png"),
        encoded("//server/share/a.png"),
        encoded("C:a.png"),
        encoded(r"\\?\C:\a.png"),
        encoded("file:///etc/passwd"),
        encoded("/etc/passwd"),
        encoded("/proc/self/environ"),
        "%ff",
        "%c0%ae%c0%ae",
        "",
        "%2f",
        "a" * 9000,
    ]


@pytest.mark.parametrize("at", range(28))
def test_nothing_outside_of_the_scope_is_shown(files: OutsideFiles, folder: Path, at: int) -> None:
    name = outside_paths(folder)[at]
    response = ask(files, name)
    part = ask(files, name, range="bytes=0-3")
    head = ask(files, name, method="HEAD")

    assert {response.status, part.status, head.status} == {403}
    assert body(response) == body(part) == body(head) == b""


def test_all_paths_outside_are_tried(folder: Path) -> None:
    assert len(outside_paths(folder)) == 28


def test_a_link_out_of_the_scope_is_not_followed(files: OutsideFiles, folder: Path) -> None:
    (folder / "link.png").symlink_to(folder.parent / "secret.png")
    (folder / "up").symlink_to(folder.parent)

    assert ask(files, encoded(folder / "link.png")).status == 403
    assert ask(files, encoded(folder / "up" / "secret.png")).status == 403


def test_a_link_within_the_scope_leads_to_its_file(files: OutsideFiles, folder: Path) -> None:
    (folder / "link.txt").symlink_to(folder / "a.png")

    assert dict(ask(files, encoded(folder / "link.txt")).headers)["content-type"] == "image/png"


def test_what_is_no_file_is_not_there(files: OutsideFiles, folder: Path) -> None:
    os.mkfifo(folder / "pipe.png")

    assert ask(files, encoded(folder / "pipe.png")).status == 404
    assert ask(files, encoded(folder / "deep")).status == 404
    assert ask(files, encoded(folder / "missing.png")).status == 404
    assert ask(files, encoded(folder / "a.png" / "x")).status == 404
    assert ask(files, encoded(folder / ("x" * 300))).status == 404


def test_what_may_not_be_read_is_refused(
    files: OutsideFiles, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    assert ask(files, encoded(folder / "a.png")).status == 403


def test_a_window_without_a_trusted_document_gets_nothing(folder: Path) -> None:
    assert ask(OutsideFiles(lambda: None), encoded(folder / "a.png")).status == 403


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_only_reading_is_possible(files: OutsideFiles, folder: Path, method: str) -> None:
    response = ask(files, encoded(folder / "a.png"), method=method)

    assert (response.status, dict(response.headers)["allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize(
    "headers",
    [{"accept": "text/html,*/*"}, {"sec_fetch_dest": "document"}, {"sec_fetch_dest": "iframe"}],
    ids=["accept", "document", "frame"],
)
def test_nothing_is_shown_as_a_page(
    files: OutsideFiles, folder: Path, headers: dict[str, str]
) -> None:
    assert ask(files, encoded(folder / "a.png"), **headers).status == 403


@pytest.mark.parametrize(
    ("name", "mime"),
    [
        ("a.html", "text/plain; charset=utf-8"),
        ("a.HTM", "text/plain; charset=utf-8"),
        ("a.xhtml", "text/plain; charset=utf-8"),
        ("a.xml", "text/plain; charset=utf-8"),
        ("a.js", "text/plain; charset=utf-8"),
        ("a.mjs", "text/plain; charset=utf-8"),
        ("a.css", "text/plain; charset=utf-8"),
        ("a.wasm", "text/plain; charset=utf-8"),
        ("a.svg", "image/svg+xml"),
        ("a.mp4", "video/mp4"),
        ("a.unknown", "application/octet-stream"),
        ("html", "application/octet-stream"),
    ],
)
def test_no_type_runs_and_each_answer_is_an_empty_sandbox(
    files: OutsideFiles, folder: Path, name: str, mime: str
) -> None:
    (folder / name).write_text("<script>alert(1)</script>")
    headers = dict(ask(files, encoded(folder / name)).headers)

    assert headers["content-type"] == mime
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["content-security-policy"].endswith("; sandbox")
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "access-control-allow-origin" not in headers


def test_in_development_a_page_of_a_server_may_show_it(folder: Path) -> None:
    scope = FsScope([f"{folder}/**"], [], {})
    files = OutsideFiles(lambda: scope, is_developed=True)
    headers = ask(files, encoded(folder / "a.png")).headers

    assert headers.count(("cross-origin-resource-policy", "cross-origin")) == 1
    assert ("cross-origin-resource-policy", "same-origin") not in headers
    assert ("x-content-type-options", "nosniff") in headers


@pytest.mark.parametrize(
    ("wanted", "status", "content", "where"),
    [
        ("bytes=0-3", 206, PICTURE[:4], "bytes 0-3/260"),
        ("bytes=4-", 206, PICTURE[4:], "bytes 4-259/260"),
        ("bytes=-4", 206, PICTURE[-4:], "bytes 256-259/260"),
        ("lines=1-2", 200, PICTURE, None),
        ("bytes=300-", 416, b"", "bytes */260"),
        ("bytes=0-1,3-4", 416, b"", "bytes */260"),
    ],
)
def test_a_player_gets_the_part_it_asks_for(
    files: OutsideFiles, folder: Path, wanted: str, status: int, content: bytes, where: str | None
) -> None:
    response = ask(files, encoded(folder / "a.png"), range=wanted)

    assert (response.status, body(response)) == (status, content)
    assert dict(response.headers).get("content-range") == where


def test_a_part_of_what_was_replaced_is_the_whole_new_file(
    files: OutsideFiles, folder: Path
) -> None:
    etag = dict(ask(files, encoded(folder / "a.png")).headers)["etag"]
    same = ask(files, encoded(folder / "a.png"), range="bytes=0-3", if_range=etag)
    other = ask(files, encoded(folder / "a.png"), range="bytes=0-3", if_range='"other"')

    assert (same.status, other.status) == (206, 200)


def test_head_tells_the_size_only(files: OutsideFiles, folder: Path) -> None:
    response = ask(files, encoded(folder / "a.png"), method="HEAD")

    assert (response.status, body(response)) == (200, b"")
    assert dict(response.headers)["content-length"] == str(len(PICTURE))


def large(folder: Path) -> Path:
    path = folder / "large.mp4"
    path.write_bytes(b"0123456789" * PART_BYTES)
    return path


def test_a_large_file_is_sent_while_it_is_read(files: OutsideFiles, folder: Path) -> None:
    path = large(folder)
    response = ask(files, encoded(path), range="bytes=3-")

    assert isinstance(response.body, FileStream)
    assert len(next(response.body)) == PART_BYTES
    path.write_bytes(b"short")
    assert b"".join(response.body) == b""
    assert next(response.body, None) is None


def test_a_large_file_arrives_whole(files: OutsideFiles, folder: Path) -> None:
    assert body(ask(files, encoded(large(folder)))) == b"0123456789" * PART_BYTES


def test_only_so_many_large_files_are_open_at_once(files: OutsideFiles, folder: Path) -> None:
    path = encoded(large(folder))
    held = [ask(files, path) for _ in range(MAX_OPEN_FILES)]

    assert {response.status for response in held} == {200}
    assert ask(files, path).status == 503
    assert ask(files, encoded(folder / "a.png")).status == 200
    held.pop()
    assert ask(files, path).status == 200, "what nobody read was let go"


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200, deadline=None
)
@given(st.text(st.characters(codec="utf-8"), max_size=60), st.booleans())
def test_no_name_gets_out(files: OutsideFiles, folder: Path, text: str, is_encoded: bool) -> None:
    name = encoded(f"{folder}/{text}") if is_encoded else text
    response = ask(files, name)

    assert response.status in {200, 403, 404}
    assert b"secret" not in body(response)
