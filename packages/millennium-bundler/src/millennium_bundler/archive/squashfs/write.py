"""A squashfs image of a tree: the same tree gives the same bytes.

Rules:

1. Everything belongs to root and has the tree's one date; nothing has extended attributes.
2. Entries are sorted by the bytes of their names; inodes are numbered in the tree's order.
3. What does not fill a block shares a block with others; files of the same content are stored once.
"""

from __future__ import annotations

import hashlib
import stat
from dataclasses import dataclass, field

from millennium_bundler.archive.squashfs.compression import (
    NUMBERS,
    CompressionName,
    Packed,
    compressor,
    pack,
    pack_all,
)
from millennium_bundler.archive.squashfs.layout import (
    FILE,
    FLAG_DUPLICATES,
    FLAG_NO_XATTRS,
    FOLDER,
    FOLDER_SIZE_EXTRA,
    FRAGMENT,
    IMAGE_ALIGNMENT,
    INODE_HEADER,
    LARGE_FILE,
    LARGE_FOLDER,
    LINK,
    LIST_ENTRY,
    LIST_HEADER,
    MAX_HEADER_ENTRIES,
    METADATA_BYTES,
    METADATA_SIZE,
    NO_FRAGMENT,
    NO_XATTRS,
    POSITION,
    SIZE,
    STORED_BLOCK,
    STORED_METADATA,
    SUPERBLOCK,
    InodeKind,
    Superblock,
)
from millennium_bundler.tree import Entry, File, Folder, Link, Tree

_ROOT = Folder(path="")
_MAX_32 = 0xFFFF_FFFF
_MAX_16 = 0xFFFF
_MAX_DELTA = 0x7FFF


@dataclass(frozen=True, slots=True, kw_only=True)
class SquashfsOptions:
    """How an image is compressed.

    Attributes:
        compression: Its kind; level and checks are chosen here.
        block_bytes: A power of two, 4096 to 1048576; larger is smaller and slower to read at random.
    """

    compression: CompressionName = "zstd"
    block_bytes: int = 128 * 1024


def write_squashfs(tree: Tree, options: SquashfsOptions | None = None) -> bytes:
    """Return an image of the tree, padded to whole pages."""
    return _Writer(tree, options or SquashfsOptions()).write()


@dataclass(slots=True)
class _Content:
    """Where the bytes of a file are."""

    start: int = 0
    sizes: list[int] = field(default_factory=list)
    fragment: int = NO_FRAGMENT
    offset: int = 0


class _Metadata:
    """A table of metadata: written as one stream, stored in blocks of 8 KiB."""

    def __init__(self, options: SquashfsOptions) -> None:
        self._compress = compressor(options.compression, METADATA_BYTES)
        self._open = bytearray()
        self._blocks: list[bytes] = []
        self._length = 0
        self.starts = [0]

    def position(self) -> tuple[int, int]:
        """Return block start and offset of what is added next."""
        return self._length, len(self._open)

    def add(self, data: bytes) -> None:
        self._open += data
        while len(self._open) >= METADATA_BYTES:
            self._close(bytes(self._open[:METADATA_BYTES]))
            del self._open[:METADATA_BYTES]

    def finish(self) -> bytes:
        """Return the whole table."""
        if self._open:
            self._close(bytes(self._open))
            self._open.clear()
        return b"".join(self._blocks)

    def _close(self, block: bytes) -> None:
        packed = pack(block, self._compress)
        size = len(packed.data) | (STORED_METADATA if packed.is_stored else 0)
        self._blocks.append(METADATA_SIZE.pack(size) + packed.data)
        self._length += METADATA_SIZE.size + len(packed.data)
        self.starts.append(self._length)


class _Contents:
    """The bytes of all files: blocks, then the fragments that hold what is left of them."""

    def __init__(self, files: list[File], options: SquashfsOptions) -> None:
        self._options = options
        self._blocks: list[bytes] = []
        self._fragments: list[bytearray] = []
        self._spans: list[tuple[_Content, int, int]] = []
        self._known: dict[bytes, _Content] = {}
        self.by_path = {file.path: self._place(file.data) for file in files}
        self.fragment_entries = b""
        self.data = self._store()

    @property
    def fragment_count(self) -> int:
        return len(self._fragments)

    def _place(self, data: bytes) -> _Content:
        digest = hashlib.sha256(data).digest()
        if digest in self._known:
            return self._known[digest]
        content = self._known[digest] = _Content()
        step = self._options.block_bytes
        whole = len(data) - len(data) % step
        first = len(self._blocks)
        self._blocks += [data[at : at + step] for at in range(0, whole, step)]
        if whole:
            self._spans.append((content, first, len(self._blocks)))
        if data[whole:]:
            self._place_rest(content, data[whole:])
        return content

    def _place_rest(self, content: _Content, rest: bytes) -> None:
        step = self._options.block_bytes
        if not self._fragments or len(self._fragments[-1]) + len(rest) > step:
            self._fragments.append(bytearray())
        content.fragment = len(self._fragments) - 1
        content.offset = len(self._fragments[-1])
        self._fragments[-1] += rest

    def _store(self) -> bytes:
        chunks = [*self._blocks, *(bytes(fragment) for fragment in self._fragments)]
        step, name = self._options.block_bytes, self._options.compression
        packed = pack_all(chunks, name=name, block_bytes=step)
        positions = [SUPERBLOCK.size]
        for block in packed:
            positions.append(positions[-1] + len(block.data))
        for content, first, end in self._spans:
            content.start = positions[first]
            content.sizes = [_size(block) for block in packed[first:end]]
        first = len(self._blocks)
        self.fragment_entries = b"".join(
            FRAGMENT.pack(position, _size(block), 0)
            for position, block in zip(positions[first:], packed[first:], strict=False)
        )
        return b"".join(block.data for block in packed)


class _Writer:
    """One image."""

    def __init__(self, tree: Tree, options: SquashfsOptions) -> None:
        self._date = tree.date
        self._options = options
        entries: list[Entry] = [_ROOT, *tree]
        self._numbers = {entry.path: number for number, entry in enumerate(entries, 1)}
        self._children: dict[str, list[Entry]] = {entry.path: [] for entry in entries}
        for entry in entries[1:]:
            self._children[entry.path.rpartition("/")[0]].append(entry)
        self._contents = _Contents(tree.files(), options)
        self._inodes, self._lists = _Metadata(options), _Metadata(options)

    def write(self) -> bytes:
        root = self._add_folder(_ROOT, parent=len(self._numbers) + 1)
        inodes, lists = self._inodes.finish(), self._lists.finish()
        inode_table = SUPERBLOCK.size + len(self._contents.data)
        folder_table = inode_table + len(inodes)
        fragments = self._indexed(self._contents.fragment_entries, folder_table + len(lists))
        ids = self._indexed(SIZE.pack(0), fragments.end)
        superblock = Superblock(
            inodes=len(self._numbers),
            date=self._date,
            block_bytes=self._options.block_bytes,
            fragments=self._contents.fragment_count,
            compression=NUMBERS[self._options.compression],
            flags=FLAG_NO_XATTRS | FLAG_DUPLICATES,
            ids=1,
            root=root[0] << 16 | root[1],
            bytes_used=ids.end,
            id_table=ids.start,
            inode_table=inode_table,
            folder_table=folder_table,
            fragment_table=fragments.start,
        )
        parts = (superblock.to_bytes(), self._contents.data, inodes, lists)
        image = b"".join((*parts, fragments.data, ids.data))
        return image + bytes(-len(image) % IMAGE_ALIGNMENT)

    def _add_folder(self, folder: Folder, *, parent: int) -> tuple[int, int]:
        number = self._numbers[folder.path]
        children = sorted(self._children[folder.path], key=_name)
        places = [self._add(child, parent=number) for child in children]
        start, offset = self._lists.position()
        listing = self._listing(children, places)
        self._lists.add(listing)
        links = 2 + sum(isinstance(child, Folder) for child in children)
        size = len(listing) + FOLDER_SIZE_EXTRA
        if size <= _MAX_16:
            body = FOLDER.pack(start, links, size, offset, parent)
            return self._inode(InodeKind.FOLDER, folder.mode, number, body)
        body = LARGE_FOLDER.pack(links, size, start, parent, 0, offset, NO_XATTRS)
        return self._inode(InodeKind.LARGE_FOLDER, folder.mode, number, body)

    def _add(self, entry: Entry, *, parent: int) -> tuple[int, int]:
        number = self._numbers[entry.path]
        match entry:
            case Folder():
                return self._add_folder(entry, parent=parent)
            case Link():
                target = entry.target.encode()
                body = LINK.pack(1, len(target)) + target
                return self._inode(InodeKind.LINK, 0o777, number, body)
            case File():
                return self._add_file(entry, number)

    def _add_file(self, file: File, number: int) -> tuple[int, int]:
        content, size = self._contents.by_path[file.path], len(file.data)
        sizes = b"".join(map(SIZE.pack, content.sizes))
        if max(content.start, size) <= _MAX_32:
            body = FILE.pack(content.start, content.fragment, content.offset, size)
            return self._inode(InodeKind.FILE, file.mode, number, body + sizes)
        place = (content.fragment, content.offset, NO_XATTRS)
        body = LARGE_FILE.pack(content.start, size, 0, 1, *place)
        return self._inode(InodeKind.LARGE_FILE, file.mode, number, body + sizes)

    def _inode(self, kind: InodeKind, mode: int, number: int, body: bytes) -> tuple[int, int]:
        place = self._inodes.position()
        permissions = stat.S_IMODE(mode)
        self._inodes.add(INODE_HEADER.pack(kind, permissions, 0, 0, self._date, number) + body)
        return place

    def _listing(self, children: list[Entry], places: list[tuple[int, int]]) -> bytes:
        out = bytearray()
        run: list[tuple[Entry, int]] = []
        start = first = 0
        for child, (block, offset) in zip(children, places, strict=True):
            number = self._numbers[child.path]
            fits = block == start and len(run) < MAX_HEADER_ENTRIES
            if run and not (fits and number - first <= _MAX_DELTA):
                out += self._run(run, start, first)
                run = []
            if not run:
                start, first = block, number
            run.append((child, offset))
        return bytes(out + self._run(run, start, first)) if run else b""

    def _run(self, run: list[tuple[Entry, int]], start: int, first: int) -> bytes:
        out = bytearray(LIST_HEADER.pack(len(run) - 1, start, first))
        for child, offset in run:
            name = _name(child)
            delta = self._numbers[child.path] - first
            out += LIST_ENTRY.pack(offset, delta, _kind(child), len(name) - 1) + name
        return bytes(out)

    def _indexed(self, entries: bytes, position: int) -> _Table:
        """Return a table that is found by a list of its blocks' positions."""
        table = _Metadata(self._options)
        table.add(entries)
        blocks = table.finish()
        starts = table.starts[:-1] if blocks else []
        index = b"".join(POSITION.pack(position + start) for start in starts)
        return _Table(data=blocks + index, start=position + len(blocks), position=position)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Table:
    data: bytes
    start: int
    position: int

    @property
    def end(self) -> int:
        return self.position + len(self.data)


def _size(packed: Packed) -> int:
    return len(packed.data) | (STORED_BLOCK if packed.is_stored else 0)


def _name(entry: Entry) -> bytes:
    return entry.path.rpartition("/")[2].encode()


def _kind(entry: Entry) -> InodeKind:
    kinds = {Folder: InodeKind.FOLDER, File: InodeKind.FILE, Link: InodeKind.LINK}
    return kinds[type(entry)]
