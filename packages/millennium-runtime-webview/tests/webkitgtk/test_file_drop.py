"""Files dropped by the user, dragged for real from another app: told once, and never forged."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from millennium_runtime.dpi import LogicalPosition, LogicalSize
from millennium_runtime.request import Response
from millennium_runtime.run_event import FilesDropped
from millennium_runtime.window import WindowAttributes
from millennium_runtime_webview.webkitgtk.bindings import Gtk

pytestmark = [pytest.mark.gui, pytest.mark.usefixtures("window_manager")]
LOOK = WindowAttributes(
    title="under test", size=LogicalSize(500, 400), position=LogicalPosition(0, 0)
)
WATCH = """<script>window.seen = []; for (const kind of ['dragover', 'drop'])
  addEventListener(kind, event => { TAKE; seen.push([kind, ...event.dataTransfer.types]) })
</script>"""
FORGER = """<body style='margin:0;height:100vh'>
  <div draggable=true style='width:150px;height:150px;background:red'>drag me</div><script>
  document.querySelector('div').addEventListener('dragstart', event => {
    event.dataTransfer.setData('text/uri-list', 'file:///etc/passwd') })</script>"""
SOURCE = """
import sys
import gi
gi.require_version("Gtk", "3.0")
gi.require_version("Gdk", "3.0")
from gi.repository import Gdk, Gtk
name, x, text, *uris = sys.argv[1:]
box = Gtk.EventBox()
box.drag_source_set(Gdk.ModifierType.BUTTON1_MASK, [], Gdk.DragAction.COPY)
box.drag_source_add_text_targets() if text else box.drag_source_add_uri_targets()
def give(_box, _context, data, *_):
    data.set_text(text, -1) if text else data.set_uris(uris)
box.connect("drag-data-get", give)
box.connect("drag-end", lambda *_: print("ended", flush=True))
window = Gtk.Window(title=name, default_width=150, default_height=150)
window.move(int(x), 50)
window.add(box)
window.connect("map-event", lambda *_: print("shown", flush=True))
window.show_all()
Gtk.main()
"""


def page(text, take="event.preventDefault()"):
    body = f"<!doctype html>{text}{WATCH.replace('TAKE', take)}".encode()
    return {"/": Response(headers=(("content-type", "text/html"),), body=body)}


def is_ours(url):
    return url.startswith("millennium://")


def eventually(question):
    end = time.monotonic() + 10
    while not (answer := question()) and time.monotonic() < end:
        time.sleep(0.02)
    return answer


@pytest.fixture
def another_app():
    """Start another app to drag from: named, at a place, with a text or with files."""
    started: list[subprocess.Popen[str]] = []

    def start(name, x, *uris, text=""):
        command = [sys.executable, "-c", SOURCE, name, str(x), text, *uris]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "shown\n"
        time.sleep(0.5)
        return process

    yield start
    for process in started:
        process.terminate()
        process.communicate()


@pytest.fixture
def drag(press):
    """Press the button, move through the places, and let go at the last one."""

    def move(*places):
        press("mousemove", *places[0], "mousedown", "1")
        for x, y in ((5, 5), (10, 10), (20, 20)):
            press("sleep", "0.05", "mousemove_relative", str(x), str(y))
        for x, y in places[1:]:
            press("sleep", "0.1", "mousemove", x, y)
            press("sleep", "0.2", "mousemove_relative", "2", "2", "sleep", "0.2")
        press("mouseup", "1")

    return move


IN_SOURCE, IN_SECOND, IN_WINDOW, NOWHERE = (
    ("620", "120"),
    ("920", "120"),
    ("300", "300"),
    ("1200", "700"),
)


@pytest.mark.parametrize("take", ["event.preventDefault()", ""], ids=["taken", "left-by-the-page"])
def test_dropped_files_are_told_once(app, another_app, drag, take):
    shown = app.open(look=LOOK, pages=page("here", take), is_allowed=is_ours)
    other = another_app("files", 560, "file:///tmp/a%20b.txt", "https://e.org/", "file:///tmp/c")
    drag(IN_SOURCE, ("250", "250"), IN_WINDOW)
    assert other.stdout.readline() == "ended\n"
    assert eventually(lambda: app.window_events(FilesDropped))
    shown.js("new Promise(done => setTimeout(done, 300))")
    assert app.window_events(FilesDropped) == [FilesDropped(("/tmp/a b.txt", "/tmp/c"))]
    assert shown.dispatcher.url() == "millennium://localhost/"


def test_a_page_cannot_pretend_that_a_file_was_dropped(app, drag):
    shown = app.open(look=LOOK, pages=page(FORGER))
    drag(("60", "80"), ("250", "250"), IN_WINDOW)
    assert eventually(lambda: ["drop", "text/uri-list"] in shown.js("seen.map(e => e.slice(0, 2))"))
    assert eventually(lambda: app.on_main(lambda: Gtk.grab_get_current() is None))
    assert app.window_events(FilesDropped) == []


def test_a_page_of_another_window_cannot_either(app, drag):
    shown = app.open(look=LOOK, pages=page("here"))
    away = WindowAttributes(size=LogicalSize(300, 300), position=LogicalPosition(560, 0))
    app.open(label="second", look=away, pages=page(FORGER))
    drag(("620", "80"), ("250", "250"), IN_WINDOW)
    assert eventually(lambda: ["drop", "text/uri-list"] in shown.js("seen.map(e => e.slice(0, 2))"))
    assert eventually(lambda: app.on_main(lambda: Gtk.grab_get_current() is None))
    assert app.window_events(FilesDropped) == []


def test_files_that_were_only_shown_are_not_told(app, another_app, drag):
    shown = app.open(look=LOOK, pages=page("here"))
    other = another_app("files", 560, "file:///tmp/secret.txt")
    drag(IN_SOURCE, ("250", "250"), IN_WINDOW, NOWHERE)
    assert other.stdout.readline() == "ended\n"
    assert shown.js("seen.length > 0")
    another_app("text", 860, text="just words")
    drag(IN_SECOND, ("250", "250"), IN_WINDOW)
    assert eventually(lambda: "drop" in shown.js("seen.map(e => e[0])"))
    assert app.window_events(FilesDropped) == []
