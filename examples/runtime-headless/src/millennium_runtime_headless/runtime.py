"""The runtime, its handle and its proxy."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Self
from urllib.parse import urlsplit

from millennium_runtime import EventLoopProxy, Runtime, RuntimeAttributes, RuntimeHandle
from millennium_runtime.errors import EventLoopClosedError, UnsupportedError
from millennium_runtime.main_thread import MAX_WAIT_SECONDS
from millennium_runtime.monitor import Monitor
from millennium_runtime.run_event import RunEvent, UserEvent
from millennium_runtime.webview import World
from millennium_runtime.window import DetachedWindow, PendingWindow
from millennium_runtime_headless.dispatcher import HeadlessDispatcher
from millennium_runtime_headless.document import RunScript, View
from millennium_runtime_headless.loop import Loop
from millennium_runtime_headless.window import HeadlessWindow

__all__ = ["HeadlessRuntime"]


# --8<-- [start:runtime]
class HeadlessRuntime(Runtime):
    """One loop and its windows nobody sees."""

    timeout_seconds = MAX_WAIT_SECONDS

    def __init__(self, attributes: RuntimeAttributes) -> None:
        self.attributes = attributes
        self.run_script: RunScript = _ignore_script
        self.loop = Loop(timeout_seconds=self.timeout_seconds)
        self._windows: dict[str, HeadlessWindow] = {}

    @classmethod
    def new(cls, attributes: RuntimeAttributes) -> Self:
        return cls(attributes)

    def handle(self) -> RuntimeHandle:
        return HeadlessHandle(self)

    def run(self, on_event: Callable[[RunEvent], None]) -> int:
        return self.loop.run(on_event)

    def window(self, label: str) -> HeadlessWindow:
        """Return the last window with this label. Thread: main."""
        return self._windows[label]

    def create_window(self, pending: PendingWindow) -> DetachedWindow:
        """Make a window; its first document follows as a task. Thread: main."""
        window = HeadlessWindow(pending, self.loop, self.run_script)
        self.loop.remember(pending.label, window)
        self._windows[pending.label] = window
        self.loop.main.post(lambda: window.view.load(pending.webview.url))
        dispatcher = HeadlessDispatcher(window, self.loop)
        return DetachedWindow(label=pending.label, dispatcher=dispatcher)


# --8<-- [end:runtime]


# --8<-- [start:handle]
class HeadlessHandle(RuntimeHandle):
    """Reaches the runtime from any thread."""

    def __init__(self, runtime: HeadlessRuntime) -> None:
        self._runtime = runtime
        self._loop = runtime.loop
        self._main = runtime.loop.main

    def is_main_thread(self) -> bool:
        return self._main.is_current()

    def post(self, task: Callable[[], None]) -> None:
        self._main.post(task)

    def create_window(self, pending: PendingWindow) -> DetachedWindow:
        return self._main.call(lambda: self._runtime.create_window(pending))

    def request_exit(self, code: int = 0) -> None:
        with contextlib.suppress(EventLoopClosedError):
            self._main.post(lambda: self._loop.ask_to_exit(code))

    def create_proxy(self) -> EventLoopProxy:
        return HeadlessProxy(self._loop)

    # --8<-- [end:handle]

    def open_url(self, url: str) -> None:
        if urlsplit(url).scheme not in {"http", "https", "mailto"}:
            raise UnsupportedError(f"{url!r} is not http, https or mailto")
        raise UnsupportedError("nobody is there to look at it", help="use a runtime with an engine")

    def available_monitors(self) -> tuple[Monitor, ...]:
        return ()


# --8<-- [start:proxy]
class HeadlessProxy(EventLoopProxy):
    """Sends values into the loop."""

    def __init__(self, loop: Loop) -> None:
        self._loop = loop

    def send_event(self, value: object) -> None:
        self._loop.main.post(lambda: self._loop.tell(UserEvent(value)))


# --8<-- [end:proxy]


def _ignore_script(_view: View, _script: str, _world: World) -> None:
    """There is no JavaScript here, unless somebody says what it means."""
