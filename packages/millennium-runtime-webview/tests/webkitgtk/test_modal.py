"""A dialog takes the pointer from its own window, and from no other."""

from __future__ import annotations

import time

import pytest

from millennium_runtime.dialog import MessageDialog, OpenDialog
from millennium_runtime.dpi import LogicalPosition, LogicalSize
from millennium_runtime.request import Response
from millennium_runtime.window import WindowAttributes
from millennium_runtime_webview.webkitgtk.bindings import Gtk

pytestmark = [pytest.mark.gui, pytest.mark.usefixtures("window_manager")]
SIZE = LogicalSize(250, 250)
COUNTS = b"""<!doctype html><body style='height: 400px'><script>
globalThis.clicks = 0; addEventListener('click', () => clicks++)</script>"""
PAGE = Response(headers=(("content-type", "text/html; charset=utf-8"),), body=COUNTS)


def eventually(question):
    end = time.monotonic() + 10
    while not (answer := question()) and time.monotonic() < end:
        time.sleep(0.02)
    return answer


def open_at(app, label, x):
    look = WindowAttributes(title=label, position=LogicalPosition(x, 0), size=SIZE)
    return app.open(label=label, look=look, pages={"/": PAGE})


def dialogs():
    windows = Gtk.Window.list_toplevels()
    return [each for each in windows if isinstance(each, Gtk.Dialog) and each.get_mapped()]


def put_aside(app):
    """Move the dialog to where it covers neither window."""
    assert eventually(lambda: app.on_main(dialogs))
    app.on_main(lambda: [each.move(0, 400) for each in dialogs()])
    time.sleep(0.5)


def dismiss(app):
    app.on_main(lambda: [each.response(Gtk.ResponseType.CANCEL) for each in dialogs()])
    assert eventually(lambda: not app.on_main(dialogs))


def click(press, shown):
    place = shown.dispatcher.inner_position()
    press("mousemove", str(place.x + 100), str(place.y + 100))
    time.sleep(0.2)
    press("click", "1")
    time.sleep(0.3)


def ask_by_script(shown):
    shown.dispatcher.evaluate("setTimeout(() => alert('mine'), 10)")


def ask_for_a_file(shown):
    shown.dispatcher.show_dialog(OpenDialog(title="mine"), lambda _: None)


def ask_by_message(shown):
    shown.dispatcher.show_dialog(MessageDialog(title="mine", message="m"), lambda _: None)


def ask_to_print(shown):
    shown.dispatcher.evaluate("setTimeout(() => print(), 10)")


ASKING = [ask_by_script, ask_for_a_file, ask_by_message, ask_to_print]


@pytest.mark.parametrize("ask", ASKING)
def test_another_window_is_used_while_one_asks(app, press, ask):
    asking, other = open_at(app, "main", 0), open_at(app, "other", 300)
    ask(asking)
    put_aside(app)
    click(press, other)

    assert other.js("clicks") == 1
    dismiss(app)


@pytest.mark.parametrize("ask", ASKING[:3])
def test_control_the_window_that_asks_is_not(app, press, ask):
    asking, other = open_at(app, "main", 0), open_at(app, "other", 300)
    ask(asking)
    put_aside(app)
    click(press, asking)
    click(press, other)
    dismiss(app)

    assert (asking.js("clicks"), other.js("clicks")) == (0, 1)


def test_a_window_can_go_while_it_prints(app):
    asking, other = open_at(app, "main", 0), open_at(app, "other", 300)
    ask_to_print(asking)
    put_aside(app)
    asking.dispatcher.destroy()
    dismiss(app)

    assert other.js("1 + 1") == 2
