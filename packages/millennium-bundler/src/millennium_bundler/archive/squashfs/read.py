"""A strict reader of squashfs images: what is not as `write` makes it is refused.

Every position is checked against the image, every length against a limit, and no entry is visited twice,
so no image can make it loop. Owner, date, order and names are checked as well.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from millennium_bundler.archive.squashfs.compression import decompressor
from millennium_bundler.archive.squashfs.layout import (
    FILE,
    FOLDER,
    FOLDER_SIZE_EXTRA,
    FRAGMENT,
    INODE_HEADER,
    LARGE_FILE,
    LARGE_FOLDER,
    LINK,
    LIST_ENTRY,
    LIST_HEADER,
    MAGIC,
    MAX_BLOCK_BYTES,
    METADATA_BYTES,
    METADATA_SIZE,
    MIN_BLOCK_BYTES,
    NO_FRAGMENT,
    POSITION,
    SIZE,
    STORED_BLOCK,
    STORED_METADATA,
    SUPERBLOCK,
    InodeKind,
)
from millennium_bundler.errors import PackageError, TreeError
from millennium_bundler.tree import Link, Tree

_EXTENDED = 7  # what is added to a type whose inode is the large one
_BYTES_USED = 12  # its place in the superblock
_MAX_LINK_BYTES = 4096
MAX_BYTES = 4 * 1024**3
"""For readers that do not know how much the files should have together."""


def read_squashfs(image: bytes, *, max_bytes: int = MAX_BYTES) -> Tree:
    """Read a whole image into a tree.

    Args:
        image: The image.
        max_bytes: The most that its files may have together.

    Raises:
        PackageError: Damaged, larger, or not as `write_squashfs` makes it.
    """
    try:
        return _Reader(image, max_bytes).read()
    except (ValueError, struct.error, LookupError, OverflowError, RecursionError, TreeError) as exc:
        message = f"the squashfs image is malformed: {exc}"
        raise PackageError(message, code="squashfs.malformed") from exc


def unpadded(image: bytes) -> bytes:
    """Return an image without what comes after it.

    Raises:
        PackageError: It is too short to be one.
    """
    try:
        used: int = SUPERBLOCK.unpack_from(image)[_BYTES_USED]
    except struct.error as exc:
        message = "the squashfs image is malformed: it is too short"
        raise PackageError(message, code="squashfs.malformed") from exc
    return image[:used]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Inode:
    kind: InodeKind
    mode: int
    body: tuple[int, ...]
    at: int


class _Table:
    """A table of metadata that is read on from any place in it."""

    def __init__(self, blocks: dict[int, bytes]) -> None:
        starts = sorted(blocks)
        self._offsets = {start: index * METADATA_BYTES for index, start in enumerate(starts)}
        self.data = b"".join(blocks[start] for start in starts)
        short = [start for start in starts[:-1] if len(blocks[start]) != METADATA_BYTES]
        if short:
            raise ValueError("a block of metadata is too short")

    def offset(self, block: int, offset: int) -> int:
        if block not in self._offsets or offset >= METADATA_BYTES:
            raise ValueError("a reference leads nowhere")
        return self._offsets[block] + offset


class _Reader:
    """One image."""

    def __init__(self, image: bytes, max_bytes: int) -> None:
        fields = SUPERBLOCK.unpack_from(image)
        magic, self._count, self._date, self._block, self._fragment_count, kind, log = fields[:7]
        _flags, ids, major, minor, self._root, used, *tables = fields[7:]
        if (magic, major, minor) != (MAGIC, 4, 0) or used > len(image) or any(image[used:]):
            raise ValueError("its superblock is wrong")
        if 1 << log != self._block or not MIN_BLOCK_BYTES <= self._block <= MAX_BLOCK_BYTES:
            raise ValueError("its block size is wrong")
        self._image = image[:used]
        self._unpack = decompressor(kind)
        self._left = max_bytes
        self._last_fragment = (-1, b"")
        self._seen: set[int] = set()
        id_table, _xattrs, inode_table, folder_table, fragment_table, _export = tables
        self._fragments = self._indexed(fragment_table, self._fragment_count * FRAGMENT.size)
        lists_end = self._first(fragment_table) if self._fragment_count else fragment_table
        self._inodes = _Table(dict(self._blocks(inode_table, folder_table)))
        self._lists = _Table(dict(self._blocks(folder_table, lists_end)))
        if self._indexed(id_table, ids * SIZE.size) != SIZE.pack(0):
            raise ValueError("something does not belong to root")

    def read(self) -> Tree:
        tree = Tree(date=self._date)
        root = self._inode(self._root >> 16, self._root & 0xFFFF)
        self._walk(tree, root, "")
        if len(self._seen) != self._count:
            raise ValueError("the number of its inodes is wrong")
        return tree

    def _walk(self, tree: Tree, folder: _Inode, path: str) -> None:
        last = b""
        for name, block, offset, kind in self._entries(folder):
            if name <= last or b"/" in name or b"\0" in name or name in (b".", b".."):
                raise ValueError(f"the name {name!r} is not allowed there")
            last = name
            inode = self._inode(block, offset)
            if kind != (inode.kind - 1) % _EXTENDED + 1:
                raise ValueError("a listing names another type than the inode")
            self._take(tree, inode, f"{path}{name.decode()}")

    def _take(self, tree: Tree, inode: _Inode, path: str) -> None:
        match inode.kind:
            case InodeKind.FOLDER | InodeKind.LARGE_FOLDER:
                if not inode.body[1] > FOLDER_SIZE_EXTRA:
                    raise ValueError(f"the folder {path!r} is empty")
                self._walk(tree, inode, f"{path}/")
            case InodeKind.LINK:
                length = inode.body[1]
                if not 0 < length <= _MAX_LINK_BYTES:
                    raise ValueError("a link is empty or too long")
                target = self._inodes.data[inode.at : inode.at + length]
                tree.add(Link(path=path, target=target.decode()))
            case InodeKind.FILE | InodeKind.LARGE_FILE:
                tree.file(path, b"".join(self._content(inode)), mode=inode.mode)

    def _inode(self, block: int, offset: int) -> _Inode:
        at = self._inodes.offset(block, offset)
        kind, mode, uid, gid, date, number = INODE_HEADER.unpack_from(self._inodes.data, at)
        if (uid, gid, date) != (0, 0, self._date) or mode & ~0o777:
            raise ValueError("an inode has another owner, date or mode than it should")
        if number in self._seen or not 0 < number <= self._count:
            raise ValueError("an inode is there twice, or its number is wrong")
        self._seen.add(number)
        shape = _SHAPES[InodeKind(kind)]
        at += INODE_HEADER.size
        fields = shape.unpack_from(self._inodes.data, at)
        body = tuple(fields[index] for index in _ORDER[InodeKind(kind)])
        return _Inode(kind=InodeKind(kind), mode=mode, body=body, at=at + shape.size)

    def _entries(self, folder: _Inode) -> Iterator[tuple[bytes, int, int, int]]:
        start, size, offset = folder.body
        at = end = 0
        if size > FOLDER_SIZE_EXTRA:
            at = self._lists.offset(start, offset)
            end = at + size - FOLDER_SIZE_EXTRA
        data = self._lists.data[:end]
        while at < end:
            count, block, _number = LIST_HEADER.unpack_from(data, at)
            at += LIST_HEADER.size
            for _ in range(count + 1):
                inode_offset, _delta, kind, length = LIST_ENTRY.unpack_from(data, at)
                at += LIST_ENTRY.size
                name = data[at : at + length + 1]
                at += length + 1
                yield name, block, inode_offset, kind

    def _content(self, inode: _Inode) -> Iterator[bytes]:
        start, size, fragment, offset = inode.body
        self._left -= size
        if self._left < 0:
            raise ValueError("its files are too large")
        whole, rest = divmod(size, self._block)
        lengths = [self._block] * whole
        if rest and fragment == NO_FRAGMENT:
            lengths.append(rest)
        sizes = struct.unpack_from(f"<{len(lengths)}I", self._inodes.data, inode.at)
        for length, packed in zip(lengths, sizes, strict=True):
            block = self._data(start, packed, length) if packed else bytes(length)
            if len(block) != length:
                raise ValueError("a block of a file has another length than it should")
            start += packed & (STORED_BLOCK - 1)
            yield block
        if rest and fragment != NO_FRAGMENT:
            yield self._rest(fragment, offset, rest)

    def _rest(self, fragment: int, offset: int, length: int) -> bytes:
        # Many small files have one fragment: it is not unpacked for each of them anew.
        if self._last_fragment[0] != fragment:
            at = fragment * FRAGMENT.size
            place, packed, _unused = FRAGMENT.unpack_from(self._fragments, at)
            self._last_fragment = (fragment, self._data(place, packed, self._block))
        rest = self._last_fragment[1][offset : offset + length]
        if len(rest) != length:
            raise ValueError("a fragment is too short")
        return rest

    def _data(self, start: int, packed: int, limit: int) -> bytes:
        length = packed & (STORED_BLOCK - 1)
        data = self._image[start : start + length]
        if len(data) != length or packed >= STORED_BLOCK * 2 or length > self._block:
            raise ValueError("a block lies outside the image")
        return data if packed & STORED_BLOCK else self._unpack(data, limit)

    def _blocks(self, start: int, end: int) -> Iterator[tuple[int, bytes]]:
        at = start
        while at < end:
            data, after = self._metadata(at)
            yield at - start, data
            at = after
        if at != end:
            raise ValueError("two tables overlap")

    def _metadata(self, at: int) -> tuple[bytes, int]:
        size = METADATA_SIZE.unpack_from(self._image, at)[0]
        start, length = at + METADATA_SIZE.size, size & (STORED_METADATA - 1)
        data = self._image[start : start + length]
        if len(data) != length or not 0 < length <= METADATA_BYTES:
            raise ValueError("a block of metadata lies outside the image")
        unpacked = data if size & STORED_METADATA else self._unpack(data, METADATA_BYTES)
        return unpacked, start + length

    def _first(self, table: int) -> int:
        position: int = POSITION.unpack_from(self._image, table)[0]
        return position

    def _indexed(self, table: int, length: int) -> bytes:
        if length > len(self._image):
            raise ValueError("a table is larger than the image")
        count = -(-length // METADATA_BYTES)
        positions = struct.unpack_from(f"<{count}Q", self._image, table) if count else ()
        data = b"".join(self._metadata(position)[0] for position in positions)
        if len(data) != length:
            raise ValueError("a table has another length than it should")
        return data


_SHAPES = {
    InodeKind.FOLDER: FOLDER,
    InodeKind.LARGE_FOLDER: LARGE_FOLDER,
    InodeKind.FILE: FILE,
    InodeKind.LARGE_FILE: LARGE_FILE,
    InodeKind.LINK: LINK,
}
# What both kinds of folder say: start, size, offset; both kinds of file: start, size, fragment, offset.
_ORDER = {
    InodeKind.FOLDER: (0, 2, 3),
    InodeKind.LARGE_FOLDER: (2, 1, 5),
    InodeKind.FILE: (0, 3, 1, 2),
    InodeKind.LARGE_FILE: (0, 1, 4, 5),
    InodeKind.LINK: (0, 1),
}
