"""What a volume is, apart from its bytes, and its header."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntFlag
from types import MappingProxyType

from millennium_bundler.archive.hfs_plus.records import (
    BLOCK_BYTES,
    EPOCH_GAP_S,
    FORK_BYTES,
    ROOT,
    Fork,
    mac_date,
)
from millennium_bundler.tree import Tree

HEADER_AT = 1024
HEADER_BYTES = 512
_HEADER = struct.Struct(">2sHI4sI14IQ")
_FINDER = struct.Struct(">6I8s")
SIGNATURE = b"H+"
_VERSION = 4
# Unmounted cleanly, and the free nodes of the catalog are empty.
_ATTRIBUTES = 0x8000_0100
_MOUNTED_BY = b"10.0"
_MAC_ROMAN = 1


class FinderFlags(IntFlag):
    """What the Finder does with a file or folder."""

    HIDE_EXTENSION = 0x0010
    CUSTOM_ICON = 0x0400
    BUNDLE = 0x2000
    INVISIBLE = 0x4000


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """A volume to write, or as it was read.

    Attributes:
        name: What the desktop shows.
        tree: Everything in it; names as macOS decomposes them.
        identity: Eight bytes that tell it from other volumes.
        finder_flags: Path → flags; the empty path is the volume itself.
        opens: Whether the Finder shows its window when it is mounted.
    """

    name: str
    tree: Tree
    identity: bytes
    finder_flags: Mapping[str, FinderFlags] = field(default_factory=lambda: MappingProxyType({}))
    opens: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeHeader:
    """The header, which stands at the beginning and again at the end.

    Attributes:
        date: Seconds since 1970.
        counts: How many files, and how many folders without the root.
        blocks: How many blocks the volume has, all in use.
        next_id: First number that no file has.
        forks: Allocation, extents and catalog file.
    """

    date: int
    counts: tuple[int, int]
    blocks: int
    next_id: int
    identity: bytes
    opens: bool
    forks: tuple[Fork, Fork, Fork]

    def to_bytes(self) -> bytes:
        """Return the 512 bytes on disk."""
        date = mac_date(self.date)
        head = _HEADER.pack(
            *(SIGNATURE, _VERSION, _ATTRIBUTES, _MOUNTED_BY, 0, date, date, 0, date),
            *(*self.counts, BLOCK_BYTES, self.blocks, 0, self.blocks - 1),
            *(BLOCK_BYTES, BLOCK_BYTES, self.next_id, 0, _MAC_ROMAN),
        )
        finder = _FINDER.pack(0, 0, ROOT if self.opens else 0, 0, 0, 0, self.identity)
        forks = b"".join(fork.to_bytes() for fork in self.forks)
        return (head + finder + forks).ljust(HEADER_BYTES, b"\0")

    @classmethod
    def from_bytes(cls, data: bytes) -> VolumeHeader:
        """Read a header.

        Raises:
            ValueError: A field holds what the writer never writes.
        """
        found = _HEADER.unpack_from(data)
        finder = _FINDER.unpack_from(data, _HEADER.size)
        start = _HEADER.size + _FINDER.size
        allocation, extents, catalog = (
            Fork.from_bytes(data[at : at + FORK_BYTES])
            for at in range(start, start + 3 * FORK_BYTES, FORK_BYTES)
        )
        header = cls(
            date=found[5] - EPOCH_GAP_S,
            counts=(found[9], found[10]),
            blocks=found[12],
            next_id=found[17],
            identity=finder[6],
            opens=bool(finder[2]),
            forks=(allocation, extents, catalog),
        )
        if header.to_bytes() != data:
            raise ValueError("unknown fields")
        return header
