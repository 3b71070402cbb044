"""The life of one event loop: tasks of all threads, windows by label, exit and its vetoes.

1. `Ready` comes first; window events that happened earlier follow it.
2. Many tasks share one wake-up of the native loop.
3. When the last window is gone, or an exit was asked for, `ExitRequested` is sent; unless it is
   prevented the windows are destroyed, waiting threads are released, and `Exit` is the last event.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable
from typing import Literal

from millennium_runtime.errors import (
    EventLoopClosedError,
    InvalidLabelError,
    MillenniumRuntimeError,
)
from millennium_runtime.exit_decision import ExitDecision
from millennium_runtime.main_thread import MainThread
from millennium_runtime.run_event import (
    Destroyed,
    Exit,
    Ready,
    RunEvent,
    WindowEvent,
    WindowEventKind,
)
from millennium_runtime.window import PendingWindow
from millennium_runtime_webview.engine import EmitEvent, Engine, EngineWindow

OnEvent = Callable[[RunEvent], None]

log = logging.getLogger(__name__)


class Loop:
    """Runs one engine's native loop and keeps the promise of `millennium_runtime.runtime`."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.main = MainThread(self._wake)
        self._wake_lock = threading.Lock()
        self._is_awake = False
        self._state: Literal["new", "running", "ending", "ended"] = "new"
        self._on_event: OnEvent | None = None
        self._early: list[RunEvent] = []
        self._windows: dict[str, EngineWindow] = {}
        self._exit = ExitDecision(self.send, engine.stop)

    def run(self, on_event: OnEvent) -> int:
        """Run until the exit; return its code."""
        if not self.main.is_current():
            message = "run was called on another thread than the one that made the runtime"
            raise MillenniumRuntimeError(message, help="make and run it on the same thread")
        if self._state != "new":
            raise EventLoopClosedError("the event loop ran before", help="make a new runtime")
        self._on_event = on_event
        self.engine.run(self._start, self._exit.signal)
        self._end()
        return self._exit.code or 0

    def send(self, event: RunEvent) -> None:
        """Tell the app one event; an exception there is logged. Thread: main."""
        if self._on_event is None or self._state == "new":
            self._early.append(event)
            return
        try:
            self._on_event(event)
        except Exception:
            log.exception("the app failed at %s", type(event).__name__)

    def create_window(self, pending: PendingWindow, tell: EmitEvent) -> EngineWindow:
        """Make a window; `tell` hears its events before the app does. Thread: main."""
        label = pending.label
        if self._state in {"ending", "ended"}:
            raise EventLoopClosedError("the event loop has ended", help="make no more windows")
        if label in self._windows:
            message = f"there is a window {label!r} already"
            raise InvalidLabelError(message, help="choose another label or close that window")

        def emit(event: WindowEventKind) -> None:
            if isinstance(event, Destroyed):
                self._forget(label)
            tell(event)
            self.send(WindowEvent(label, event))

        window = self._windows[label] = self.engine.create_window(pending, emit)
        return window

    def request_exit(self, code: int) -> None:
        """Ask to exit, soon; after the end it does nothing. Any thread."""
        with contextlib.suppress(EventLoopClosedError):
            self.main.post(lambda: self._exit.ask(code))

    # --- waking

    def later(self, task: Callable[[], None], seconds: float) -> None:
        """Run `task` when nothing else waits; an exception is logged. Any thread."""

        def run() -> None:
            try:
                task()
            except Exception:
                log.exception("a task on the main thread failed")

        self.engine.later(run, seconds)

    def _wake(self) -> None:
        with self._wake_lock:
            if self._is_awake or self._state == "new":
                return
            self._is_awake = True
        self.engine.wake(self._run_pending)

    def _run_pending(self) -> None:
        # Put down first: who posts from now on wakes the loop again, so no task is left lying.
        with self._wake_lock:
            self._is_awake = False
        self.main.run_pending()

    # --- life

    def _start(self) -> None:
        self._state = "running"
        early, self._early = self._early, []
        for event in (Ready(), *early):
            self.send(event)
        self._wake()

    def _forget(self, label: str) -> None:
        self._windows.pop(label, None)
        if not self._windows and self._state == "running":
            self.main.post(self._exit_without_windows)

    def _exit_without_windows(self) -> None:
        if not self._windows:
            self._exit.ask(None)

    def _end(self) -> None:
        self._state = "ending"
        for window in tuple(self._windows.values()):
            window.destroy()
        self.main.close()
        self.send(Exit())
        self._state = "ended"
        self.engine.close()
