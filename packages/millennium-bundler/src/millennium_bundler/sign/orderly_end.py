"""An end in order when somebody asks for one: a cancelled workflow leaves no private folder behind."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

# https://tldp.org/LDP/abs/html/exitcodes.html: 128 and the signal's number.
_EXIT_TERMINATED = 143


@contextmanager
def orderly_end() -> Iterator[None]:
    """Let SIGTERM end the program as Ctrl-C does, so that whoever holds a private folder removes it.

    Thread: does nothing but in the main one, where signals arrive, and nothing when the program has a
    handler of its own.
    """
    is_main = threading.current_thread() is threading.main_thread()
    if not is_main or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        yield
        return
    signal.signal(signal.SIGTERM, _end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _end(_number: int, _frame: FrameType | None) -> NoReturn:
    sys.exit(_EXIT_TERMINATED)
