"""pywebview as the host of our windows, and nothing of its own bridge or server.

What is hooked, all of it private to pywebview 6.2 (the range in pyproject.toml is what passed):

1. `webview.http` is never imported: a stand-in without a server takes its place, so that bottle,
   wsgiref and ssl stay out of the process and nothing can listen.
2. `uuid.uuid1` finds a random node: else it may run programs to learn a hardware address.
3. `inject_pywebview` of the GTK platform does nothing: no `window.pywebview`, no polling thread.
4. The name `webkit` in the GTK platform is a `_Factory`: the view, its manager and its context
   are ours, made before pywebview's window (so that the web process starts early).
5. After construction every signal handler of pywebview is disconnected and its message handler
   unregistered. What stays is the window, the scroller and the view inside it.
"""

from __future__ import annotations

import secrets
import sys
import uuid
from dataclasses import dataclass
from types import ModuleType, SimpleNamespace

from millennium_runtime_webview.webkitgtk.bindings import Native, WebKit2


@dataclass(frozen=True, slots=True)
class Hosted:
    """What pywebview made for one window: its toplevel, and our view in it."""

    window: Native
    view: Native
    manager: Native


class _Factory:
    """Stands for WebKit2 inside pywebview's GTK platform and hands out what we prepared."""

    def __init__(self, view: Native, manager: Native, context: Native) -> None:  # GObjects
        self.WebContext = SimpleNamespace(new_ephemeral=lambda: context)
        self.UserContentManager = lambda: manager
        self.WebView = lambda **_: view

    def __getattr__(self, name: str) -> object:
        return getattr(WebKit2, name)


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
    platform.inject_pywebview = _inject_nothing
    return platform


def host(platform: Native, uid: str, view: Native, manager: Native) -> Hosted:
    """Make pywebview's window around our view and take its own bridge out."""
    from webview.window import Window  # noqa: PLC0415 - see `load`

    window = Window(uid, "", None, background_color="#ffffff")
    window._initialize(platform)  # noqa: SLF001
    original, platform.webkit = platform.webkit, _Factory(view, manager, view.get_context())
    view.load_html = _inject_nothing  # its last line would load a page of its own
    try:
        browser = platform.BrowserView(window)
    finally:
        platform.webkit = original
        del view.load_html
    platform.BrowserView.instances.pop(uid, None)
    _take_out(browser)
    return Hosted(browser.window, view, manager)


def _take_out(browser: Native) -> None:
    manager, view, window = browser.manager, browser.webview, browser.window
    manager.disconnect_by_func(browser.on_js_bridge_call)
    manager.unregister_script_message_handler("jsBridge")
    for handler in (
        browser.on_webview_ready,
        browser.on_load_finish,
        browser.on_navigation,
        browser.on_drag_data,
        browser.on_request,
    ):
        view.disconnect_by_func(handler)
    for handler in (
        browser.close_window,
        browser.on_window_state_change,
        browser.on_window_resize,
        browser.on_window_configure,
    ):
        window.disconnect_by_func(handler)


def _inject_nothing(*_: object) -> None:
    """Take the place of pywebview's own JavaScript."""


def _no_server() -> ModuleType:
    module = ModuleType("webview.http")
    module.__dict__.update(
        BottleServer=object, ServerType=object, ServerArgs=dict, global_server=None
    )
    return module
