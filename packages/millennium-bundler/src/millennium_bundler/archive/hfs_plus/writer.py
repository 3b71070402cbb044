"""Write an HFS Plus volume: header, allocation file, extents, catalog, then every file in one piece.

```text
block 0          boot blocks (empty), volume header at 1024
then             allocation file | extents tree | catalog tree | files, in order of their paths
last block       the header again, 1024 bytes before the end
```
No block is free: a volume that is only ever read needs none.
"""

from __future__ import annotations

import stat
import struct
from dataclasses import dataclass

from millennium_bundler.archive.hfs_plus.btree import Record, write_btree
from millennium_bundler.archive.hfs_plus.names import encode_name, name_order
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
    blocks_of,
    catalog_key,
    catalog_order,
    thread,
)
from millennium_bundler.archive.hfs_plus.volume import (
    HEADER_AT,
    FinderFlags,
    Volume,
    VolumeHeader,
)
from millennium_bundler.errors import FormatError
from millennium_bundler.tree import Entry, File, Folder, Link, Tree

LINK_MODE = stat.S_IFLNK | 0o755
LINK_TYPE = b"slnkrhap"
# What the Finder looks for in the file of a volume's icon.
ICON_NAME, ICON_TYPE = ".VolumeIcon.icns", b"\0\0\0\0icnC"
MAX_BLOCKS = 0xFFFF_FFFF
_FINDER = struct.Struct(">8sH22x")
# Headers, trees and map of an empty volume, with much to spare. A file takes a block that is not full, and
# less than another in catalog and map.
_FIXED_BLOCKS = 64


def write_volume(volume: Volume) -> bytes:
    """Return the volume's bytes; the same volume gives the same bytes.

    Raises:
        FormatError: A name that HFS Plus cannot hold, two that differ in case alone, or too much.
    """
    places = _place(volume)
    extents = write_btree([], EXTENTS)
    # The catalog's size must be known before anything behind it has a place; content does not change it.
    catalog_blocks = blocks_of(len(write_btree(_catalog(volume, places, 0), CATALOG)))
    sizes = [blocks_of(len(content(place.entry))) for place in places]
    used = 1 + blocks_of(len(extents)) + catalog_blocks + sum(sizes) + 1
    bitmap_blocks = _bitmap_blocks(used)
    total = used + bitmap_blocks
    forks = _forks((bitmap_blocks, blocks_of(len(extents)), catalog_blocks))
    catalog = write_btree(_catalog(volume, places, forks[2].start + catalog_blocks), CATALOG)
    header = _header(volume, places, total, forks).to_bytes()
    parts = [bytes(HEADER_AT) + header, bitmap(total), extents, catalog]
    parts += [content(place.entry) for place in places]
    body = b"".join(part.ljust(blocks_of(len(part)) * BLOCK_BYTES, b"\0") for part in parts)
    return body + bytes(BLOCK_BYTES - HEADER_AT) + header.ljust(HEADER_AT, b"\0")


def most_volume_bytes(volume: Volume) -> int:
    """Return how large a volume can become: the most that its reader needs to take."""
    contents = sum(len(content(entry)) for entry in volume.tree)
    return contents + (len(list(volume.tree)) + _FIXED_BLOCKS) * 2 * BLOCK_BYTES


def number_of(tree: Tree, path: str, *, with_path: str) -> int:
    """Return the number that a file or folder will have in the catalog.

    Args:
        tree: What the volume will hold but for one file, whose content depends on the answer.
        path: What is asked for.
        with_path: That one file.
    """
    paths = sorted({with_path, *(entry.path for entry in tree)})
    return FIRST_USER_ID + paths.index(path)


def finder_info(path: str, entry: Entry, flags: FinderFlags) -> bytes:
    """Return type, creator and flags of an entry."""
    kind = bytes(8)
    if isinstance(entry, Link):
        kind = LINK_TYPE
    elif path == ICON_NAME:
        kind = ICON_TYPE
    return _FINDER.pack(kind, flags)


def finder_flags(info: bytes) -> FinderFlags:
    """Return the flags in what `finder_info` returned."""
    return FinderFlags(_FINDER.unpack(info)[1])


def content(entry: Entry) -> bytes:
    """Return what lies in the data fork: of a link, where it points."""
    match entry:
        case File():
            return entry.data
        case Link():
            return entry.target.encode()
        case Folder():
            return b""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """An entry with its numbers.

    Attributes:
        id: Its own.
        parent: Of the folder it lies in.
        name: As on disk.
        valence: How many entries lie in it.
    """

    entry: Entry
    id: int
    parent: int
    name: bytes
    valence: int


def _place(volume: Volume) -> list[_Place]:
    entries = list(volume.tree)
    ids = {entry.path: FIRST_USER_ID + index for index, entry in enumerate(entries)}
    ids[""] = ROOT
    parents = [entry.path.rpartition("/")[0] for entry in entries]
    valences = dict.fromkeys(ids, 0)
    for parent in parents:
        valences[parent] += 1
    root = Folder(path="")
    name = encode_name(volume.name)
    places = [_Place(entry=root, id=ROOT, parent=ROOT_PARENT, name=name, valence=valences[""])]
    for entry, parent in zip(entries, parents, strict=True):
        places.append(
            _Place(
                entry=entry,
                id=ids[entry.path],
                parent=ids[parent],
                name=encode_name(entry.path.rpartition("/")[2]),
                valence=valences[entry.path],
            )
        )
    _refuse_twins(places)
    return places


def _refuse_twins(places: list[_Place]) -> None:
    seen: dict[tuple[object, ...], str] = {}
    for place in places:
        other = seen.setdefault((place.parent, name_order(place.name)), place.entry.path)
        if other != place.entry.path:
            message = f"{place.entry.path!r} and {other!r} differ in case alone: one file on macOS"
            raise FormatError(message, code="macos.name", help="rename one of the two")


def _catalog(volume: Volume, places: list[_Place], first_block: int) -> list[Record]:
    records: list[Record] = []
    block = first_block
    for place in places:
        entry, key = place.entry, catalog_key(place.parent, place.name)
        size = len(content(entry))
        data = None if isinstance(entry, Folder) else _fork(size, block)
        block += blocks_of(size)
        flags = volume.finder_flags.get(entry.path, FinderFlags(0))
        item = CatalogEntry(
            id=place.id,
            mode=mode_of(entry),
            date=volume.tree.date,
            finder=finder_info(entry.path, entry, flags),
            valence=place.valence,
            data=data,
        )
        kind = FOLDER_THREAD if data is None else FILE_THREAD
        records += [
            (key, item.to_bytes()),
            (catalog_key(place.id, b""), thread(kind, place.parent, place.name)),
        ]
    return sorted(records, key=lambda record: catalog_order(record[0]))


def mode_of(entry: Entry) -> int:
    """Return type and permissions as POSIX has them."""
    match entry:
        case Folder():
            return stat.S_IFDIR | entry.mode
        case File():
            return stat.S_IFREG | entry.mode
        case Link():
            return LINK_MODE


def _fork(size: int, block: int) -> Fork:
    return Fork(size_bytes=size, start=block if size else 0, blocks=blocks_of(size))


def _forks(blocks: tuple[int, int, int]) -> tuple[Fork, Fork, Fork]:
    starts = (1, 1 + blocks[0], 1 + blocks[0] + blocks[1])
    clumps = (BLOCK_BYTES, EXTENTS.node_bytes, CATALOG.node_bytes)
    allocation, extents, catalog = (
        Fork(size_bytes=count * BLOCK_BYTES, clump_bytes=clump, start=start, blocks=count)
        for count, start, clump in zip(blocks, starts, clumps, strict=True)
    )
    return allocation, extents, catalog


def _bitmap_blocks(used: int) -> int:
    count = 1
    while (used + count + 7) // 8 > count * BLOCK_BYTES:
        count += 1
    if used + count > MAX_BLOCKS:
        message = f"{used} blocks of {BLOCK_BYTES} bytes are more than a disk image takes"
        raise FormatError(message, code="macos.volume", help="ship less")
    return count


def bitmap(total: int) -> bytes:
    """Return the map of a volume whose blocks are all in use."""
    whole, rest = divmod(total, 8)
    return b"\xff" * whole + (bytes([0xFF & ~(0xFF >> rest)]) if rest else b"")


def _header(
    volume: Volume, places: list[_Place], total: int, forks: tuple[Fork, Fork, Fork]
) -> VolumeHeader:
    folders = sum(isinstance(place.entry, Folder) for place in places) - 1
    return VolumeHeader(
        date=volume.tree.date,
        counts=(len(places) - 1 - folders, folders),
        blocks=total,
        next_id=FIRST_USER_ID + len(places) - 1,
        identity=volume.identity,
        opens=volume.opens,
        forks=forks,
    )
