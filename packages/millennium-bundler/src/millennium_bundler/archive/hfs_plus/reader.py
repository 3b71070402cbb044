"""Read an HFS Plus volume and check it as `fsck` would.

Rules:

1. Both headers are the same and hold nothing that the writer does not write.
2. The trees are well-formed (`btree`), and the extents tree is empty: no file is in pieces.
3. Every entry has its thread, lies in a folder that is there, has a number below the next free one, and
   no two have one number.
4. Folders count what lies in them, the header counts files and folders.
5. Every block belongs to one thing alone, none to nothing, and the bitmap says so.
6. What lies behind the end of a file is zero.
"""

from __future__ import annotations

import stat
import struct
from collections import Counter

from millennium_bundler.archive.hfs_plus.btree import Record, read_btree
from millennium_bundler.archive.hfs_plus.names import decode_name
from millennium_bundler.archive.hfs_plus.records import (
    BLOCK_BYTES,
    CATALOG,
    EXTENTS,
    FILE_THREAD,
    FIRST_USER_ID,
    FOLDER_THREAD,
    ROOT,
    ROOT_PARENT,
    CatalogEntry,
    Fork,
    split_key,
    thread,
)
from millennium_bundler.archive.hfs_plus.volume import (
    HEADER_AT,
    HEADER_BYTES,
    FinderFlags,
    Volume,
    VolumeHeader,
)
from millennium_bundler.archive.hfs_plus.writer import (
    bitmap,
    finder_flags,
    finder_info,
    mode_of,
)
from millennium_bundler.errors import PackageError, TreeError
from millennium_bundler.tree import Entry, File, Folder, Link, Tree


def read_volume(data: bytes) -> Volume:
    """Return what lies in a volume.

    Raises:
        PackageError: A rule of this module is broken.
    """
    try:
        return _Reader(data).read()
    except (struct.error, ValueError, IndexError, KeyError, TreeError) as exc:
        raise _corrupt("it is not a volume of ours") from exc


class _Reader:
    """One reading of one volume."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._items: dict[int, tuple[int, bytes, CatalogEntry]] = {}

    def read(self) -> Volume:
        self._header = self._read_header()
        allocation, extents, catalog = self._header.forks
        if read_btree(self._bytes_of(extents), EXTENTS):
            raise _corrupt("a file is in pieces")
        self._read_catalog(read_btree(self._bytes_of(catalog), CATALOG))
        self._check_counts()
        self._check_blocks(allocation)
        return self._volume()

    def _read_header(self) -> VolumeHeader:
        head = self._data[HEADER_AT : HEADER_AT + HEADER_BYTES]
        tail = self._data[len(self._data) - HEADER_AT :]
        header = VolumeHeader.from_bytes(head)
        if len(self._data) != header.blocks * BLOCK_BYTES or tail != head.ljust(HEADER_AT, b"\0"):
            raise _corrupt("its two headers differ")
        between = self._data[:HEADER_AT] + self._data[HEADER_AT + HEADER_BYTES : BLOCK_BYTES]
        if any(between) or any(self._data[-BLOCK_BYTES:-HEADER_AT]):
            raise _corrupt("there is something beside the headers")
        return header

    def _read_catalog(self, records: list[Record]) -> None:
        threads: dict[int, bytes] = {}
        for key, body in records:
            parent, name = split_key(key)
            if not name:
                threads[parent] = body
                continue
            entry = CatalogEntry.from_bytes(body)
            if entry.id in self._items or entry.date != self._header.date:
                raise _corrupt("two files have one number, or one has another date")
            self._items[entry.id] = (parent, name, entry)
        wanted = {
            number: thread(FOLDER_THREAD if entry.data is None else FILE_THREAD, parent, name)
            for number, (parent, name, entry) in self._items.items()
        }
        if threads != wanted:
            raise _corrupt("its threads lead elsewhere")

    def _check_counts(self) -> None:
        entries = [entry for _, _, entry in self._items.values()]
        lying_in = Counter(parent for parent, _, _ in self._items.values())
        if lying_in.pop(ROOT_PARENT, 0) != 1 or self._items[ROOT][0] != ROOT_PARENT:
            raise _corrupt("it has no root, or two")
        folders = {entry.id: entry.valence for entry in entries if entry.data is None}
        if any(entry.valence for entry in entries if entry.data is not None):
            raise _corrupt("a file says that something lies in it")
        if {number: count for number, count in folders.items() if count} != lying_in:
            raise _corrupt("a folder counts other files than it has")
        ids = sorted(number for number in self._items if number != ROOT)
        if ids != list(range(FIRST_USER_ID, self._header.next_id)):
            raise _corrupt("its numbers have gaps")
        if self._header.counts != (len(entries) - len(folders), len(folders) - 1):
            raise _corrupt("its header counts other files than it has")

    def _check_blocks(self, allocation: Fork) -> None:
        forks = [entry.data for _, _, entry in self._items.values() if entry.data is not None]
        pieces = sorted(
            (fork.start, fork.blocks) for fork in (*forks, *self._header.forks) if fork.blocks
        )
        at = 1
        for start, count in pieces:
            if start != at:
                raise _corrupt("a block belongs to two files, or to none")
            at += count
        total = self._header.blocks
        found = self._bytes_of(allocation)
        marks = bitmap(total)
        if at != total - 1 or found != marks.ljust(len(found), b"\0"):
            raise _corrupt("its map of blocks differs")

    def _volume(self) -> Volume:
        tree = Tree(date=self._header.date)
        flags: dict[str, FinderFlags] = {}
        folders: set[str] = set()
        for number, (_, _, item) in sorted(self._items.items()):
            path = self._path(number)
            entry = self._entry(path, item)
            found = finder_flags(item.finder)
            if item.finder != finder_info(path, entry, found) or item.mode != mode_of(entry):
                raise _corrupt(f"{path!r} is of an unknown kind")
            if found:
                flags[path] = found
            if isinstance(entry, Folder):
                folders.add(path)
            else:
                tree.add(entry)
        if folders - {""} != {entry.path for entry in tree if isinstance(entry, Folder)}:
            raise _corrupt("a folder is empty")
        return Volume(
            name=decode_name(self._items[ROOT][1]),
            tree=tree,
            identity=self._header.identity,
            finder_flags=flags,
            opens=self._header.opens,
        )

    def _path(self, number: int) -> str:
        parts: list[str] = []
        while number != ROOT:
            parent, name, _ = self._items[number]
            parts.append(decode_name(name))
            # Folders are numbered before what lies in them, so this comes to an end.
            if not parent < number:
                raise _corrupt("a folder lies in itself")
            number = parent
        return "/".join(reversed(parts))

    def _entry(self, path: str, item: CatalogEntry) -> Entry:
        permissions = stat.S_IMODE(item.mode)
        if item.data is None:
            return Folder(path=path, mode=permissions)
        body = self._bytes_of(item.data)
        if stat.S_ISLNK(item.mode):
            return Link(path=path, target=body.decode())
        return File(path=path, data=body, mode=permissions)

    def _bytes_of(self, fork: Fork) -> bytes:
        start = fork.start * BLOCK_BYTES
        end = start + fork.blocks * BLOCK_BYTES
        if end > len(self._data) or any(self._data[start + fork.size_bytes : end]):
            raise _corrupt("a file goes beyond its end")
        return self._data[start : start + fork.size_bytes]


def _corrupt(what: str) -> PackageError:
    return PackageError(f"the volume is corrupt: {what}", code="package.corrupt")
