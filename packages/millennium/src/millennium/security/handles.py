"""Random names that stand for commands on the wire, fresh for each document.

In mode "session" a name lives as long as its document. In mode "call" it works once, and the
document holds spare ones; how many grows with use, so a burst does not wait for refills long, and
they come by the handful, so most messages carry none.
"""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from typing import Generic, Literal, TypeVar

HANDLE_BYTES = 12
HANDLE_CHARS = 16
SPARE_HANDLES = 8
MAX_SPARE_HANDLES = 512

HandleMode = Literal["session", "call"]
T = TypeVar("T")


class HandleTable(Generic[T]):
    """Handle → target of one document; targets are known by name. Thread: main."""

    __slots__ = ("_low", "_mode", "_spare", "_targets", "_want")

    def __init__(self, mode: HandleMode = "session") -> None:
        self._mode = mode
        self._targets: dict[str, tuple[str, T]] = {}
        self._want: dict[str, int] = {}
        self._spare: dict[str, int] = {}
        self._low: dict[str, T] = {}

    def issue(self, targets: Iterable[tuple[str, T]]) -> dict[str, list[str]]:
        """Return the first handles: one for each name, in mode "call" `SPARE_HANDLES`."""
        amount = SPARE_HANDLES if self._mode == "call" else 1
        return {name: self._grant(name, target, amount) for name, target in targets}

    def find(self, handle: str) -> T | None:
        """Return what `handle` stands for, None if nothing; in mode "call" it is used up."""
        if self._mode == "session":
            entry = self._targets.get(handle)
            return None if entry is None else entry[1]
        entry = self._targets.pop(handle, None)
        if entry is None:
            return None
        name, target = entry
        self._spare[name] -= 1
        if 2 * self._spare[name] < self._want[name]:
            self._low[name] = target
        return target

    @property
    def is_low(self) -> bool:
        """Whether a name has less than half of its spares left."""
        return bool(self._low)

    def refill(self) -> dict[str, list[str]]:
        """Return fresh handles for the names with less than half of their spares; often empty.

        A name that ran dry gets twice as many as before, up to `MAX_SPARE_HANDLES`.
        """
        low, self._low = self._low, {}
        return {name: self._top_up(name, target) for name, target in low.items()}

    def _top_up(self, name: str, target: T) -> list[str]:
        if not self._spare[name]:
            self._want[name] = min(2 * self._want[name], MAX_SPARE_HANDLES)
        return self._grant(name, target, self._want[name] - self._spare[name])

    def _grant(self, name: str, target: T, amount: int) -> list[str]:
        text = urlsafe_b64encode(secrets.token_bytes(HANDLE_BYTES * amount)).decode("ascii")
        fresh = [text[at : at + HANDLE_CHARS] for at in range(0, len(text), HANDLE_CHARS)]
        self._targets.update(dict.fromkeys(fresh, (name, target)))
        self._want.setdefault(name, amount)
        self._spare[name] = self._spare.get(name, 0) + amount
        return fresh
