"""What was observed, in order, and waiting for it with a limit."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

__all__ = ["CheckFailedError", "Log", "eventually", "expect", "refuses"]

T = TypeVar("T")


class CheckFailedError(AssertionError):
    """A runtime broke the rule that a check is about."""


def expect(condition: object, message: str) -> None:
    """Fail the check with `message` unless the condition holds.

    Raises:
        CheckFailedError: It does not.
    """
    if not condition:
        raise CheckFailedError(message)


def refuses(error: type[Exception], attempt: Callable[[], object]) -> bool:
    """Whether the attempt raises this error."""
    try:
        attempt()
    except error:
        return True
    return False


class Log(Generic[T]):
    """A list that other threads wait on.

    Attributes:
        name: What is logged, for messages.
        patience: How many seconds `wait` waits.
    """

    def __init__(self, name: str, patience: float) -> None:
        self.name = name
        self.patience = patience
        self._items: list[T] = []
        self._changed = threading.Condition()

    @property
    def items(self) -> tuple[T, ...]:
        """Everything so far, oldest first."""
        with self._changed:
            return tuple(self._items)

    def append(self, item: T) -> None:
        """Add one and wake who waits."""
        with self._changed:
            self._items.append(item)
            self._changed.notify_all()

    def wait(self, is_wanted: Callable[[T], bool], what: str, *, count: int = 1) -> T:
        """Wait until `count` items are wanted ones; return the newest of them.

        Raises:
            CheckFailedError: They did not come in time; the message shows what did.
        """
        with self._changed:
            if not self._changed.wait_for(lambda: self._count(is_wanted) >= count, self.patience):
                seen = ", ".join(map(str, self._items)) or "nothing"
                message = (
                    f"no {what} among the {self.name} within {self.patience:g} s, only: {seen}"
                )
                raise CheckFailedError(message)
            return [item for item in self._items if is_wanted(item)][count - 1]

    def _count(self, is_wanted: Callable[[T], bool]) -> int:
        return sum(map(is_wanted, self._items))


def eventually(question: Callable[[], T], is_wanted: Callable[[T], bool], patience: float) -> T:
    """Ask until the answer is the wanted one or patience ends; return the last answer."""
    end = time.monotonic() + patience
    while not is_wanted(answer := question()) and time.monotonic() < end:
        time.sleep(0.01)
    return answer
