"""pywebview as the host of our windows, and nothing of its own bridge or server.

What is hooked, all of it private to pywebview 6.2 (the range in pyproject.toml is what passed):

1. `webview.http` is never imported: a stand-in without a server takes its place, so that bottle,
   wsgiref and ssl stay out of the process and nothing can listen.
2. `uuid.uuid1` finds a random node: else it may run programs to learn a hardware address.
3. `inject_pywebview` of the GTK platform does nothing: no `window.pywebview`, no polling thread.
4. The name `webkit` in the GTK platform is a `_Factory` while a window is made: pywebview gets a
   plain box where it wants a webview, and sets up its bridge, its handlers and its settings (which
   would open the clipboard and the camera to pages) on that. Our own view then takes the box's
   place: pywebview never touches it.
5. Its handlers on the window are disconnected, and it forgets the window: what stays is GTK's.
"""

from __future__ import annotations

import secrets
import sys
import uuid
from types import ModuleType, SimpleNamespace

from millennium_runtime_webview.webkitgtk.bindings import Gtk, Native


class _Factory:
    """Stands for WebKit2 inside pywebview's GTK platform."""

    def __init__(self, box: Native) -> None:
        nothing = SimpleNamespace(
            register_script_message_handler=_do_nothing,
            connect=_do_nothing,
            get_cookie_manager=_do_nothing,
        )
        self.WebContext = SimpleNamespace(new_ephemeral=lambda: nothing)
        self.UserContentManager = lambda: nothing
        self.WebView = lambda **_: box


def load() -> Native:
    """Import pywebview's GTK platform, hooked as the module says; cheap when called again."""
    if "webview.http" not in sys.modules:
        sys.modules["webview.http"] = _no_server()
    if getattr(uuid, "_node", None) is None:
        # RFC 9562 6.10: a random node has the multicast bit set.
        uuid._node = secrets.randbits(48) | 1 << 40  # type: ignore[attr-defined]  # noqa: SLF001
    import webview  # noqa: PLC0415 - only after the stand-in is in place
    import webview.platforms.gtk as gtk_platform  # noqa: PLC0415

    platform: Native = gtk_platform

    webview._state["private_mode"] = True  # noqa: SLF001 - our context decides what is saved
    webview._state["debug"] = True  # noqa: SLF001 - else a context-menu handler we cannot remove
    webview.settings["OPEN_DEVTOOLS_IN_DEBUG"] = False
    platform.inject_pywebview = _do_nothing
    return platform


def host(platform: Native, uid: str, view: Native) -> Native:
    """Make pywebview's window around our view; return the `Gtk.ApplicationWindow`."""
    from webview.window import Window  # noqa: PLC0415 - see `load`

    window = Window(uid, "", None)
    window._initialize(platform)  # noqa: SLF001
    box = _make_box()
    original, platform.webkit = platform.webkit, _Factory(box)
    try:
        browser = platform.BrowserView(window)
    finally:
        platform.webkit = original
        platform.BrowserView.instances.pop(uid, None)
    native = browser.window
    for handler in (
        browser.close_window,
        browser.on_window_state_change,
        browser.on_window_resize,
        browser.on_window_configure,
    ):
        native.disconnect_by_func(handler)
    # Freed here and now: what the garbage collector finds it may free on another thread, and GTK
    # and WebKit end the process when that happens.
    browser.__dict__.clear()
    window.native = None
    _replace(box, view)
    return native


def _make_box() -> Native:
    """Return a box that takes what pywebview says to a webview."""
    box = Gtk.Box()
    box.connect = _do_nothing
    box.get_settings = lambda: SimpleNamespace(props=SimpleNamespace())
    box.set_background_color = _do_nothing
    box.load_html = _do_nothing
    return box


def _replace(box: Native, view: Native) -> None:
    scroller = box.get_parent()
    scroller.remove(box)
    box.__dict__.clear()
    scroller.add(view)


def _do_nothing(*_: object) -> None:
    """Take the place of something of pywebview's own."""


def _no_server() -> ModuleType:
    module = ModuleType("webview.http")
    module.__dict__.update(
        BottleServer=object, ServerType=object, ServerArgs=dict, global_server=None
    )
    return module
