"""`WebviewRuntime`: the promise of `millennium_runtime`, kept with the system's own webview."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from typing import Self
from urllib.parse import urlsplit

from millennium_runtime.errors import MillenniumRuntimeError, UnsupportedError
from millennium_runtime.monitor import Monitor
from millennium_runtime.run_event import RunEvent, UserEvent
from millennium_runtime.runtime import EventLoopProxy, Runtime, RuntimeAttributes, RuntimeHandle
from millennium_runtime.window import DetachedWindow, PendingWindow
from millennium_runtime_webview.diagnostics import Diagnostics
from millennium_runtime_webview.dispatcher import WebviewDispatcher
from millennium_runtime_webview.log_file import start_log_file
from millennium_runtime_webview.loop import Loop
from millennium_runtime_webview.preload import preload_library
from millennium_runtime_webview.sandbox import begin_trial
from millennium_runtime_webview.select import load_diagnostics, load_engine

OPENED_SCHEMES = frozenset({"http", "https", "mailto"})

_log = logging.getLogger(__name__)


class WebviewProxy(EventLoopProxy):
    """Sends values into the loop from any thread."""

    def __init__(self, loop: Loop) -> None:
        self._loop = loop

    def send_event(self, value: object) -> None:
        """Have `UserEvent(value)` sent."""
        self._loop.main.post(lambda: self._loop.send(UserEvent(value)))


class WebviewHandle(RuntimeHandle):
    """Reaches the runtime from any thread."""

    def __init__(self, loop: Loop) -> None:
        self._loop = loop

    def create_proxy(self) -> EventLoopProxy:
        """Return a proxy for sending events."""
        return WebviewProxy(self._loop)

    def is_main_thread(self) -> bool:
        """Whether the caller is on the loop's thread."""
        return self._loop.main.is_current()

    def post(self, task: Callable[[], None]) -> None:
        """Run `task` on the main thread soon; never waits."""
        self._loop.main.post(task)

    def post_later(self, task: Callable[[], None], seconds: float = 0.0) -> None:
        """Run `task` on the main thread when nothing else waits there."""
        self._loop.later(task, seconds)

    def create_window(self, pending: PendingWindow) -> DetachedWindow:
        """Make a window; any thread."""
        dispatcher = WebviewDispatcher(pending.label, self._loop)

        def create() -> None:
            window = self._loop.create_window(pending, dispatcher.on_event)
            dispatcher.attach(window, (pending.window.min_size, pending.window.max_size))

        self._loop.main.call(create)
        return DetachedWindow(label=pending.label, dispatcher=dispatcher)

    def request_exit(self, code: int = 0) -> None:
        """Ask the loop to end with this exit code."""
        self._loop.request_exit(code)

    def open_url(self, url: str) -> None:
        """Hand an http, https or mailto URL to the system."""
        scheme = urlsplit(url).scheme
        if scheme not in OPENED_SCHEMES:
            message = f"a URL of the scheme {scheme!r} is not handed to the system"
            raise UnsupportedError(message, help="only http, https and mailto are")
        self._loop.main.call(lambda: self._loop.engine.open_url(url))

    def available_monitors(self) -> tuple[Monitor, ...]:
        """Return all monitors, the primary one first."""
        return self._loop.main.call(self._loop.engine.monitors)


class WebviewRuntime(Runtime):
    """One event loop over the webview of this operating system."""

    def __init__(self, loop: Loop, stop_log: Callable[[], None]) -> None:
        self._loop = loop
        self._stop_log = stop_log
        self._handle = WebviewHandle(loop)

    @classmethod
    def preload(cls) -> None:
        """Begin to load the system's webview on another thread."""
        preload_library(sys.platform)

    @classmethod
    def new(cls, attributes: RuntimeAttributes) -> Self:
        """Find and load the system's webview. Raises NoEngineError with what to do."""
        if attributes.sandbox == "auto":
            begin_trial()  # beside the bindings, which take longer
        stop_log = start_log_file(attributes.log_directory, attributes.identifier)
        try:
            loop = Loop(load_engine(sys.platform)(attributes))
        except MillenniumRuntimeError as error:
            if _log.hasHandlers():  # without a terminal nobody sees the traceback
                _log.critical("%s: %s; %s", error.code, error.message, error.help)
            stop_log()
            raise
        return cls(loop, stop_log)

    def handle(self) -> RuntimeHandle:
        """Return the thread-safe handle."""
        return self._handle

    def engine(self) -> str:
        """Return name and version of the system webview ("WebKitGTK 2.50.1")."""
        return self._loop.engine.name()

    def run(self, on_event: Callable[[RunEvent], None]) -> int:
        """Run the loop until it exits; return the exit code."""
        try:
            return self._loop.run(on_event)
        finally:
            self._stop_log()

    @staticmethod
    def diagnostics() -> Diagnostics:
        """Say what is known to go wrong on this machine; loads the engine, opens no window.

        Raises:
            NoEngineError: There is none; the help names the command that mends it.
        """
        return load_diagnostics(sys.platform)
