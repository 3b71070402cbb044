"""Light and dark: what the window says, what its page sees, and who is told of a change."""

from __future__ import annotations

from dataclasses import replace

import pytest

from millennium_runtime.run_event import ThemeChanged
from millennium_runtime.window import WindowAttributes
from millennium_runtime_webview.webkitgtk.bindings import Gtk

pytestmark = pytest.mark.gui
LOOK = WindowAttributes(title="under test")
SEES_DARK = "matchMedia('(prefers-color-scheme: dark)').matches"
NOTE_CHANGES = """void (window.changes = [], matchMedia('(prefers-color-scheme: dark)')
    .addEventListener('change', event => changes.push(event.matches)))"""
UNTIL_CHANGED = """(async () => { while (!changes.length)
    await new Promise(done => setTimeout(done, 20)) })()"""


@pytest.fixture
def desktop(app):
    """Set a property of the desktop, and put it back."""
    settings = Gtk.Settings.get_default()
    names = ("gtk-theme-name", "gtk-application-prefer-dark-theme")
    before = {name: settings.get_property(name) for name in names}
    yield lambda name, value: app.on_main(lambda: settings.set_property(name, value))
    for name, value in before.items():
        settings.set_property(name, value)


@pytest.mark.parametrize(
    ("theme", "is_dark"), [("dark", True), ("light", False)], ids=["dark", "light"]
)
def test_a_window_and_its_page_have_the_theme_that_was_set(app, desktop, theme, is_dark):
    shown = app.open(look=replace(LOOK, theme=theme))
    assert (shown.dispatcher.theme(), shown.js(SEES_DARK)) == (theme, is_dark)


@pytest.mark.parametrize(
    ("name", "value"),
    [("gtk-theme-name", "Adwaita-dark"), ("gtk-application-prefer-dark-theme", True)],
    ids=["by-name", "by-preference"],
)
def test_a_change_of_the_desktop_is_told_and_seen_by_the_page(app, desktop, name, value):
    shown = app.open(look=replace(LOOK, theme="light"))
    shown.js(NOTE_CHANGES)
    desktop(name, value)
    shown.js(UNTIL_CHANGED)
    assert shown.js("new Promise(done => setTimeout(() => done(changes), 500))") == [True]
    assert shown.dispatcher.theme() == "dark"
    assert app.window_events(ThemeChanged) == [ThemeChanged("dark")]


def test_another_theme_of_the_same_kind_is_no_change(app, desktop):
    shown = app.open(look=replace(LOOK, theme="light"))
    shown.js(NOTE_CHANGES)
    desktop("gtk-theme-name", "HighContrast")
    assert shown.js("new Promise(done => setTimeout(() => done(changes), 500))") == []
    assert app.window_events(ThemeChanged) == []


def test_every_window_is_told(app, desktop):
    app.open(look=replace(LOOK, theme="light"))
    app.open(label="second")
    desktop("gtk-application-prefer-dark-theme", True)
    assert app.window_events(ThemeChanged) == [ThemeChanged("dark")] * 2
