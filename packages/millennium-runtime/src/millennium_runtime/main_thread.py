"""The thread policy of `Dispatcher` and `RuntimeHandle`, ready to use for who writes a runtime.

1. A call made on the main thread acts at once.
2. A call made on another thread is queued for the main thread and waited for, at most the limit;
   then `RuntimeTimeoutError`, and the call will not be made later.
3. Queued tasks run in the order they were queued. An exception in one is logged; the next runs.
4. After `close` nothing is accepted, and who still waits gets `EventLoopClosedError`.
5. Code on the main thread never waits for another thread: `forbid_wait` raises
   `WouldDeadlockError` there.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

from millennium_runtime.errors import (
    EventLoopClosedError,
    RuntimeTimeoutError,
    WouldDeadlockError,
)

__all__ = ["MAX_WAIT_SECONDS", "MainThread"]

MAX_WAIT_SECONDS = 5.0

T = TypeVar("T")

log: logging.Logger = logging.getLogger(__name__)


class MainThread:
    """The queue into one loop. Make it on the thread that will run the loop.

    Args:
        wake: Makes the loop call `run_pending` soon, on the main thread. Called from any thread,
            once for each task; it must not block and must not run anything itself.
        timeout_seconds: How long `call` waits.
    """

    def __init__(
        self, wake: Callable[[], None], *, timeout_seconds: float = MAX_WAIT_SECONDS
    ) -> None:
        self._wake = wake
        self._timeout_seconds = timeout_seconds
        self._thread = threading.get_ident()
        self._lock = threading.Lock()
        self._tasks: deque[Callable[[], None]] = deque()
        self._waiting: set[Callable[[], None]] = set()
        self._is_closed = False

    def is_current(self) -> bool:
        """Whether the caller is on the main thread."""
        return threading.get_ident() == self._thread

    def post(self, task: Callable[[], None]) -> None:
        """Run `task` on the main thread soon; never waits.

        Raises:
            EventLoopClosedError: The loop has ended.
        """
        with self._lock:
            self._require_open()
            self._tasks.append(task)
        self._wake()

    def call(self, function: Callable[[], T]) -> T:
        """Run `function` on the main thread and return its value, or raise what it raised.

        Raises:
            RuntimeTimeoutError: It did not start in time; it will not be run later.
            EventLoopClosedError: The loop ended first.
        """
        if self.is_current():
            return function()
        call = _Call(function)
        with self._lock:
            self._require_open()
            self._tasks.append(call.run)
            self._waiting.add(call.give_up)
        self._wake()
        try:
            return call.wait(self._timeout_seconds)
        finally:
            with self._lock:
                self._waiting.discard(call.give_up)

    def forbid_wait(self, what: str) -> None:
        """Refuse to go on where waiting would stop the whole app.

        Raises:
            WouldDeadlockError: The caller is on the main thread.
        """
        if self.is_current():
            message = f"{what} would make the main thread wait for another thread"
            raise WouldDeadlockError(message, help="do it on another thread, or pass a callback")

    def run_pending(self) -> None:
        """Run the tasks that are queued now; later ones wait for their own wake. Thread: main."""
        for _ in range(len(self._tasks)):
            task = self._next_task()
            if task is None:
                return
            try:
                task()
            except Exception:
                log.exception("a task on the main thread failed")

    def close(self) -> None:
        """Accept nothing more; drop what is queued and release who waits for it."""
        with self._lock:
            self._is_closed = True
            self._tasks.clear()
            waiting = list(self._waiting)
        for give_up in waiting:
            give_up()

    def _next_task(self) -> Callable[[], None] | None:
        """Take the oldest task; a task may have run or dropped the others meanwhile."""
        with self._lock:
            return self._tasks.popleft() if self._tasks else None

    def _require_open(self) -> None:
        if self._is_closed:
            raise EventLoopClosedError("the event loop has ended", help="stop using its windows")


class _Call(Generic[T]):
    """One function on its way to the main thread, and its result on the way back."""

    def __init__(self, function: Callable[[], T]) -> None:
        self._function = function
        self._lock = threading.Lock()
        self._is_settled = threading.Event()
        self._is_abandoned = False
        self._has_started = False
        self._value: T
        self._error: BaseException | None = None

    def run(self) -> None:
        """Run the function, unless nobody waits any more. Thread: main."""
        with self._lock:
            if self._is_abandoned:
                return
            self._has_started = True
        try:
            self._value = self._function()
        except BaseException as error:  # noqa: BLE001 - it is raised again where it is waited for
            self._error = error
        self._is_settled.set()

    def wait(self, seconds: float) -> T:
        """Return the value, or raise what the function raised or why it was not run."""
        if not self._is_settled.wait(seconds):
            with self._lock:
                self._is_abandoned = True
            raise _too_late(seconds, has_started=self._has_started)
        if self._error is not None:
            raise self._error
        return self._value

    def give_up(self) -> None:
        """Tell who waits that the loop ended, unless the function has started."""
        with self._lock:
            if self._has_started or self._is_abandoned:
                return
            self._is_abandoned = True
            self._error = EventLoopClosedError("the event loop ended before the call was made")
        self._is_settled.set()


def _too_late(seconds: float, *, has_started: bool) -> RuntimeTimeoutError:
    state = "did not finish the call" if has_started else "did not get to the call"
    message = f"the main thread {state} within {seconds:g} s"
    return RuntimeTimeoutError(message, help="keep callbacks on the main thread short")
