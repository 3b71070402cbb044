"""The native libraries. No other module of this package imports `gi`.

Import it only after `gtk_discovery.find_gi`. It checks, once, that what was found can be used:
typelibs present, WebKitGTK recent enough, a display to draw on.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, TypeAlias

from millennium_runtime.errors import NoEngineError
from millennium_runtime_webview.webkitgtk.late_asyncio import late_asyncio

INSTALL = "sudo apt install gir1.2-webkit2-4.1"
INSTALL_LIBRARY = "sudo apt install libwebkit2gtk-4.1-0"

try:
    with late_asyncio():
        import gi
except ImportError as exc:  # an executable brings its own to a system without GLib
    raise NoEngineError(f"the system's webview is missing: {exc}", help=INSTALL_LIBRARY) from exc

LEAST_WEBKIT = (2, 40)
_NEVER_SECONDS = 2**32 - 1

Native: TypeAlias = Any
"""A native object; the bindings have no types."""


def _require_typelibs() -> None:
    try:
        gi.require_version("Gtk", "3.0")
        gi.require_version("Gdk", "3.0")
        gi.require_version("Soup", "3.0")
        gi.require_version("JavaScriptCore", "4.1")
        gi.require_version("WebKit2", "4.1")
    except ValueError as exc:
        message = f"the system's webview is missing: {exc}"
        raise NoEngineError(message, help=INSTALL) from exc


_require_typelibs()

# PyGObject has GTK read the command line while Gtk is imported. Whoever makes a link that opens
# the app writes part of that line, and ``--gtk-module`` would load code.
_words = sys.argv
sys.argv = sys.argv[:1]
try:
    with late_asyncio():
        from gi.repository import (
            Gdk,
            Gio,
            GLib,
            GObject,
            Gtk,
            JavaScriptCore,
            Soup,
            WebKit2,
        )
finally:
    sys.argv = _words

__all__ = [
    "Gdk",
    "Gio",
    "GLib",
    "GObject",
    "Gtk",
    "JavaScriptCore",
    "Native",
    "Soup",
    "WebKit2",
    "check_display",
    "check_library",
    "check_version",
    "decode_image",
    "keep_forever",
    "webkit_version",
]


def check_library(ask: Callable[[], int]) -> None:
    """Refuse typelibs without their library: an executable brings its own to any system.

    Args:
        ask: A function of the library; its typelib alone cannot call it.

    Raises:
        NoEngineError: libwebkit2gtk is not installed, or cannot be loaded.
    """
    try:
        ask()
    except GLib.Error as exc:
        message = "the system's webview is missing: libwebkit2gtk-4.1.so.0 cannot be loaded"
        raise NoEngineError(message, help=INSTALL_LIBRARY) from exc


check_library(WebKit2.get_major_version)


def webkit_version() -> tuple[int, int, int]:
    """Return the version of the WebKitGTK that is loaded."""
    return (
        int(WebKit2.get_major_version()),
        int(WebKit2.get_minor_version()),
        int(WebKit2.get_micro_version()),
    )


def check_version(version: tuple[int, int, int]) -> None:
    """Refuse a WebKitGTK without message-with-reply and asynchronous downloads.

    Raises:
        NoEngineError: It is older than 2.40.
    """
    if version[:2] < LEAST_WEBKIT:
        found = ".".join(map(str, version))
        message = f"WebKitGTK {found} is too old: 2.40 or later is needed"
        raise NoEngineError(message, help="update libwebkit2gtk-4.1-0, or the distribution")


def decode_image(data: bytes, *, max_pixels: int) -> Native:
    """Return a picture as a pixbuf, no wider or higher than that.

    Raises:
        GLib.Error: The data is no picture.
    """
    from gi.repository import GdkPixbuf  # noqa: PLC0415 - no start waits for it

    stream = Gio.MemoryInputStream.new_from_bytes(GLib.Bytes.new(data))
    image = GdkPixbuf.Pixbuf.new_from_stream(stream, None)
    width, height = image.get_width(), image.get_height()
    scale = min(1.0, max_pixels / max(width, height))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return image.scale_simple(*size, GdkPixbuf.InterpType.BILINEAR)


def check_display() -> None:
    """Refuse to start without a display to draw on.

    Raises:
        NoEngineError: GTK cannot open one.
    """
    # GTK's Python overrides have called init_check at import already: this only reads the outcome.
    if not Gtk.init_check(None)[0] or Gdk.Display.get_default() is None:
        message = "there is no display: neither DISPLAY nor WAYLAND_DISPLAY leads to one"
        raise NoEngineError(message, help="run it in a desktop session, or with: xvfb-run -a …")


def keep_forever(native: Native) -> None:
    """Hold a native object until the process is gone.

    For the inspector: once its web process died, freeing it ends ours (WebKitGTK 2.50).
    """
    # A timer that is never due owns it: the main loop's context outlives even the interpreter.
    # PyGObject's own name for g_object_ref warns from 3.52 on.
    GLib.timeout_add_seconds(_NEVER_SECONDS, lambda _: GLib.SOURCE_CONTINUE, native)
