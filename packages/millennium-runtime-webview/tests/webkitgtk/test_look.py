"""A window's first look, and what the user and the desktop do to it."""

from __future__ import annotations

import gc
import time
import weakref
from dataclasses import replace

import pytest

from millennium_runtime.dpi import LogicalPosition, LogicalSize
from millennium_runtime.errors import CreateWindowError
from millennium_runtime.run_event import CloseRequested, Destroyed, ScaleFactorChanged
from millennium_runtime.webview import World
from millennium_runtime.window import WindowAttributes
from millennium_runtime_webview.webkitgtk import engine, paint_watchdog, theme
from millennium_runtime_webview.webkitgtk.bindings import Gtk
from millennium_runtime_webview.webkitgtk.window import apply_look

pytestmark = [pytest.mark.gui, pytest.mark.usefixtures("window_manager")]
LOOK = WindowAttributes(title="look")


def eventually(question):
    end = time.monotonic() + 10
    while not (answer := question()) and time.monotonic() < end:
        time.sleep(0.02)
    return answer


def test_a_window_that_cannot_be_resized_has_its_size(app):
    shown = app.open(look=replace(LOOK, resizable=False, size=LogicalSize(420, 310)))
    assert eventually(lambda: shown.js("[innerWidth, innerHeight]") == [420, 310])


def test_a_window_opens_where_it_is_wanted(app):
    shown = app.open(look=replace(LOOK, position=LogicalPosition(120, 90)))
    assert eventually(lambda: shown.dispatcher.outer_position().x >= 118)


def test_a_window_opens_in_the_middle(app):
    shown = app.open(look=replace(LOOK, center=True))
    area = app.runtime.handle().available_monitors()[0].size
    assert eventually(lambda: abs(shown.dispatcher.outer_position().x - (area.width - 800) / 2) < 9)


def test_a_window_opens_maximized(app):
    shown = app.open(look=replace(LOOK, maximized=True))
    assert eventually(shown.dispatcher.is_maximized)


def test_a_window_opens_over_the_whole_screen(app):
    shown = app.open(look=replace(LOOK, fullscreen=True))
    assert eventually(shown.dispatcher.is_fullscreen)


def test_a_transparent_window_paints_nothing_behind_its_page(app):
    shown = app.open(look=replace(LOOK, transparent=True))
    assert shown.native(lambda w: w.webview.native.get_background_color().alpha) == 0.0
    assert shown.native(lambda w: w.native.get_app_paintable())


def test_what_is_no_colour_is_refused(app):
    with pytest.raises(CreateWindowError, match="'mauve-ish' is not a colour"):
        app.open(background="mauve-ish")


def test_of_a_window_that_could_not_be_made_nothing_stays(app, caplog, monkeypatch):
    monkeypatch.setattr(paint_watchdog, "LOAD_SECONDS", 1)
    count = lambda: len(Gtk.Window.list_toplevels())  # noqa: E731 - asked on the main thread
    before = app.on_main(count)
    with pytest.raises(CreateWindowError):
        app.open(background="mauve-ish", loaded=False)
    assert app.on_main(count) == before
    monkeypatch.setattr(paint_watchdog, "LOAD_SECONDS", 60)
    app.open().js("new Promise(done => setTimeout(done, 2100))")  # seconds of GLib are not exact
    assert not [text for text in caplog.messages if "may be blank" in text]
    assert app.window_events(Destroyed) == []


@pytest.mark.parametrize("options", [{"background": "mauve-ish"}, {"background": 5}], ids=str)
def test_an_error_keeps_nothing_native_of_a_window_that_could_not_be_made(
    app, monkeypatch, options
):
    natives: list[weakref.ref[object]] = []

    def look_at(window, look):
        objects = (window.native, window.webview.native, window.webview._manager)
        natives.extend(map(weakref.ref, objects))
        apply_look(window, look)

    monkeypatch.setattr(engine, "apply_look", look_at)
    gc.collect()
    gc.disable()
    try:
        with pytest.raises(CreateWindowError) as caught:
            app.open(**options, loaded=False)
        app.on_main(lambda: None)
        assert [native() for native in natives] == [None, None, None]
        assert caught.value.__traceback__
    finally:
        gc.enable()


def test_the_close_button_asks_first(app):
    shown = app.open()
    shown.native(lambda w: w.native.close())
    assert eventually(lambda: app.window_events(CloseRequested))


def test_a_new_scale_is_told(app):
    shown = app.open()
    shown.native(lambda w: w._events._on_scale())
    assert app.window_events(ScaleFactorChanged) == [ScaleFactorChanged(1.0)]


def test_a_change_of_theme_is_told_once_until_nobody_listens(app):
    told: list[str] = []

    def play():
        theme.prefer_theme("light")
        stop = theme.watch_theme(told.append)
        theme.prefer_theme("dark")
        Gtk.Settings.get_default().notify("gtk-theme-name")
        stop()
        theme.prefer_theme("light")

    app.open()
    app.on_main(play)
    assert told == ["dark"]


def test_a_failing_listener_does_not_stop_the_others(app, caplog):
    told: list[object] = []
    shown = app.open()
    shown.dispatcher.add_listener(lambda _event: 1 / 0)
    shown.dispatcher.add_listener(told.append)
    shown.native(lambda w: w._events._on_scale())
    assert told == [ScaleFactorChanged(1.0)]
    assert "a listener of window 'main' failed" in caplog.messages


def test_a_failing_page_load_handler_does_not_stop_the_page(app, caplog):
    shown = app.open()
    shown.native(lambda w: w.webview.on_page_load(lambda _load: 1 / 0))
    shown.dispatcher.reload()
    shown.wait("finished", 2)
    assert "a page-load handler of window 'main' failed" in caplog.messages


def test_a_failing_message_handler_refuses(app):
    shown = app.open(message_handler="bridge", on_message=lambda *_: 1 / 0)
    sent = "webkit.messageHandlers.bridge.postMessage('x').then(() => 'kept', error => `${error}`)"
    assert shown.js(sent, World.PRIVATE) == "Error: failed"


def test_a_second_destruction_does_nothing(app):
    shown = app.open()
    app.on_main(lambda: [shown.dispatcher.destroy(), shown.dispatcher.destroy()])
    assert app.window_events(Destroyed) == [Destroyed()]
