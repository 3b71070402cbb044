"""The one file tree that feeds every package writer.

Sorted by path, folders implied by files, modes explicit, one time stamp for all: what is written from
the same tree is the same bytes. Paths are POSIX, relative, and cannot leave the tree.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from millennium_bundler.errors import TreeError

# https://reproducible-builds.org/specs/source-date-epoch/
_EPOCH_VARIABLE = "SOURCE_DATE_EPOCH"
# gzip, rpm and squashfs have 32 bits for it: until the end of 2105 there is room for a day's rounding.
MAX_DATE = 4_291_747_199
_HELP = "change the destination of yours; one may be a file that the package makes itself"
# Used when nobody names a date: 2025-01-01. A constant, for "now" would make no build like another, and
# older than 1984 is refused by lintian.
FALLBACK_DATE = 1_735_689_600


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """A folder of the tree."""

    path: str
    mode: int = 0o755


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file of the tree with its content."""

    path: str
    data: bytes
    mode: int = 0o644


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A symbolic link of the tree."""

    path: str
    target: str


Entry = Folder | File | Link


def source_date(manifest_date: int) -> int:
    """Return the time stamp of everything: the environment's, the manifest's, else a constant.

    Args:
        manifest_date: Seconds since 1970, or 0 when the manifest names none.

    Raises:
        TreeError: The variable is set and not a number, or none that packages can hold.
    """
    given = os.environ.get(_EPOCH_VARIABLE, "")
    if not given:
        return manifest_date or FALLBACK_DATE
    is_number = given.isascii() and given.isdigit() and len(given) <= len(str(MAX_DATE))
    if not is_number or int(given) > MAX_DATE:
        message = f"{_EPOCH_VARIABLE} is {given[:40]!r}, not a number of seconds"
        raise TreeError(message, code="tree.outside", help=f"unset {_EPOCH_VARIABLE}")
    return int(given)


class Tree:
    """Files to install, sorted; folders come by themselves.

    Args:
        date: Seconds since 1970 that every entry carries.
    """

    def __init__(self, *, date: int) -> None:
        self.date = date
        self._entries: dict[str, File | Link] = {}
        self._folders: set[str] = set()

    def add(self, entry: File | Link) -> None:
        """Add one file or link.

        Raises:
            TreeError: The path leaves the tree, or is taken.
        """
        path = entry.path
        parts = PurePosixPath(path).parts
        if not parts or path.startswith("/") or ".." in parts or str(PurePosixPath(path)) != path:
            message = f"{path!r} is not a clean path inside the package"
            raise TreeError(message, code="tree.outside")
        if path in self._entries or path in self._folders:
            message = f"two files want to be {path!r}"
            raise TreeError(message, code="tree.conflict", help=_HELP)
        parents = [str(parent) for parent in PurePosixPath(path).parents][:-1]
        taken = next((parent for parent in parents if parent in self._entries), "")
        if taken:
            message = f"{path!r} lies below {taken!r}, which is a file"
            raise TreeError(message, code="tree.conflict", help=_HELP)
        self._entries[path] = entry
        self._folders.update(parents)

    def file(self, path: str, data: bytes, *, mode: int = 0o644) -> None:
        """Add a file; see `add`."""
        self.add(File(path=path, data=data, mode=mode))

    def __iter__(self) -> Iterator[Entry]:
        """Return all entries, parents before children, sorted by path."""
        entries: dict[str, Entry] = {path: Folder(path=path) for path in self._folders}
        entries.update(self._entries)
        return iter([entries[path] for path in sorted(entries)])

    def files(self) -> list[File]:
        """Return the files alone, sorted by path."""
        return [entry for entry in self if isinstance(entry, File)]
