"""The loop: one queue, one thread, and the order in which it ends."""

from __future__ import annotations

import logging
import queue
import signal
from collections.abc import Callable
from types import FrameType
from typing import Protocol

from millennium_runtime.errors import EventLoopClosedError, InvalidLabelError
from millennium_runtime.main_thread import MainThread
from millennium_runtime.run_event import Exit, ExitRequested, Ready, RunEvent

__all__ = ["Closable", "Loop"]

log = logging.getLogger(__name__)
_EXIT_CODES = {signal.SIGINT: 130, signal.SIGTERM: 143}


class Closable(Protocol):
    """What the loop must know of a window."""

    def destroy(self) -> None:
        """Close it without asking."""

    def blur(self) -> None:
        """Take the keyboard from it."""


# --8<-- [start:main-thread]
class Loop:
    """Owns the main thread, the windows and the exit code."""

    def __init__(self, *, timeout_seconds: float) -> None:
        self._work: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self.main = MainThread(self._wake, timeout_seconds=timeout_seconds)
        self.windows: dict[str, Closable] = {}
        # --8<-- [end:main-thread]
        self._on_event: Callable[[RunEvent], None] | None = None
        self._exit_code: int | None = None
        self._has_started = False
        self._is_ending = False
        self._signals = 0

    # --8<-- [start:run]
    def run(self, on_event: Callable[[RunEvent], None]) -> int:
        """Run until an exit was asked for and nobody prevented it."""
        if self._has_started:
            raise EventLoopClosedError("a loop runs once", help="make a new runtime")
        self._has_started = True
        self._on_event = on_event
        old = {number: signal.signal(number, self._take_signal) for number in _EXIT_CODES}
        self.tell(Ready())
        while self._exit_code is None:
            self._work_once()
        self._end()
        for number, handler in old.items():
            signal.signal(number, handler)
        return self._exit_code

    def _end(self) -> None:
        self._is_ending = True
        for window in tuple(self.windows.values()):
            window.destroy()
        self.main.close()
        self.tell(Exit())

    # --8<-- [end:run]

    # --8<-- [start:exit]
    def ask_to_exit(self, code: int | None) -> None:
        """Send `ExitRequested`; end unless somebody prevented it. Thread: main."""
        if self._exit_code is not None:
            return
        request = ExitRequested(code)
        self.tell(request)
        if not request.veto.is_prevented:
            self._exit_code = code or 0

    def forget(self, label: str) -> None:
        """Drop a destroyed window; ask to exit after the last one. Thread: main."""
        del self.windows[label]
        if not self.windows and not self._is_ending:
            self.main.post(self._ask_if_empty)

    # --8<-- [end:exit]

    def remember(self, label: str, window: Closable) -> None:
        """Keep a new window; refuse a label that is taken. Thread: main."""
        if self._is_ending:
            raise EventLoopClosedError("the loop has ended", help="make no more windows")
        if label in self.windows:
            raise InvalidLabelError(f"label {label!r} is taken", help="choose another one")
        self.windows[label] = window

    # --8<-- [start:tell]
    def tell(self, event: RunEvent) -> None:
        """Tell the app; what it raises is logged. Thread: main."""
        if self._on_event is not None:
            guarded(self._on_event, event)

    # --8<-- [end:tell]

    def _ask_if_empty(self) -> None:
        if not self.windows:
            self.ask_to_exit(None)

    # --8<-- [start:wake]
    def _wake(self) -> None:
        """Called by `MainThread` from any thread: only put work into the queue."""
        self._work.put(self.main.run_pending)

    def _work_once(self) -> None:
        try:
            work = self._work.get(timeout=0.05)  # Python notices signals between instructions only
        except queue.Empty:
            return
        work()

    # --8<-- [end:wake]

    # --8<-- [start:signals]
    def _take_signal(self, number: int, _frame: FrameType | None) -> None:
        """Only put work into the queue: this runs between any two instructions."""
        code = _EXIT_CODES[signal.Signals(number)]
        self._work.put(lambda: self._leave(code))

    def _leave(self, code: int) -> None:
        self._signals += 1
        if self._signals == 1:
            self.ask_to_exit(code)
        elif self._exit_code is None:
            self._exit_code = code

    # --8<-- [end:signals]


def guarded(callback: Callable[..., object], *arguments: object) -> None:
    """Call what the app gave us; an exception there is logged and changes nothing here."""
    try:
        callback(*arguments)
    except Exception:
        log.exception("a callback failed")
