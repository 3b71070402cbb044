"""The app's windows show its icon."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from millennium_runtime_webview.webkitgtk import icon
from millennium_runtime_webview.webkitgtk.bindings import Gtk

pytestmark = pytest.mark.gui
ICON = Path(__file__).parents[4] / "examples" / "hello" / "icons" / "icon.png"


def eventually(question):
    end = time.monotonic() + 10
    while not (answer := question()) and time.monotonic() < end:
        time.sleep(0.02)
    return answer


@pytest.fixture(autouse=True)
def _no_icon():
    icon.show_icon.cache_clear()
    Gtk.Window.set_default_icon_list([])
    yield
    icon.show_icon.cache_clear()


def icons(app):
    return app.on_main(lambda: [each.get_width() for each in Gtk.Window.get_default_icon_list()])


def test_windows_show_the_apps_icon(app):
    app.on_main(lambda: icon.show_icon(ICON.read_bytes()))
    assert eventually(lambda: icons(app))


def own_icon(shown):
    icon = shown.native(lambda window: window.native.get_icon())
    return None if icon is None else (icon.get_width(), icon.get_height())


def test_a_window_that_was_there_before_shows_it_too_and_no_larger_than_x_takes(app):
    window = app.open()
    app.on_main(lambda: icon.show_icon(ICON.read_bytes()))
    assert eventually(lambda: own_icon(window)) == (256, 256)


def test_an_icon_that_is_none_is_said_and_the_app_goes_on(app, caplog):
    app.on_main(lambda: icon.show_icon(b"no picture"))
    assert eventually(lambda: "the app's icon cannot be shown" in caplog.text)
    assert app.open().stages("finished")


def test_without_an_icon_the_system_chooses(app):
    app.open()
    assert icons(app) == []
