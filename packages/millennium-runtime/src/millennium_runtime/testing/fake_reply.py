"""What a page waits with: the reply to one message, recorded."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Literal

__all__ = ["FakeReply", "SettledTwiceError"]

Wait = Callable[[threading.Event, float], bool]
"""Waits for an event at most so many seconds; returns whether it came."""


class SettledTwiceError(AssertionError):
    """A reply was answered or refused a second time."""


class FakeReply:
    """Keeps how a message was settled; a second settlement raises.

    Attributes:
        status: "pending", then "answered" or "refused".
        text: What the page got; "" while pending.
        is_settled_twice: Whether somebody tried again, even if the exception went to a log.
    """

    def __init__(self, wait: Wait = threading.Event.wait) -> None:
        self.status: Literal["pending", "answered", "refused"] = "pending"
        self.text: str = ""
        self.is_settled_twice: bool = False
        self._wait = wait
        self._is_settled = threading.Event()
        self._listeners: list[Callable[[FakeReply], None]] = []

    def answer(self, text: str) -> None:
        """Resolve the page's promise."""
        self._settle("answered", text)

    def refuse(self, text: str) -> None:
        """Reject the page's promise."""
        self._settle("refused", text)

    def wait(self, seconds: float = 5.0) -> FakeReply:
        """Wait until it is settled and return itself.

        Raises:
            TimeoutError: Nobody settled it.
        """
        if not self._wait(self._is_settled, seconds):
            raise TimeoutError(f"the message was not settled within {seconds:g} s")
        return self

    def when_settled(self, listener: Callable[[FakeReply], None]) -> None:
        """Call `listener` once it is settled; at once if it is."""
        if self._is_settled.is_set():
            listener(self)
        else:
            self._listeners.append(listener)

    def _settle(self, status: Literal["answered", "refused"], text: str) -> None:
        if self.status != "pending":
            self.is_settled_twice = True
            raise SettledTwiceError(f"the message was {self.status} already")
        self.status, self.text = status, text
        self._is_settled.set()
        for listener in self._listeners:
            listener(self)
