"""How much the engine holds for a page that does not take it: a page that hangs, or pauses.

What is handed to the engine is out of our reach, and nothing bounds it there. So every now and then
a message asks to be acknowledged; while too much is unacknowledged nothing more is handed over, and
news waits in the document's own queue, where it is counted. Replies are not held back: a page that
hangs sends no message to be answered.
"""

from __future__ import annotations

from collections import deque

from millennium.ipc.limits import MAX_PUSHED_BYTES, MAX_PUSHES

_ASK_PUSHES = MAX_PUSHES // 4
_ASK_BYTES = MAX_PUSHED_BYTES // 4


class Flow:
    """What one document was sent and has not acknowledged. Thread: main."""

    def __init__(self) -> None:
        self._pushed: deque[tuple[int, int]] = deque()
        self._bytes = 0
        self._unasked_pushes = 0
        self._unasked_bytes = 0

    @property
    def is_open(self) -> bool:
        """Whether more may be handed over."""
        return len(self._pushed) < MAX_PUSHES and self._bytes < MAX_PUSHED_BYTES

    def must_ask(self, size: int) -> bool:
        """Whether the next message, of about so many bytes, is one to be acknowledged."""
        is_far = self._unasked_pushes + 1 >= _ASK_PUSHES
        return is_far or self._unasked_bytes + size >= _ASK_BYTES

    def push(self, sequence: int, size: int, *, is_asked: bool) -> None:
        """Count a message that is handed over."""
        self._pushed.append((sequence, size))
        self._bytes += size
        self._unasked_pushes = 0 if is_asked else self._unasked_pushes + 1
        self._unasked_bytes = 0 if is_asked else self._unasked_bytes + size

    def acknowledge(self, sequence: int) -> None:
        """Forget what was delivered: everything up to this message."""
        while self._pushed and self._pushed[0][0] <= sequence:
            self._bytes -= self._pushed.popleft()[1]
