"""Which saved files mean what: restart the app, reload its page, or nothing.

1. Python of the app, its configuration and its capabilities: restart.
2. Anything in the folder with the page: reload, unless a development server serves it.
3. What is hidden, built or installed means nothing.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import watchfiles
from watchfiles._rust_notify import WatchfilesRustInternalError

Effect = Literal["restart", "reload"]

# A save is several events; editors are done within this time.
DEBOUNCE_MS = 60
STEP_MS = 20
TICK_MS = 200
POLL_MS = 150

_NO_TEXT = re.compile(r'Unable to decode path "(?P<path>.*)"')
_SKIPPED = frozenset({"__pycache__", "node_modules", "build", "dist", "site-packages"})
_CONFIGS = frozenset({"pyproject.toml", "millennium.toml"})
_PYTHON = frozenset({".py", ".pyi"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What is watched.

    Attributes:
        root: The project's folder.
        pages: The folder with the page; None while a development server serves it.
        tests: Folders whose Python is not the app's.
    """

    root: Path
    pages: Path | None
    tests: tuple[str, ...] = ("tests",)

    def effect(self, path: Path) -> Effect | None:
        """Return what a saved file means."""
        if path in {self.root, self.pages}:  # a folder's time changes with what is in it
            return None
        if self.pages is not None and path.is_relative_to(self.pages):  # (2)
            inside = path.relative_to(self.pages).parts
            return None if any(_is_hidden(part) for part in inside) else "reload"
        if not path.is_relative_to(self.root):
            return None
        parts = path.relative_to(self.root).parts
        if _is_config(parts):  # (1)
            return "restart"
        if any(_is_hidden(part) or part in _SKIPPED for part in parts) or parts[0] in self.tests:
            return None  # (3)
        return "restart" if path.suffix in _PYTHON else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What was saved at once, by what it means; both are empty when only time went by."""

    restart: tuple[Path, ...] = ()
    reload: tuple[Path, ...] = ()


def watch(watched: Watched, *, since_ns: int, say: Callable[[str], None]) -> Iterator[Saved]:
    """Yield what was saved, and nothing in particular a few times a second.

    Args:
        watched: What is watched.
        since_ns: When the app was started, in nanoseconds since 1970; what was saved after that and
            before the watch began is told first.
        say: Told when the system has no watcher left and files are polled instead.
    """
    is_polling = False
    while True:
        try:
            for saved in _watch(watched, since_ns, force_polling=is_polling):
                since_ns = time.time_ns()
                yield saved
        except WatchfilesRustInternalError as error:
            if name := _NO_TEXT.search(str(error)):
                say(f"not followed, for its name is not UTF-8: {name['path']}")
                continue
            if is_polling:
                raise
            # Linux gives each user 128 watchers for all programs together.
            say(f"files are polled, for the system gives no watcher: {error}")
            say("  = help: sysctl fs.inotify.max_user_instances=1024")
            is_polling = True
        else:
            return


def _watch(watched: Watched, since_ns: int, *, force_polling: bool) -> Iterator[Saved]:
    folders = {watched.root, *([watched.pages] if watched.pages else [])}
    changes = watchfiles.watch(
        *folders,
        watch_filter=lambda _change, path: watched.effect(Path(path)) is not None,
        debounce=DEBOUNCE_MS,
        step=STEP_MS,
        rust_timeout=TICK_MS,
        yield_on_timeout=True,
        raise_interrupt=True,
        force_polling=force_polling,
        poll_delay_ms=POLL_MS,
    )
    for count, change in enumerate(changes):
        missed = set() if count else _saved_since(watched, since_ns)
        paths = sorted({Path(path) for _, path in change} | missed)
        yield Saved(
            restart=tuple(path for path in paths if watched.effect(path) == "restart"),
            reload=tuple(path for path in paths if watched.effect(path) == "reload"),
        )


def _saved_since(watched: Watched, moment_ns: int) -> set[Path]:
    """Return the files that mean something and were written after a moment."""
    paths = _files(watched.root, _SKIPPED)
    if watched.pages is not None:
        paths |= _files(watched.pages, frozenset())
    return {path for path in paths if watched.effect(path) and _written_ns(path) > moment_ns}


def _files(top: Path, skipped: frozenset[str]) -> set[Path]:
    found: set[Path] = set()
    for folder, folders, names in os.walk(top):
        folders[:] = [name for name in folders if not _is_hidden(name) and name not in skipped]
        found |= {Path(folder, name) for name in names}
    return found


def _written_ns(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:  # gone meanwhile
        return 0


def _is_hidden(part: str) -> bool:
    return part.startswith((".", "~")) or part.endswith(("~", ".swp", ".tmp"))


def _is_config(parts: tuple[str, ...]) -> bool:
    name = parts[-1]
    if parts[0] == "capabilities":
        return name.endswith(".toml")
    is_variant = name.startswith((".millenniumrc", "millennium.")) or "millenniumrc" in name
    return len(parts) == 1 and (name in _CONFIGS or is_variant)
