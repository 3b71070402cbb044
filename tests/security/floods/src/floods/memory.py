"""How much memory grows from the first flood on: this process, and the whole tree of processes.

The resident set of the main process is cheap to read, so it is looked at often. The tree is what a
user pays: the main process, the engine's network process and the web process of each window, each
by its proportional set size, in which a page that two processes share counts once. Reading it takes
milliseconds, so it is done seldom. A flooding page's own web process holds what the page itself has
made, its promises and closures, until the engine collects it: no host can bound that, so the tree is
told with and without the process that grew most.
"""

from __future__ import annotations

import os
import threading
from pathlib import Path

PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
SECONDS = 0.05
EVERY = 6  # looks at the main process for one at the tree
MIB = 1 << 20
KIB = 1 << 10
ENOUGH_MIB = 200

_base: dict[int, int] = {}
_main: list[int] = []
_peak = {"mib": 0, "tree_mib": 0, "others_mib": 0}
_ended = threading.Event()


def begin() -> None:
    """Begin to watch; what is there at the first time is what the peaks are compared with."""
    if not _main:
        _main.append(resident())
        _base.update(tree())
    _ended.clear()
    threading.Thread(target=_watch, daemon=True).start()


def end() -> dict[str, float]:
    """Stop watching; return by how many MiB what grew at most, since the first begin."""
    _ended.set()
    _look(with_tree=True)
    return {name: peak / MIB for name, peak in _peak.items()}


def is_enough() -> bool:
    """Whether so much was taken that nothing more is to be learned, and the machine needs the rest."""
    return _peak["tree_mib"] > ENOUGH_MIB * MIB


def resident() -> int:
    """Return the resident set of this process in bytes."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE_BYTES


def tree() -> dict[int, int]:
    """Return the proportional set size of this process and each descendant in bytes."""
    return {pid: _proportional(pid) * KIB for pid in _family(os.getpid())}


def _watch() -> None:
    looks = 0
    while not _ended.wait(SECONDS):
        looks += 1
        _look(with_tree=looks % EVERY == 0)


def _look(*, with_tree: bool) -> None:
    _note("mib", resident() - _main[0])
    if with_tree:
        grown = {pid: size - _base.get(pid, 0) for pid, size in tree().items()}
        own = grown.pop(os.getpid())
        _note("tree_mib", own + sum(grown.values()))
        _note("others_mib", own + sum(grown.values()) - max(grown.values(), default=0))


def _note(name: str, size: int) -> None:
    _peak[name] = max(_peak[name], size)


def _family(root: int) -> list[int]:
    found, waiting = [], [root]
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        for task in Path(f"/proc/{pid}/task").glob("*/children"):
            waiting += map(int, _read(task).split())
    return found


def _proportional(pid: int) -> int:
    lines = _read(Path(f"/proc/{pid}/smaps_rollup")).splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:  # it has ended
        return ""
