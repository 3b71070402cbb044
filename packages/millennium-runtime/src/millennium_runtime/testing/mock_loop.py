"""The mock's event loop: a queue on one thread, its windows, and how it ends."""

from __future__ import annotations

import contextlib
import logging
import queue
import signal
import threading
import time
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Protocol

from millennium_runtime.errors import (
    EventLoopClosedError,
    InvalidLabelError,
    MillenniumRuntimeError,
)
from millennium_runtime.exit_decision import ExitDecision
from millennium_runtime.main_thread import MainThread
from millennium_runtime.run_event import (
    Exit,
    Ready,
    RunEvent,
    WindowEvent,
    WindowEventKind,
)

__all__ = ["LoopWindow", "MockLoop"]

log: logging.Logger = logging.getLogger(__name__)
_SIGNALS = {signal.SIGINT: 130, signal.SIGTERM: 143}


class LoopWindow(Protocol):
    """What the loop knows of a window."""

    @property
    def label(self) -> str:
        """Its name."""

    def blur(self) -> None:
        """Take the keyboard from it."""

    def destroy(self) -> None:
        """Close it without asking."""


class MockLoop:
    """Runs tasks and tells events, in order, on the thread that made it.

    A test that does not run the loop steps it with `run_until_idle`.
    """

    def __init__(self, *, timeout_seconds: float) -> None:
        self._wakes: queue.SimpleQueue[int] = queue.SimpleQueue()  # 0: tasks, else: a signal
        self.main: MainThread = MainThread(
            lambda: self._wakes.put(0), timeout_seconds=timeout_seconds
        )
        self._on_event: Callable[[RunEvent], None] = _ignore
        self._windows: dict[str, LoopWindow] = {}
        self._state: str = "new"
        self._exit = ExitDecision(self.tell)

    # --- windows

    @property
    def windows(self) -> dict[str, LoopWindow]:
        """The live windows by label, oldest first."""
        return dict(self._windows)

    def add_window(self, window: LoopWindow) -> None:
        """Remember a window; its label must be free."""
        if self._state in {"ending", "ended"}:
            raise EventLoopClosedError("the event loop has ended", help="make no more windows")
        if window.label in self._windows:
            message = f"there is a window {window.label!r} already"
            raise InvalidLabelError(message, help="choose another label or close that window")
        self._windows[window.label] = window

    def remove_window(self, label: str) -> None:
        """Forget a window that was destroyed; after the last one, ask to exit."""
        del self._windows[label]
        if not self._windows and self._state == "running":
            self.main.post(self._exit_without_windows)

    def tell_window(self, label: str, event: WindowEventKind) -> None:
        """Tell the app what happened to a window. Thread: main."""
        self.tell(WindowEvent(label, event))

    def tell(self, event: RunEvent) -> None:
        """Tell the app an event; an exception there is logged. Thread: main."""
        try:
            self._on_event(event)
        except Exception:
            log.exception("the app failed at %s", type(event).__name__)

    # --- life

    def run(self, on_event: Callable[[RunEvent], None]) -> int:
        """Run until exit; return the exit code."""
        if not self.main.is_current():
            message = "run was called on another thread than the one that made the runtime"
            raise MillenniumRuntimeError(message, help="make and run it on the same thread")
        if self._state != "new":
            raise EventLoopClosedError("the event loop ran before", help="make a new runtime")
        self._on_event, self._state = on_event, "running"
        with self._signals():
            self.tell(Ready())
            while self._exit.code is None:
                self._step()
            self._end()
        return self._exit.code

    def request_exit(self, code: int) -> None:
        """Ask to exit, soon; after the end it does nothing."""
        with contextlib.suppress(EventLoopClosedError):
            self.main.post(lambda: self._exit.ask(code))

    def exit_now(self, code: int = 0) -> None:
        """End the loop soon, without asking; after the end it does nothing."""
        with contextlib.suppress(EventLoopClosedError):
            self.main.post(lambda: self._exit.decide(code))

    def run_until_idle(self) -> None:
        """Run what is queued, and what that queues, without `run`. Thread: main."""
        while not self._wakes.empty():
            self._step()

    def wait(self, event: threading.Event, seconds: float) -> bool:
        """Wait for something that a task on the main thread will set.

        On the main thread the loop is stepped meanwhile; inside `run` that is not possible.
        """
        if not self.main.is_current():
            return event.wait(seconds)
        end = time.monotonic() + seconds
        while not event.is_set() and time.monotonic() < end:
            if self._state == "running":
                self.main.forbid_wait("this")
            self.run_until_idle()
            event.wait(0.001)
        return event.is_set()

    # --- how it ends

    def _step(self) -> None:
        """Wait for the next wake and do what it is for."""
        try:
            # With a limit: a signal between two instructions does not interrupt a wait after it.
            number = self._wakes.get(timeout=0.05)
        except queue.Empty:
            return
        if number:
            self._exit.signal(_SIGNALS[signal.Signals(number)])
        else:
            self.main.run_pending()

    def _exit_without_windows(self) -> None:
        if not self._windows:
            self._exit.ask(None)

    def _end(self) -> None:
        self._state = "ending"
        for window in self.windows.values():
            window.destroy()
        self.main.close()
        self.tell(Exit())
        self._state = "ended"

    @contextlib.contextmanager
    def _signals(self) -> Iterator[None]:
        """Answer SIGINT and SIGTERM, where Python lets us: on its own main thread."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        old = {number: signal.signal(number, self._on_signal) for number in _SIGNALS}
        try:
            yield
        finally:
            for number, handler in old.items():
                signal.signal(number, handler)

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        """Only wake the loop: this runs between any two instructions, even inside a lock."""
        self._wakes.put(number)


def _ignore(_event: RunEvent) -> None:
    """Stand in for the app until `run` is told its callback."""
