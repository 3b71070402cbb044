"""Fetching by digest: what is taken, what is refused, what is kept."""

from __future__ import annotations

import hashlib
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer  # noqa: TID251 - the site, not the app
from pathlib import Path

import pytest

from millennium_bundler.errors import FormatError
from millennium_bundler.webview_fetch import Pin, cache_folder, fetch, is_kept

PROGRAM = b"MZ" + b"program" * 1000
DIGEST = hashlib.sha256(PROGRAM).hexdigest()


class Server:
    """A server of this machine; counts what it is asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        answers: dict[str, tuple[int, dict[str, str], bytes]] = {
            "/program": (200, {}, PROGRAM),
            "/moved": (302, {"Location": "/program"}, b""),
            "/file": (302, {"Location": "file:///etc/hostname"}, b""),
            "/ftp": (302, {"Location": "ftp://127.0.0.1/program"}, b""),
        }
        asked = self.asked

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked.append(self.path)
                code, headers, body = answers.get(self.path, (404, {}, b"nothing here"))
                self.send_response(code)
                for name, value in {"Content-Length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)
                self.close_connection = True

            def log_message(self, *_words: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server.server_port}{path}"


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    thread = threading.Thread(target=made.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of kept files; no proxy of the environment."""
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(tmp_path / "cache"))
    monkeypatch.setenv("HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    return cache_folder()


@pytest.fixture
def pin(server: Server) -> Callable[..., Pin]:
    def make(path: str = "/program", digest: str = DIGEST, **limits: float) -> Pin:
        return Pin(url=server.url(path), sha256=digest, **limits)  # type: ignore[arg-type]

    return make


@pytest.mark.parametrize("path", ["/program", "/moved"])
def test_a_file_is_fetched_once(pin: Callable[..., Pin], server: Server, path: str):
    assert fetch(pin(path)) == PROGRAM
    asked = len(server.asked)
    assert fetch(pin(path)) == PROGRAM
    assert len(server.asked) == asked
    assert is_kept(pin(path))


def test_what_is_kept_needs_no_network(pin: Callable[..., Pin], server: Server):
    fetch(pin())
    server.asked.clear()
    assert fetch(pin(), may_fetch=False) == PROGRAM
    assert server.asked == []


def test_without_the_network_what_is_missing_is_named(pin: Callable[..., Pin], server: Server):
    with pytest.raises(FormatError, match="/program is not kept here") as caught:
        fetch(pin(), may_fetch=False)
    assert caught.value.number == "M0493"
    assert DIGEST in caught.value.help
    assert server.asked == []


@pytest.mark.skipif(sys.platform == "win32", reason="needs permissions of POSIX")
def test_the_folder_is_the_users_alone(pin: Callable[..., Pin], cache: Path):
    cache.mkdir(parents=True)
    cache.chmod(0o777)
    fetch(pin())
    assert cache.stat().st_mode & 0o777 == 0o700
    assert [path.name for path in cache.iterdir()] == [DIGEST]


def test_another_file_is_refused_and_not_kept(pin: Callable[..., Pin], cache: Path):
    with pytest.raises(FormatError, match=f"not the file that is pinned.*{DIGEST}") as caught:
        fetch(pin(digest="0" * 64))
    assert caught.value.number == "M0495"
    assert not cache.exists()


def test_a_kept_file_that_was_changed_is_fetched_anew(
    pin: Callable[..., Pin], server: Server, cache: Path
):
    fetch(pin())
    (cache / DIGEST).write_bytes(PROGRAM.replace(b"program", b"prqgram", 1))
    server.asked.clear()
    assert fetch(pin()) == PROGRAM
    assert server.asked == ["/program"]
    assert (cache / DIGEST).read_bytes() == PROGRAM


def test_a_kept_file_that_was_changed_does_not_count_offline(pin: Callable[..., Pin], cache: Path):
    fetch(pin())
    (cache / DIGEST).write_bytes(b"MZ")
    with pytest.raises(FormatError) as caught:
        fetch(pin(), may_fetch=False)
    assert caught.value.code == "webview.offline"


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/nowhere", "answers 404"),
        ("/file", "is no address of the web|answers 302"),
        ("/ftp", "is no address of the web"),
    ],
)
def test_what_cannot_be_fetched_is_an_error(
    pin: Callable[..., Pin], cache: Path, path: str, said: str
):
    with pytest.raises(FormatError, match=said) as caught:
        fetch(pin(path))
    assert caught.value.code in {"webview.fetch", "webview.changed"}
    assert not cache.exists()


def test_nobody_there_is_an_error(cache: Path):
    with pytest.raises(FormatError, match="cannot be fetched") as caught:
        fetch(Pin(url="http://127.0.0.1:1/program", sha256=DIGEST))
    assert caught.value.number == "M0494"


def test_other_schemes_are_refused():
    with pytest.raises(FormatError, match="no address of the web"):
        fetch(Pin(url="file:///etc/hostname", sha256=DIGEST))


def test_size_and_time_have_limits(pin: Callable[..., Pin]):
    assert fetch(pin(max_bytes=len(PROGRAM), timeout_s=60.0)) == PROGRAM  # the control


@pytest.mark.parametrize(
    ("limits", "said"),
    [({"max_bytes": len(PROGRAM) - 1}, "longer than"), ({"timeout_s": -1.0}, "takes longer")],
    ids=["size", "time"],
)
def test_beyond_a_limit_is_an_error(pin: Callable[..., Pin], limits: dict[str, float], said: str):
    with pytest.raises(FormatError, match=said):
        fetch(pin(**limits))


def test_a_folder_that_cannot_be_written_is_no_error(pin: Callable[..., Pin], tmp_path: Path):
    (tmp_path / "cache").write_bytes(b"a file")
    assert fetch(pin()) == PROGRAM
    assert not is_kept(pin())


def test_no_password_is_shown():
    url = "http://ada:sesame@127.0.0.1:1/program?token=sesame"
    with pytest.raises(FormatError) as caught:
        fetch(Pin(url=url, sha256=DIGEST))
    assert "sesame" not in f"{caught.value}{caught.value.help}"
    assert "http://127.0.0.1:1/program" in caught.value.message
