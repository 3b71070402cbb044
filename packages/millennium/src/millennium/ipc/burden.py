"""What the arguments of unanswered calls weigh: a slow command must not be handed all memory."""

from __future__ import annotations

from collections.abc import Container

LIGHT_BYTES = 1024
"""Arguments up to this size are not weighed: the number of calls has a limit of its own."""


class Burden:
    """The heavy arguments of one document's calls, up to a limit. Thread: main.

    Args:
        running: The calls that are not answered.
        max_bytes: Of all their arguments.
    """

    def __init__(self, running: Container[int], max_bytes: int) -> None:
        self._running = running
        self._max_bytes = max_bytes
        self._weights: dict[int, int] = {}
        self._bytes = 0

    def can_bear(self, call: int, size: int) -> bool:
        """Whether a call with arguments of so many bytes may run too; it counts from now on."""
        if size <= LIGHT_BYTES:
            return True
        if self._bytes + size > self._max_bytes:
            self._forget_answered()
        if self._bytes + size > self._max_bytes:
            return False
        self._weights[call] = size
        self._bytes += size
        return True

    def _forget_answered(self) -> None:
        self._weights = {
            call: size for call, size in self._weights.items() if call in self._running
        }
        self._bytes = sum(self._weights.values())
