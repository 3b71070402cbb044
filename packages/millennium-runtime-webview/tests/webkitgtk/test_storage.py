"""What pages save: kept per app across starts, apart where asked for, never in incognito."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from millennium_runtime_webview.webkitgtk.storage import profile_folder

pytestmark = pytest.mark.gui

SAVE = """(async () => {
  localStorage.setItem('kept', VALUE);
  document.cookie = 'kept=' + VALUE + '; max-age=86400; path=/';
  await new Promise(done => { const open = indexedDB.open('kept', 1);
    open.onupgradeneeded = () => open.result.createObjectStore('s');
    open.onsuccess = () => { const t = open.result.transaction('s', 'readwrite');
      t.objectStore('s').put(VALUE, 'k'); t.oncomplete = () => { open.result.close(); done() } } });
})()"""
READ = """(async () => [localStorage.getItem('kept'), await new Promise(done => {
  const open = indexedDB.open('kept', 1);
  open.onupgradeneeded = () => open.result.createObjectStore('s');
  open.onsuccess = () => { const get = open.result.transaction('s').objectStore('s').get('k');
    get.onsuccess = () => { open.result.close(); done(get.result ?? null) } } })])()"""
APP = """
import json, sys
from millennium_runtime import RuntimeAttributes
from millennium_runtime.request import Response
from millennium_runtime.run_event import Ready
from millennium_runtime.webview import WebviewAttributes
from millennium_runtime.window import PendingWindow
from millennium_runtime_webview import WebviewRuntime
from pathlib import Path
folder, expression, options = Path(sys.argv[1]), sys.argv[2], json.loads(sys.argv[3])
runtime = WebviewRuntime.new(RuntimeAttributes(
    identifier="org.example.saved", app_name="Saved", data_directory=folder))
page = ("<script>(async () => { const value = await (" + expression + "); await fetch('/said',"
    " { method: 'POST', body: JSON.stringify(value ?? null) }) })()</script>").encode()
def serve(request, respond):
    if request.uri.endswith("/said"):
        print(request.read_body(10000).decode())
        runtime.handle().request_exit()
    respond(Response(headers=(("content-type", "text/html"),), body=page))
def on_event(event):
    if isinstance(event, Ready):
        runtime.handle().create_window(PendingWindow(label="main", protocols={"millennium": serve},
            webview=WebviewAttributes(url="millennium://localhost/", **options)))
sys.exit(runtime.run(on_event))
"""


def run(folder: Path, expression: str, **options: bool) -> object:
    """Run an app in a process of its own; return what its page said."""
    command = [sys.executable, "-c", APP, str(folder), expression, json.dumps(options)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=40, check=True)
    return json.loads(done.stdout)


def test_local_storage_and_databases_survive_a_restart(tmp_path):
    run(tmp_path, SAVE.replace("VALUE", "'treasure'"))
    assert run(tmp_path, READ) == ["treasure", "treasure"]


def test_the_profile_is_private(tmp_path):
    run(tmp_path / "new", "1")
    profile = profile_folder(tmp_path / "new")
    assert [stat.S_IMODE(path.stat().st_mode) for path in (profile.parent, profile)] == [0o700] * 2


def test_an_incognito_window_saves_nothing(tmp_path):
    run(tmp_path, SAVE.replace("VALUE", "'secret'"), incognito=True)
    assert run(tmp_path, READ) == [None, None]
    assert run(tmp_path, READ, incognito=True) == [None, None]


def test_an_isolated_window_keeps_its_own(tmp_path):
    run(tmp_path, SAVE.replace("VALUE", "'apart'"), isolated=True)
    assert run(tmp_path, READ) == [None, None]
    assert run(tmp_path, READ, isolated=True) == ["apart", "apart"]


def test_windows_share_their_storage(app):
    app.open().js("localStorage.setItem('shared', 'yes')")
    assert app.open(label="second").js("localStorage.getItem('shared')") == "yes"


def test_an_isolated_window_does_not_share(app):
    app.open().js("localStorage.setItem('shared', 'yes')")
    apart = app.open(label="second", isolated=True)
    assert apart.js("localStorage.getItem('shared')") is None


def test_labels_cannot_climb_out_of_the_profile(tmp_path):
    assert profile_folder(tmp_path, "../../etc").parent == tmp_path / "isolated"
    assert profile_folder(tmp_path, "a/b") != profile_folder(tmp_path, "a_b")
