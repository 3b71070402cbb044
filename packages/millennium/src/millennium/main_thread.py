"""Gets something done on the main thread from any other, without ever waiting on the wrong one."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from millennium_runtime.errors import RuntimeTimeoutError, WouldDeadlockError
from millennium_runtime.main_thread import MAX_WAIT_SECONDS
from millennium_runtime.runtime import RuntimeHandle

T = TypeVar("T")


class MainThread:
    """The main thread of the running app, as other threads reach it. Thread: any.

    It asks a runtime's handle. A runtime's own queue into its loop is another class,
    `millennium_runtime.main_thread.MainThread`.
    """

    def __init__(self, runtime: RuntimeHandle) -> None:
        self._runtime = runtime

    def is_current(self) -> bool:
        """Whether the caller is on it; there nobody may wait."""
        return self._runtime.is_main_thread()

    def post(self, task: Callable[[], None]) -> None:
        """Run `task` there soon; never waits."""
        self._runtime.post(task)

    def call(self, question: Callable[[], T], *, timeout: float = MAX_WAIT_SECONDS) -> T:
        """Run `question` there and return what it returned, raising what it raised.

        On the main thread it is run at once.

        Raises:
            RuntimeTimeoutError: It did not begin in time, and will not; or did not end in time.
        """
        if self._runtime.is_main_thread():
            return question()
        answer: Answer[T] = Answer()
        self._runtime.post(lambda: answer.fill(question))
        return answer.wait(timeout)

    def forbid_wait(self, what: str) -> None:
        """Refuse to go on where waiting would stop the whole app.

        Raises:
            WouldDeadlockError: The caller is on the main thread.
        """
        if self._runtime.is_main_thread():
            message = f"{what} would make the main thread wait for itself"
            raise WouldDeadlockError(
                message, help="use the form for coroutines, or a command without inline=True"
            )


class Answer(Generic[T]):
    """A place for one value that another thread waits for."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._is_there = threading.Event()
        self._is_claimed = False
        self._value: T
        self._error: BaseException | None = None

    def fill(self, question: Callable[[], T]) -> None:
        """Run `question` and keep its value or exception, unless nobody waits any more."""
        if not self._claim():
            return
        try:
            self._value = question()
        except BaseException as error:  # noqa: BLE001 - it is raised again, where it is waited for
            self._error = error
        self._is_there.set()

    def wait(self, timeout: float) -> T:
        """Return the value or raise the exception.

        Raises:
            RuntimeTimeoutError: There is none in time. A question that has not begun never will.
        """
        if not self._is_there.wait(timeout):
            self._claim()
            message = f"the main thread did not answer within {timeout} s"
            raise RuntimeTimeoutError(message, help="keep inline commands and event hooks short")
        if self._error is not None:
            raise self._error
        return self._value

    def _claim(self) -> bool:
        with self._lock:
            is_first = not self._is_claimed
            self._is_claimed = True
            return is_first
