"""The engine `webkitgtk`: contexts, windows and the loop, put together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Self

from millennium_runtime.monitor import Monitor
from millennium_runtime.request import UriSchemeProtocol
from millennium_runtime.runtime import RuntimeAttributes
from millennium_runtime.window import PendingWindow

from millennium_runtime_webview.engine import EmitEvent, Engine, EngineWindow
from millennium_runtime_webview.webkitgtk import hosting, scheme
from millennium_runtime_webview.webkitgtk.bindings import (
    Gdk,
    GLib,
    Gtk,
    WebKit2,
    check_display,
    check_version,
    webkit_version,
)
from millennium_runtime_webview.webkitgtk.event_loop import EventLoop
from millennium_runtime_webview.webkitgtk.monitors import list_monitors
from millennium_runtime_webview.webkitgtk.settings import make_settings
from millennium_runtime_webview.webkitgtk.storage import open_context, profile_folder
from millennium_runtime_webview.webkitgtk.webview import Webview, make_manager
from millennium_runtime_webview.webkitgtk.window import WebKitGtkWindow, apply_look


class WebKitGtkEngine(Engine):
    """GTK 3 and WebKitGTK 4.1."""

    def __init__(self, attributes: RuntimeAttributes) -> None:
        self._attributes = attributes
        self._loop = EventLoop()
        self._shared: Any = None
        self._pendings: dict[Any, PendingWindow] = {}
        self._platform = hosting.load()

    @classmethod
    def new(cls, attributes: RuntimeAttributes) -> Self:
        """Check what the system has and make the engine.

        Raises:
            NoEngineError: The webview is too old, or there is no display.
        """
        check_version(webkit_version())
        check_display()
        GLib.set_prgname(attributes.identifier)
        GLib.set_application_name(attributes.app_name)
        return cls(attributes)

    def create_window(self, pending: PendingWindow, emit: EmitEvent) -> EngineWindow:
        """Make and show a window."""
        manager = make_manager(pending)
        view = WebKit2.WebView(
            user_content_manager=manager,
            web_context=self._context_for(pending),
            settings=make_settings(pending.webview),
        )
        self._pendings[view] = pending
        webview = Webview(pending, view, manager)
        hosted = hosting.host(self._platform, f"millennium-{pending.label}", view, manager)
        window = WebKitGtkWindow(
            pending, hosted.window, webview, emit, lambda: self._forget(view)
        )
        apply_look(window, pending.window)
        background = Gdk.RGBA()
        background.parse(pending.webview.background)
        view.set_background_color(background)
        view.set_opacity(1.0)
        webview.load(pending.webview.url)
        hosted.window.get_child().show_all()
        if pending.window.visible:
            hosted.window.show()
        return window

    def monitors(self) -> tuple[Monitor, ...]:
        """Return all monitors, the primary one first."""
        return list_monitors()

    def open_url(self, url: str) -> None:
        """Hand a URL to the system."""
        Gtk.show_uri_on_window(None, url, Gdk.CURRENT_TIME)

    def wake(self, task: Callable[[], None]) -> None:
        """Have the loop run `task` once, before drawing."""
        self._loop.wake(task)

    def run(self, on_start: Callable[[], None], on_signal: Callable[[int], None]) -> None:
        """Run the native loop until `stop`."""
        self._loop.run(on_start, on_signal)

    def stop(self) -> None:
        """Have `run` return."""
        self._loop.stop()

    def close(self) -> None:
        """Let go of all native objects."""
        self._pendings.clear()

    def _context_for(self, pending: PendingWindow) -> Any:  # noqa: ANN401
        folder = self._attributes.data_directory
        if pending.webview.incognito:
            return self._register(open_context(None))
        if pending.webview.isolated:
            apart = None if folder is None else profile_folder(folder, pending.label)
            return self._register(open_context(apart))
        if self._shared is None:
            shared = None if folder is None else profile_folder(folder)
            self._shared = self._register(open_context(shared))
        return self._shared

    def _register(self, context: Any) -> Any:  # noqa: ANN401
        for name in self._attributes.schemes:
            scheme.register(context, name, self._find_protocol, self.wake)
        return context

    def _find_protocol(self, view: Any, name: str) -> tuple[str, UriSchemeProtocol | None]:  # noqa: ANN401
        pending = self._pendings.get(view)
        if pending is None:
            return "", None
        return pending.label, pending.protocols.get(name)

    def _forget(self, view: Any) -> None:  # noqa: ANN401
        self._pendings.pop(view, None)
