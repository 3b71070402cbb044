"""Light or dark, as the desktop has it."""

from __future__ import annotations

from collections.abc import Callable

from millennium_runtime.theme import Theme
from millennium_runtime_webview.webkitgtk.bindings import Gtk


def current_theme() -> Theme:
    """Return "dark" when the desktop asks for it or its theme says so, else "light"."""
    settings = Gtk.Settings.get_default()
    name = (settings.get_property("gtk-theme-name") or "").lower()
    is_dark = settings.get_property("gtk-application-prefer-dark-theme")
    return "dark" if is_dark or name.endswith(("-dark", ":dark")) else "light"


def prefer_theme(theme: Theme | None) -> None:
    """Ask GTK for a theme for the whole process; None leaves the desktop's."""
    if theme is not None:
        settings = Gtk.Settings.get_default()
        settings.set_property("gtk-application-prefer-dark-theme", theme == "dark")


def watch_theme(on_change: Callable[[Theme], None]) -> Callable[[], None]:
    """Tell each real change; call what is returned to stop."""
    settings = Gtk.Settings.get_default()
    last = [current_theme()]

    def check(*_: object) -> None:
        theme = current_theme()
        if theme != last[0]:
            last[0] = theme
            on_change(theme)

    names = ("gtk-theme-name", "gtk-application-prefer-dark-theme")
    handlers = [settings.connect(f"notify::{name}", check) for name in names]

    def stop() -> None:
        for handler in handlers:
            settings.disconnect(handler)

    return stop
