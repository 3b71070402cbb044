"""The log of refused messages, limited: a hostile page must not fill the disk."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

_log = logging.getLogger("millennium.ipc")

MAX_LINES = 10
PERIOD_SECONDS = 60.0


class RefusalLog:
    """Writes at most `MAX_LINES` lines in `PERIOD_SECONDS`, then how many it left out."""

    def __init__(self, label: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._label = label
        self._clock = clock
        self._begin = clock()
        self._lines = 0

    def note(self, reason: str) -> None:
        """Log why something was refused. Never a token, a handle or a payload."""
        now = self._clock()
        if now - self._begin >= PERIOD_SECONDS:
            self._say_left_out()
            self._begin, self._lines = now, 0
        self._lines += 1
        if self._lines <= MAX_LINES:
            _log.warning("window %s: refused: %s", self._label, reason)

    def _say_left_out(self) -> None:
        left_out = self._lines - MAX_LINES
        if left_out > 0:
            _log.warning("window %s: refused %d more messages", self._label, left_out)
