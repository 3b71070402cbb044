"""How many windows pages may make, and how fast: each costs a process of the engine."""

from __future__ import annotations

import time
from collections.abc import Callable

from millennium.errors import CommandError
from millennium.ipc.limits import MAX_PAGE_WINDOWS, PAGE_WINDOW_BURST, PAGE_WINDOW_SECONDS


class WindowAllowance:
    """What all pages of an app together may make. Thread: main."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._left = float(PAGE_WINDOW_BURST)
        self._seen = clock()

    def take(self, live: int) -> None:
        """Take one of the windows that may be made now.

        Args:
            live: How many windows there are.

        Raises:
            CommandError: ``window.too_many``: there are `MAX_PAGE_WINDOWS`, or they come faster
                than one in `PAGE_WINDOW_SECONDS` after the first few.
        """
        now = self._clock()
        gained = (now - self._seen) / PAGE_WINDOW_SECONDS
        self._left, self._seen = min(PAGE_WINDOW_BURST, self._left + gained), now
        if live >= MAX_PAGE_WINDOWS:
            raise CommandError("window.too_many", f"there are {live} windows already")
        if self._left < 1:
            raise CommandError("window.too_many", "pages make windows too fast")
        self._left -= 1
