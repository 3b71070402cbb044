"""The fixed structures of an HFS Plus volume, to bytes and back.

Source: Apple Technical Note 1150, "Volume Header", "Fork Data Structure", "Catalog File".
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from millennium_bundler.archive.hfs_plus.btree import TreeKind
from millennium_bundler.archive.hfs_plus.names import name_order

BLOCK_BYTES = 4096
ROOT_PARENT, ROOT, EXTENTS_FILE, CATALOG_FILE, ALLOCATION_FILE = 1, 2, 3, 4, 6
FIRST_USER_ID = 16
FOLDER, FILE, FOLDER_THREAD, FILE_THREAD = 1, 2, 3, 4

# Seconds between 1904, where HFS begins to count, and 1970.
EPOCH_GAP_S = 2_082_844_800
MAX_DATE = 0xFFFF_FFFF - EPOCH_GAP_S

_KEY = struct.Struct(">IH")
_FORK = struct.Struct(">QII")
_EXTENT = struct.Struct(">II")
_EXTENTS_BYTES = 8 * _EXTENT.size
FORK_BYTES = _FORK.size + _EXTENTS_BYTES
# Kind, flags, valence (folder) or reserved (file), id, five dates, owner, group, flags, mode, links.
_CATALOG_HEAD = struct.Struct(">HHII5IIIBBHI")
_FINDER_BYTES = 32
_THREAD_EXISTS = 2
_THREAD = struct.Struct(">HHIH")


def catalog_order(key: bytes) -> tuple[object, ...]:
    """Return what catalog keys are compared by: folder, then name."""
    parent, name = split_key(key)
    return parent, name_order(name)


CATALOG = TreeKind(
    node_bytes=8192, max_key_bytes=516, compares=0xCF, attributes=6, order=catalog_order
)
EXTENTS = TreeKind(
    node_bytes=4096, max_key_bytes=10, compares=0, attributes=2, order=lambda key: (key,)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fork:
    """Where the bytes of a file lie: in one piece.

    Attributes:
        size_bytes: Length of the content.
        clump_bytes: By how much the file grows; 0 but for the volume's own files.
        start: First block; 0 when empty.
        blocks: How many blocks.
    """

    size_bytes: int = 0
    clump_bytes: int = 0
    start: int = 0
    blocks: int = 0

    def to_bytes(self) -> bytes:
        """Return the 80 bytes on disk."""
        head = _FORK.pack(self.size_bytes, self.clump_bytes, self.blocks)
        return head + _EXTENT.pack(self.start, self.blocks).ljust(_EXTENTS_BYTES, b"\0")

    @classmethod
    def from_bytes(cls, data: bytes) -> Fork:
        """Read 80 bytes.

        Raises:
            ValueError: More than one extent, or more or fewer blocks than the content takes.
        """
        size, clump, blocks = _FORK.unpack_from(data)
        start, count = _EXTENT.unpack_from(data, _FORK.size)
        rest = data[_FORK.size + _EXTENT.size :]
        if count != blocks or blocks != blocks_of(size) or any(rest) or bool(start) != bool(count):
            raise ValueError("fragmented")
        return cls(size_bytes=size, clump_bytes=clump, start=start, blocks=blocks)


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogEntry:
    """A folder or file of the catalog.

    Attributes:
        id: Its number in the volume.
        mode: Type and permissions as POSIX has them.
        date: Seconds since 1970.
        finder: 32 bytes: Finder information, type and creator of files.
        valence: How many entries lie in it; folders only.
        data: Its content; None for folders.
    """

    id: int
    mode: int
    date: int
    finder: bytes
    valence: int = 0
    data: Fork | None = None

    def to_bytes(self) -> bytes:
        """Return the record on disk."""
        date = mac_date(self.date)
        kind, flags = (FOLDER, 0) if self.data is None else (FILE, _THREAD_EXISTS)
        head = _CATALOG_HEAD.pack(
            *(kind, flags, self.valence, self.id, date, date, date, date, 0),
            *(0, 0, 0, 0, self.mode, 1),
        )
        forks = b"" if self.data is None else self.data.to_bytes() + Fork().to_bytes()
        return head + self.finder + bytes(8) + forks

    @classmethod
    def from_bytes(cls, data: bytes) -> CatalogEntry:
        """Read a folder or file record.

        Raises:
            ValueError: A field holds what the writer never writes.
        """
        found = _CATALOG_HEAD.unpack_from(data)
        kind, _, valence, number, date = found[:5]
        finder = data[_CATALOG_HEAD.size : _CATALOG_HEAD.size + _FINDER_BYTES]
        forks = data[_CATALOG_HEAD.size + _FINDER_BYTES + 8 :]
        entry = cls(
            id=number,
            mode=found[13],
            date=date - EPOCH_GAP_S,
            finder=finder,
            valence=valence,
            data=Fork.from_bytes(forks[:FORK_BYTES]) if kind == FILE else None,
        )
        if entry.to_bytes() != data:
            raise ValueError("unknown fields")
        return entry


def catalog_key(parent: int, name: bytes) -> bytes:
    """Return the key of an entry, or with an empty name of a thread."""
    return _KEY.pack(parent, len(name) // 2) + name


def split_key(key: bytes) -> tuple[int, bytes]:
    """Return folder and name of a key.

    Raises:
        struct.error: Its length is not what it says.
    """
    parent, units = _KEY.unpack_from(key)
    name = key[_KEY.size :]
    if len(name) != 2 * units:
        raise struct.error("name length")
    return parent, name


def thread(kind: int, parent: int, name: bytes) -> bytes:
    """Return the record that leads from an id back to its place."""
    return _THREAD.pack(kind, 0, parent, len(name) // 2) + name


def mac_date(seconds: int) -> int:
    """Return seconds since 1904, within what a volume can hold."""
    return min(max(seconds, 0), MAX_DATE) + EPOCH_GAP_S


def blocks_of(size_bytes: int) -> int:
    """Return how many blocks content takes."""
    return -(-size_bytes // BLOCK_BYTES)
