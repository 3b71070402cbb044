"""Windows come and go: nothing native waits for the garbage collector, a crash is survived."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import weakref
from pathlib import Path

import pytest
from webview_probe import descendants

from millennium_runtime.dpi import LogicalSize, PhysicalSize
from millennium_runtime.run_event import Destroyed, Resized

pytestmark = pytest.mark.gui


def web_processes():
    return set(descendants(os.getpid(), "WebKitWebProces"))


@pytest.fixture
def no_collector():
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def test_a_closed_window_frees_its_native_objects_at_once(app, no_collector):
    window = app.open(message_handler="bridge", on_message=lambda *_: None)
    natives = window.native(
        lambda w: [
            weakref.ref(w.native),
            weakref.ref(w.webview.native),
            weakref.ref(w.webview._manager),
        ]
    )
    window.dispatcher.destroy()
    app.on_main(lambda: None)
    app.on_main(lambda: None)
    assert [native() for native in natives] == [None, None, None]


def test_a_crashed_page_is_loaded_again(app):
    before = web_processes()  # numbers come round again: the highest need not be the newest
    window = app.open()
    (page,) = web_processes() - before
    os.kill(page, signal.SIGKILL)
    window.wait("terminated").wait("finished", 2)
    assert window.js("1 + 1") == 2
    assert window.stages("committed")[-1].source.document == 2


def test_a_page_that_crashes_over_and_over_is_left_alone(app):
    window = app.open()

    def crash():
        window.native(lambda w: w.webview.native.terminate_web_process())

    for times in range(1, 4):
        crash()
        window.wait("terminated", times).wait("finished", times + 1)
    crash()
    window.wait("terminated", 4)
    app.on_main(lambda: None)
    assert len(window.stages("started")) == 4


def test_resizing_is_told_once(app):
    window = app.open()
    window.dispatcher.set_size(LogicalSize(500, 400))
    window.js("new Promise(done => setTimeout(done, 200))")
    assert app.window_events(Resized).count(Resized(PhysicalSize(500, 400))) == 1


def test_destroyed_is_told_once(app):
    window = app.open()
    window.dispatcher.destroy()
    app.on_main(lambda: None)
    assert app.window_events(Destroyed) == [Destroyed()]


PORTS = """
import sys
from millennium_runtime import RuntimeAttributes
from millennium_runtime.request import Response
from millennium_runtime.run_event import Ready
from millennium_runtime.webview import WebviewAttributes
from millennium_runtime.window import PendingWindow
from millennium_runtime_webview import WebviewRuntime
runtime = WebviewRuntime.new(RuntimeAttributes(identifier="org.example.ports", app_name="Ports"))
def serve(request, respond):
    respond(Response(headers=(("content-type", "text/html"),), body=b"hello"))
def on_load(load):
    if load.stage == "finished":
        print("loaded", flush=True)
        sys.stdin.readline()
        runtime.handle().request_exit()
def on_event(event):
    if isinstance(event, Ready):
        runtime.handle().create_window(PendingWindow(label="main", protocols={"millennium": serve},
            page_load_handler=on_load, webview=WebviewAttributes(url="millennium://localhost/")))
sys.exit(runtime.run(on_event))
"""
CONTROL = """
import socket, sys
listener = socket.create_server(("127.0.0.1", 0))
print("listening", flush=True)
sys.stdin.readline()
"""


def listening_inodes():
    found = set()
    for table in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")):
        rows = [line.split() for line in table.read_text().splitlines()[1:]]
        found |= {row[9] for row in rows if row[3] == "0A"}
    return found


def text_of(path):
    try:
        return path.read_text()
    except OSError:  # the process has ended since
        return ""


def target_of(link):
    try:
        return str(link.readlink())
    except OSError:  # it was closed since
        return ""


def tree(root):
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        tail = text_of(entry).rpartition(")")[2]
        if not tail:
            continue
        children.setdefault(int(tail.split()[1]), []).append(int(entry.parent.name))
    found, rest = [], [root]
    while rest:
        found.append(rest.pop())
        rest += children.get(found[-1], [])
    return found


def listening_sockets(root):
    inodes = {f"socket:[{inode}]" for inode in listening_inodes()}
    links = [target_of(fd) for pid in tree(root) for fd in Path(f"/proc/{pid}/fd").glob("*")]
    return [link for link in links if link in inodes]


CHILD = f"""
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", {CONTROL!r}], stdin=sys.stdin)
child.wait()
"""


@pytest.mark.parametrize(
    ("code", "wanted"), [(PORTS, 0), (CONTROL, 1), (CHILD, 1)], ids=["app", "control", "child"]
)
def test_nothing_listens(code, wanted):
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    process.stdout.readline()
    found = listening_sockets(process.pid)
    process.communicate("\n", timeout=20)
    assert len(found) == wanted


CRASH = (
    PORTS.replace("sys.stdin.readline()", "window.append(1)")
    .replace(
        "runtime.handle().request_exit()",
        "view = runtime._loop._windows['main'].webview; view.set_devtools(True);"
        "view._crashes.is_loop = lambda now: True; view.native.terminate_web_process();"
        "runtime.handle().request_exit(5)",
    )
    .replace("import sys", "import sys; window = []")
    .replace('b"hello"', 'b"hello"')
    .replace('url="millennium://localhost/"', 'url="millennium://localhost/", devtools=True')
)


def test_the_process_ends_cleanly_after_a_crash_with_open_devtools():
    done = subprocess.run(
        [sys.executable, "-c", CRASH], capture_output=True, timeout=30, check=False
    )
    assert done.returncode == 5, done.stderr


NATIVE_LOOP = PORTS.replace(
    "sys.stdin.readline()",
    "from millennium_runtime_webview.webkitgtk.bindings import GLib, Gtk;"
    "GLib.timeout_add(300, runtime.handle().request_exit, 7);"
    "Gtk.MessageDialog(text='GTK waits here').run();",
).replace("        runtime.handle().request_exit()\n", "")


def test_an_exit_ends_the_native_loop_of_a_dialog_too():
    done = subprocess.run(
        [sys.executable, "-c", NATIVE_LOOP], capture_output=True, timeout=30, check=False
    )
    assert done.returncode == 7, done.stderr
