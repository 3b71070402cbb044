"""Puts what arrives at a page in order: replies and evaluated scripts may overtake each other."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec


class Head(msgspec.Struct, forbid_unknown_fields=True):
    """The part of a message that is for the private world only."""

    pad: list[str] = []
    handles: dict[str, list[str]] = {}
    once: int = 0
    ack: int = 0
    verify: bool = False
    frame: str = ""
    seal: str = ""
    sealed: list[str] = []


class Inbox:
    """The messages to one document.

    Attributes:
        next: Sequence number of the message that comes next.
    """

    def __init__(self) -> None:
        self.next: int = 0
        self._early: dict[int, tuple[str, str]] = {}

    def take(self, text: str) -> Iterator[tuple[Head, list[object]]]:
        """Yield head and news of each message that is due, `text` among them or kept."""
        sequence, head, news = text.split("\n", 2)
        self._early[int(sequence)] = (head, news)
        while self.next in self._early:
            head, news = self._early.pop(self.next)
            self.next += 1
            yield (
                msgspec.json.decode(head, type=Head) if head else Head(),
                msgspec.json.decode(news, type=list[object]) if news else [],
            )
