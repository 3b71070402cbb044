"""The shapes of squashfs 4.0 on disk; all numbers are little-endian.

Source: https://docs.kernel.org/filesystems/squashfs.html and https://dr-emann.github.io/squashfs/
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

MAGIC: Final = 0x73717368
NO_TABLE: Final = 0xFFFF_FFFF_FFFF_FFFF
NO_FRAGMENT: Final = 0xFFFF_FFFF
NO_XATTRS: Final = 0xFFFF_FFFF
METADATA_BYTES: Final = 8192
MIN_BLOCK_BYTES: Final = 4096
MAX_BLOCK_BYTES: Final = 1024 * 1024
IMAGE_ALIGNMENT: Final = 4096
"""Images are padded to this, for loop devices."""

STORED_BLOCK: Final = 1 << 24
STORED_METADATA: Final = 1 << 15
MAX_NAME_BYTES: Final = 256
MAX_HEADER_ENTRIES: Final = 256

FLAG_NO_XATTRS: Final = 0x0200
FLAG_DUPLICATES: Final = 0x0040

SUPERBLOCK = struct.Struct("<5I6H8Q")
INODE_HEADER = struct.Struct("<4H2I")
FOLDER = struct.Struct("<2I2HI")
LARGE_FOLDER = struct.Struct("<4I2HI")
FILE = struct.Struct("<4I")
LARGE_FILE = struct.Struct("<3Q4I")
LINK = struct.Struct("<2I")
LIST_HEADER = struct.Struct("<3I")
LIST_ENTRY = struct.Struct("<HhHH")
FRAGMENT = struct.Struct("<QII")
SIZE = struct.Struct("<I")
POSITION = struct.Struct("<Q")
METADATA_SIZE = struct.Struct("<H")

FOLDER_SIZE_EXTRA: Final = 3
"""A folder's size counts two entries that are not there: `.` and `..`."""


class InodeKind(IntEnum):
    """The types of inodes that hold what a `Tree` can; listings name the basic one."""

    FOLDER = 1
    FILE = 2
    LINK = 3
    LARGE_FOLDER = 8
    LARGE_FILE = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Superblock:
    """The first 96 bytes of an image, in the order they have there."""

    inodes: int
    date: int
    block_bytes: int
    fragments: int
    compression: int
    flags: int
    ids: int
    root: int
    bytes_used: int
    id_table: int
    inode_table: int
    folder_table: int
    fragment_table: int
    xattr_table: int = NO_TABLE
    export_table: int = NO_TABLE

    def to_bytes(self) -> bytes:
        """Return the superblock as it is written."""
        return SUPERBLOCK.pack(
            MAGIC,
            self.inodes,
            self.date,
            self.block_bytes,
            self.fragments,
            self.compression,
            self.block_bytes.bit_length() - 1,
            self.flags,
            self.ids,
            4,
            0,
            self.root,
            self.bytes_used,
            self.id_table,
            self.xattr_table,
            self.inode_table,
            self.folder_table,
            self.fragment_table,
            self.export_table,
        )
