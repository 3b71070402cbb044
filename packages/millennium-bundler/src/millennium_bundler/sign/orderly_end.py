"""An end in order when somebody asks for one: a cancelled workflow leaves no private folder behind."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

# Windows has no SIGHUP, which says that the terminal is gone.
_SIGNALS = tuple(
    signal.Signals[name] for name in ("SIGTERM", "SIGHUP") if name in signal.Signals.__members__
)
# https://tldp.org/LDP/abs/html/exitcodes.html: 128 and the signal's number.
_EXIT_BY_SIGNAL = 128


@contextmanager
def orderly_end() -> Iterator[None]:
    """Let SIGTERM and SIGHUP end the program as Ctrl-C does, so that whoever holds a private folder removes it.

    Thread: does nothing but in the main one, where signals arrive, and nothing to a signal that the program
    ignores or has a handler of its own for.
    """
    is_main = threading.current_thread() is threading.main_thread()
    taken = [one for one in _SIGNALS if is_main and signal.getsignal(one) is signal.SIG_DFL]
    for one in taken:
        signal.signal(one, _end)
    try:
        yield
    finally:
        for one in taken:
            signal.signal(one, signal.SIG_DFL)


def _end(number: int, _frame: FrameType | None) -> NoReturn:
    sys.exit(_EXIT_BY_SIGNAL + number)
