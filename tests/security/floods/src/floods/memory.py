"""How much the main process grows: its resident set, looked at twenty times a second."""

from __future__ import annotations

import os
import threading
from pathlib import Path

PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
SECONDS = 0.05
MIB = 1 << 20

_peak = [0]
_base = [0]
_ended = threading.Event()


def resident() -> int:
    """Return the resident set of this process in bytes."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE_BYTES


def begin() -> None:
    """Begin to watch."""
    _base[0] = _peak[0] = resident()
    _ended.clear()
    threading.Thread(target=_watch, daemon=True).start()


def end() -> float:
    """Stop watching; return by how many MiB it grew at most."""
    _ended.set()
    return (max(_peak[0], resident()) - _base[0]) / MIB


def _watch() -> None:
    while not _ended.wait(SECONDS):
        _peak[0] = max(_peak[0], resident())
