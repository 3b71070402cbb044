"""The page's own development server."""

from __future__ import annotations

import http.server
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from millennium.config.schema import HookCommand
from millennium_build.dev.page_server import BeforeDev, wait_for_page
from millennium_build.errors import DevServerError, HookError

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX shell")
CLOSED = "http://127.0.0.1:1"


class Silent(http.server.BaseHTTPRequestHandler):
    """Answers everything with a status that says no."""

    def do_HEAD(self) -> None:
        self.send_response(404)
        self.end_headers()

    def log_message(self, *_words: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[str]:
    """The address of a server such as a developer would start."""
    with http.server.HTTPServer(("127.0.0.1", 0), Silent) as found:
        thread = threading.Thread(target=found.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{found.server_port}/"
        found.shutdown()
        thread.join()


def test_a_server_that_answers_anything_is_there(server: str, tmp_path: Path):
    with BeforeDev("", tmp_path) as before:
        wait_for_page(server, before, say=print)


def test_nobody_answering_is_an_error_after_a_while(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("millennium_build.dev.page_server._TELL_SECONDS", 0.0)
    said: list[str] = []
    with BeforeDev("", tmp_path) as before, pytest.raises(DevServerError) as caught:
        wait_for_page(CLOSED, before, say=said.append, timeout_seconds=0.3)
    assert "before-dev-command" in caught.value.help
    assert said[0] == f"waiting for {CLOSED} …"


def test_an_address_that_speaks_tls_is_asked_in_tls(tmp_path: Path):
    with BeforeDev("", tmp_path) as before, pytest.raises(DevServerError):
        wait_for_page("https://127.0.0.1:1", before, say=print, timeout_seconds=0.0)


def test_a_command_that_fails_ends_the_waiting(tmp_path: Path):
    with BeforeDev("exit 3", tmp_path) as before, pytest.raises(HookError, match="code 3"):
        wait_for_page(CLOSED, before, say=print, timeout_seconds=10)


def test_a_command_runs_in_its_folder_and_ends_with_the_session(tmp_path: Path):
    (tmp_path / "web").mkdir()
    hook = HookCommand(script="pwd > where; exec sleep 600", cwd="web")
    with BeforeDev(hook, tmp_path) as before:
        before.check()
        process = before._process
    assert process is not None
    assert process.returncode is not None


def test_a_command_that_is_waited_for_is_done_before(tmp_path: Path):
    with BeforeDev(HookCommand(script="touch made", wait=True), tmp_path) as before:
        before.check()
        assert (tmp_path / "made").exists()


def test_a_command_in_no_folder_is_an_error(tmp_path: Path):
    with pytest.raises(HookError, match="cannot run"):
        BeforeDev(HookCommand(script="true", cwd="gone"), tmp_path)
