"""Cookies of a web origin: kept across starts of the app, not by an incognito window."""

from __future__ import annotations

import stat
import subprocess
import sys
import threading
from http.server import (  # noqa: TID251 - the test's site, not the app's
    BaseHTTPRequestHandler,
    ThreadingHTTPServer,
)

import pytest

from millennium_runtime_webview.webkitgtk.storage import profile_folder

pytestmark = pytest.mark.gui
APP = """
import sys
from pathlib import Path
from millennium_runtime import RuntimeAttributes
from millennium_runtime.run_event import Ready
from millennium_runtime.webview import WebviewAttributes
from millennium_runtime.window import PendingWindow
from millennium_runtime_webview import WebviewRuntime
folder, url, option = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
runtime = WebviewRuntime.new(RuntimeAttributes(
    identifier="org.example.cookies", app_name="Cookies", data_directory=folder))
def on_load(load):
    if load.stage in {"finished", "failed"}:
        print(load.stage, load.source.url)
        runtime.handle().request_exit()
def on_event(event):
    if isinstance(event, Ready):
        options = {option: True} if option else {}
        runtime.handle().create_window(PendingWindow(label="main", page_load_handler=on_load,
            navigation_handler=lambda to: to.startswith(url),
            webview=WebviewAttributes(url=url, **options)))
sys.exit(runtime.run(on_event))
"""
LASTING = "kept=treasure; Max-Age=86400; Path=/; HttpOnly; SameSite=Strict"
PASSING = "passing=crumb; Path=/; HttpOnly"


class Site(BaseHTTPRequestHandler):
    """Notes the cookies it gets; sets one that lasts and one for the session."""

    def do_GET(self) -> None:
        got = self.headers.get("cookie", "")
        self.server.got.append(got)  # type: ignore[attr-defined]
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.send_header("content-length", "5")
        self.send_header("set-cookie", LASTING)
        self.send_header("set-cookie", PASSING)
        self.end_headers()
        self.wfile.write(b"hello")

    def log_message(self, *_: object) -> None:
        """Be silent."""


class Server(ThreadingHTTPServer):
    """A loopback server of the test."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Site)
        self.got: list[str] = []


@pytest.fixture
def server():
    server = Server()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join(10)


def visit(server, folder, option=""):
    """Start the app in a process of its own; return the cookies its page sent."""
    url = f"http://127.0.0.1:{server.server_port}/"
    done = subprocess.run(
        [sys.executable, "-c", APP, str(folder), url, option],
        capture_output=True,
        text=True,
        timeout=40,
        check=True,
    )
    assert done.stdout == f"finished {url}\n"
    return server.got.pop(0)


def test_a_cookie_that_lasts_is_sent_after_a_restart(server, tmp_path):
    assert visit(server, tmp_path) == ""
    assert visit(server, tmp_path) == "kept=treasure"


def test_an_incognito_window_neither_sends_nor_keeps_cookies(server, tmp_path):
    assert visit(server, tmp_path, "incognito") == ""
    assert visit(server, tmp_path) == ""
    assert visit(server, tmp_path, "incognito") == ""
    assert visit(server, tmp_path) == "kept=treasure"


def test_an_isolated_window_keeps_its_own_cookies(server, tmp_path):
    assert visit(server, tmp_path, "isolated") == ""
    assert visit(server, tmp_path) == ""
    assert visit(server, tmp_path, "isolated") == "kept=treasure"


def test_the_cookies_lie_in_a_private_folder(server, tmp_path):
    visit(server, tmp_path / "new")
    profile = profile_folder(tmp_path / "new")
    assert b"treasure" in (profile / "cookies.sqlite").read_bytes()
    folders = [profile.parent, profile]
    assert [stat.S_IMODE(path.stat().st_mode) for path in folders] == [0o700, 0o700]


def test_a_profile_that_was_open_to_others_is_closed(server, tmp_path):
    profile = profile_folder(tmp_path)
    profile.mkdir()
    profile.chmod(0o755)
    tmp_path.chmod(0o755)
    visit(server, tmp_path)
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (tmp_path, profile)]
    assert modes == [0o700, 0o700]
