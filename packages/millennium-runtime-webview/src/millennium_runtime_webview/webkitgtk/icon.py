"""The icon of the app's windows, where the system has none of an installed app."""

from __future__ import annotations

import logging
from functools import cache

from millennium_runtime_webview.webkitgtk.bindings import GLib, Gtk, decode_image

log = logging.getLogger(__name__)

MAX_PIXELS = 256
"""Largest side: of a larger icon GTK tells the X server nothing."""


@cache
def show_icon(icon: bytes) -> None:
    """Have all windows show a PNG, once nothing else is to do; empty for the system's choice.

    Platform-specific: X11. Wayland takes the icon of the installed app and asks no window.
    """
    if icon:
        GLib.idle_add(_set_default, icon, priority=GLib.PRIORITY_LOW)


def _set_default(icon: bytes) -> bool:
    try:
        image = decode_image(icon, max_pixels=MAX_PIXELS)
    except GLib.Error as error:
        log.warning("the app's icon cannot be shown: %s", error)
        return bool(GLib.SOURCE_REMOVE)
    Gtk.Window.set_default_icon(image)
    for window in Gtk.Window.list_toplevels():  # GTK looks for a default only once, before it shows
        if window.get_icon() is None:
            window.set_icon(image)
    return bool(GLib.SOURCE_REMOVE)
