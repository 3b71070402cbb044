# ruff: noqa: D102 - the promise documents its methods
"""A complete runtime without a display: windows are records, a test is page, user and system.

Three ways to use it:

1. Without running the loop: make it, make windows on the same thread, move them through
   `MockRuntime.window`, step the loop with `run_until_idle`.
2. `runtime.run(on_event)` as any app does, with a script beside it on its own thread:
   ``App(runtime=MockRuntime.scripted(script)).run()``; when the script returns, the loop ends.
3. As a base of deliberately broken runtimes, to test tests.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import ClassVar, Self
from urllib.parse import urlsplit

from millennium_runtime.errors import UnsupportedError
from millennium_runtime.main_thread import MAX_WAIT_SECONDS
from millennium_runtime.monitor import Monitor
from millennium_runtime.run_event import Ready, RunEvent, UserEvent
from millennium_runtime.runtime import EventLoopProxy, Runtime, RuntimeAttributes, RuntimeHandle
from millennium_runtime.testing.mock_dispatcher import MockDispatcher
from millennium_runtime.testing.mock_frame import MockFrame
from millennium_runtime.testing.mock_loop import MockLoop
from millennium_runtime.testing.mock_page import MockPage, ScriptRunner, run_nothing
from millennium_runtime.testing.mock_state import MONITOR
from millennium_runtime.testing.mock_window import MockWindow
from millennium_runtime.webview import World
from millennium_runtime.window import DetachedWindow, PendingWindow

__all__ = ["MockEventLoopProxy", "MockRuntime", "MockRuntimeHandle"]

ATTRIBUTES = RuntimeAttributes(identifier="org.example.mock", app_name="Mock")

Script = Callable[["MockRuntime"], None]
"""Moves the windows of a running loop. Thread: its own."""


class MockRuntime(Runtime):
    """Headless, complete, and driven by a test.

    Attributes:
        attributes: What `new` was given.
        monitors: What `available_monitors` returns; the first is where windows open.
        opened_urls: What `open_url` handed to the system.
        run_script: Stands in for JavaScript, see `ScriptRunner`.
        loop_type: The parts, for a subclass that breaks one of them.
        frame_type: Likewise.
        dispatcher_type: Likewise.
        handle_type: Likewise.
    """

    loop_type: ClassVar[type[MockLoop]] = MockLoop
    frame_type: ClassVar[type[MockFrame]] = MockFrame
    dispatcher_type: ClassVar[type[MockDispatcher]] = MockDispatcher
    handle_type: ClassVar[type[MockRuntimeHandle]]

    scripts: ClassVar[tuple[Script, ...]] = ()

    def __init__(self, attributes: RuntimeAttributes, timeout_seconds: float) -> None:
        self.attributes = attributes
        self.monitors: tuple[Monitor, ...] = (MONITOR,)
        self.opened_urls: list[str] = []
        self.run_script: ScriptRunner = run_nothing
        self.loop: MockLoop = self.loop_type(timeout_seconds=timeout_seconds)
        self._windows: dict[str, MockWindow] = {}

    @classmethod
    def new(
        cls,
        attributes: RuntimeAttributes = ATTRIBUTES,
        *,
        timeout_seconds: float = MAX_WAIT_SECONDS,
    ) -> Self:
        """Prepare a runtime on the calling thread; a test may leave everything out."""
        return cls(attributes, timeout_seconds)

    @classmethod
    def scripted(cls, script: Script) -> type[MockRuntime]:
        """Make a class whose loop runs `script` beside it after `Ready`, and ends when it ends.

        An exception in the script ends the loop too, and `run` raises it.
        """
        return type("ScriptedMockRuntime", (cls,), {"scripts": (*cls.scripts, script)})

    def handle(self) -> MockRuntimeHandle:
        """Return the thread-safe handle."""
        return self.handle_type(self)

    def run(self, on_event: Callable[[RunEvent], None]) -> int:
        """Run until exit; return the exit code."""
        return _Beside(self).run(on_event) if self.scripts else self.loop.run(on_event)

    # --- the test's hands

    def window(self, label: str = "main") -> MockWindow:
        """Return the window that has or had this label last.

        Raises:
            LookupError: There never was one.
        """
        try:
            return self._windows[label]
        except KeyError:
            known = ", ".join(self._windows) or "none"
            raise LookupError(f"there was no window {label!r}, only: {known}") from None

    @property
    def windows(self) -> tuple[MockWindow, ...]:
        """The live windows, oldest first."""
        return tuple(window for window in self._windows.values() if not window.is_destroyed)

    def run_until_idle(self) -> None:
        """Step a loop that is not running until nothing is queued. Thread: main."""
        self.loop.run_until_idle()

    # --- what the handle does on the main thread

    def create_window(self, pending: PendingWindow) -> DetachedWindow:
        """Make a window at once; focus and first load follow as a task. Thread: main."""
        frame = self.frame_type(pending, self.loop, self.monitors[0], self._evaluate)
        self.loop.add_window(frame)
        self._windows[pending.label] = MockWindow(frame, self.loop)
        self.loop.main.post(frame.begin)
        return DetachedWindow(
            label=pending.label, dispatcher=self.dispatcher_type(frame, self.loop)
        )

    def _evaluate(self, page: MockPage, script: str, world: World) -> None:
        """Look `run_script` up late: a test may set it after windows were made."""
        self.run_script(page, script, world)


class MockRuntimeHandle(RuntimeHandle):
    """Reaches a mock runtime from any thread."""

    def __init__(self, runtime: MockRuntime) -> None:
        self._runtime = runtime
        self._main = runtime.loop.main

    def create_proxy(self) -> MockEventLoopProxy:
        return MockEventLoopProxy(self._runtime)

    def is_main_thread(self) -> bool:
        return self._main.is_current()

    def post(self, task: Callable[[], None]) -> None:
        self._main.post(task)

    def create_window(self, pending: PendingWindow) -> DetachedWindow:
        return self._main.call(lambda: self._runtime.create_window(pending))

    def request_exit(self, code: int = 0) -> None:
        self._runtime.loop.request_exit(code)

    def open_url(self, url: str) -> None:
        if urlsplit(url).scheme not in {"http", "https", "mailto"}:
            message = f"only http, https and mailto are opened, not {url!r}"
            raise UnsupportedError(message, help="open files through an API with a scope")
        self._main.call(lambda: self._runtime.opened_urls.append(url))

    def available_monitors(self) -> tuple[Monitor, ...]:
        return self._main.call(lambda: self._runtime.monitors)


MockRuntime.handle_type = MockRuntimeHandle


class MockEventLoopProxy(EventLoopProxy):
    """Sends values into a mock's loop."""

    def __init__(self, runtime: MockRuntime) -> None:
        self._loop = runtime.loop

    def send_event(self, value: object) -> None:
        self._loop.main.post(lambda: self._loop.tell(UserEvent(value)))


class _Beside:
    """Runs a loop with scripts beside it."""

    def __init__(self, runtime: MockRuntime) -> None:
        self._runtime = runtime
        self._thread = threading.Thread(target=self._run_scripts, name="script", daemon=True)
        self._error: BaseException | None = None

    def run(self, on_event: Callable[[RunEvent], None]) -> int:
        """Run the loop to its end, then raise what the script raised."""

        def start_after_ready(event: RunEvent) -> None:
            try:
                on_event(event)
            finally:
                if isinstance(event, Ready):
                    self._thread.start()

        code = self._runtime.loop.run(start_after_ready)
        self._thread.join(MAX_WAIT_SECONDS)
        if self._error is not None:
            raise self._error
        return code

    def _run_scripts(self) -> None:
        try:
            for script in self._runtime.scripts:
                script(self._runtime)
        except BaseException as error:  # noqa: BLE001 - `run` raises it
            self._error = error
        self._runtime.loop.exit_now()
