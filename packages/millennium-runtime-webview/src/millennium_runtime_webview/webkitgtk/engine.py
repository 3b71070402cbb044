"""The engine `webkitgtk`: contexts, windows and the loop, put together."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Self

from millennium_runtime.errors import CreateWindowError
from millennium_runtime.monitor import Monitor
from millennium_runtime.request import UriSchemeProtocol
from millennium_runtime.runtime import RuntimeAttributes
from millennium_runtime.window import PendingWindow
from millennium_runtime_webview.diagnostics import (
    Problem,
    apply_workarounds,
    find_problems,
    read_facts,
)
from millennium_runtime_webview.engine import EmitEvent, Engine, EngineWindow
from millennium_runtime_webview.sandbox import is_sandboxed
from millennium_runtime_webview.webkitgtk import scheme
from millennium_runtime_webview.webkitgtk.bindings import (
    Gdk,
    GLib,
    Gtk,
    Native,
    check_display,
    check_version,
    webkit_version,
)
from millennium_runtime_webview.webkitgtk.dialogs import begin_group
from millennium_runtime_webview.webkitgtk.downloads import watch_downloads
from millennium_runtime_webview.webkitgtk.event_loop import EventLoop
from millennium_runtime_webview.webkitgtk.icon import show_icon
from millennium_runtime_webview.webkitgtk.monitors import list_monitors
from millennium_runtime_webview.webkitgtk.paint_watchdog import PaintWatchdog
from millennium_runtime_webview.webkitgtk.script_dialogs import ScriptDialogs
from millennium_runtime_webview.webkitgtk.settings import make_settings
from millennium_runtime_webview.webkitgtk.spare_view import SpareView
from millennium_runtime_webview.webkitgtk.storage import open_context, profile_folder
from millennium_runtime_webview.webkitgtk.user_scripts import add_scripts
from millennium_runtime_webview.webkitgtk.webview import Webview
from millennium_runtime_webview.webkitgtk.window import (
    WebKitGtkWindow,
    apply_look,
    paint_background,
    show_first,
)

log = logging.getLogger(__name__)


class WebKitGtkEngine(Engine):
    """GTK 3 and WebKitGTK 4.1."""

    def __init__(self, attributes: RuntimeAttributes, problems: tuple[Problem, ...]) -> None:
        self._attributes = attributes
        self._loop = EventLoop()
        self._shared: Native = None
        self._pendings: dict[Native, PendingWindow] = {}
        self._problems = problems
        self._is_sandboxed = is_sandboxed(attributes.sandbox)
        self._spare: SpareView | None = None
        if attributes.starts_with_window:
            self._spare = SpareView(self._shared_context())
            self._spare.spawn()

    @classmethod
    def new(cls, attributes: RuntimeAttributes) -> Self:
        """Check what the system has and make the engine.

        Raises:
            NoEngineError: The webview is too old, or there is no display.
        """
        check_version(webkit_version())
        check_display()
        if GLib.get_application_name() == GLib.get_prgname():  # unset; GLib takes it only once
            GLib.set_application_name(attributes.app_name)
        GLib.set_prgname(attributes.identifier)
        problems = find_problems(read_facts(webkit=webkit_version()))
        apply_workarounds(problems)
        for problem in problems:
            log.info("%s: %s; %s", problem.code, problem.cause, problem.fix)
        return cls(attributes, problems)

    def name(self) -> str:
        """Return its name and version."""
        return "WebKitGTK " + ".".join(map(str, webkit_version()))

    def create_window(self, pending: PendingWindow, emit: EmitEvent) -> EngineWindow:
        """Make and show a window."""
        try:
            return self._create_window(pending, emit)
        except Exception as exc:
            # Who asked may be another thread, and drops the error there with what its frames hold.
            traceback.clear_frames(exc.__traceback__)
            if isinstance(exc, GLib.Error | TypeError):
                message = f"window {pending.label!r} could not be made: {exc}"
                raise CreateWindowError(message) from exc
            raise

    def _create_window(self, pending: PendingWindow, emit: EmitEvent) -> EngineWindow:
        attributes, look = pending.webview, pending.window
        blank = self._blank_view(pending)
        view, manager = blank.view, blank.manager
        view.set_settings(make_settings(attributes))
        add_scripts(manager, attributes.init_scripts, attributes.private_world)
        self._pendings[view] = pending
        webview = Webview(pending, view, manager)
        ScriptDialogs(view, self._attributes.app_name, frozenset(self._attributes.schemes))
        webview.load(attributes.url)  # the web process starts while the window is made
        # Loaded while the web process starts, too.
        from millennium_runtime_webview.webkitgtk import hosting  # noqa: PLC0415

        native = hosting.host(hosting.load(), f"millennium-{pending.label}", view)
        begin_group(native)
        watchdog = PaintWatchdog(pending.label, view, self._problems)
        webview.on_page_load(watchdog.follow)

        def forget() -> None:
            watchdog.stop()
            self._pendings.pop(view, None)

        show_icon(self._attributes.icon)
        window = WebKitGtkWindow(pending, native, webview, emit, forget)
        try:
            apply_look(window, look)
            paint_background(native, view, attributes.background, transparent=look.transparent)
            show_first(window, visible=look.visible)
        except Exception:
            window.abandon()
            raise
        return window

    def monitors(self) -> tuple[Monitor, ...]:
        """Return all monitors, the primary one first."""
        return list_monitors()

    def open_url(self, url: str) -> None:
        """Hand a URL to the system."""
        Gtk.show_uri_on_window(None, url, Gdk.CURRENT_TIME)

    def later(self, task: Callable[[], None], seconds: float) -> None:
        """Have the loop run `task` once, when nothing else waits."""
        self._loop.later(task, seconds)

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
        """Let go of all native objects, on this thread."""
        self._pendings.clear()
        self._spare = None
        self._shared = None

    def _context_for(self, pending: PendingWindow) -> Native:
        folder = self._attributes.data_directory
        if pending.webview.incognito:
            return self._open_context(None)
        if pending.webview.isolated:
            apart = None if folder is None else profile_folder(folder, pending.label)
            return self._open_context(apart)
        return self._shared_context()

    def _shared_context(self) -> Native:
        if self._shared is None:
            folder = self._attributes.data_directory
            shared = None if folder is None else profile_folder(folder)
            self._shared = self._open_context(shared)
        return self._shared

    def _blank_view(self, pending: PendingWindow) -> SpareView:
        context = self._context_for(pending)
        spare = self._spare
        if spare is None or context is not self._shared:
            return SpareView(context)
        self._spare = None
        return spare

    def _open_context(self, folder: Path | None) -> Native:
        context = open_context(folder, sandboxed=self._is_sandboxed)
        watch_downloads(context, self._pendings.get)
        for name in self._attributes.schemes:
            scheme.register(context, name, self._find_protocol, self.wake)
        return context

    def _find_protocol(self, view: Native, name: str) -> tuple[str, UriSchemeProtocol | None]:
        pending = self._pendings.get(view)
        if pending is None:
            return "", None
        return pending.label, pending.protocols.get(name)
