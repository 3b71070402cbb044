"""The compound file, version 3: the container of .msi, with a flat root of streams.

1. Streams below 4096 bytes lie in the mini stream, in sectors of 64 bytes; others in sectors of 512.
2. The directory is a red-black tree, ordered by length of name, then by its upper-case form. It is written
   balanced, with the deepest incomplete level red.
3. Reading is strict: a chain that loops, ends early, is used twice or leaves the file is refused, and so
   is a name that a search down the tree would not find. Balanced it need not be: signing tools leave a list.

Source: [MS-CFB] https://learn.microsoft.com/openspecs/windows_protocols/ms-cfb/
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from millennium_bundler.errors import FormatError, PackageError

# [MS-CFB] 2.1: sector numbers that are none.
_FREE, _END, _FAT, _DIFAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFC
_NONE = 0xFFFFFFFF
_SECTOR, _MINI_SECTOR, _CUTOFF = 512, 64, 4096
_PER_SECTOR = _SECTOR // 4
_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEADER = struct.Struct("<8s16sHHHHH6x9I109I")
_ENTRY = struct.Struct("<64sHBBIII16sIQQIQ")
_IN_HEADER = 109
_UNUSED, _STREAM, _ROOT = 0, 2, 5
_RED, _BLACK = 0, 1
_MAX_NAME_UNITS = 31
# Windows takes files of version 3 below 2 GiB; 3 % of that is for tables.
MAX_STREAM_BYTES = 2_080_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class CompoundFile:
    """A compound file whose root holds nothing but streams.

    Attributes:
        class_id: What kind of file it is, 16 bytes.
        streams: Content by name.
    """

    class_id: bytes = bytes(16)
    streams: Mapping[str, bytes] = field(default_factory=dict)


def write_compound_file(file: CompoundFile) -> bytes:
    """Return the file; the same streams give the same bytes.

    Raises:
        FormatError: A name is longer than 31 UTF-16 units, two are the same to Windows, or the file
            would be larger than 2 GiB.
    """
    names = sorted(file.streams, key=_order)
    _check_names(names)
    if sum(map(len, file.streams.values())) > MAX_STREAM_BYTES:
        message = "the package would be larger than 2 GiB"
        raise FormatError(message, code="msi.too_large", help="leave files out, or make an .exe")
    return _Writer(file, names).write()


def read_compound_file(data: bytes) -> CompoundFile:
    """Read a compound file.

    Raises:
        PackageError: It breaks a rule of the format.
    """
    try:
        return _Reader(data).read()
    except UnicodeDecodeError as exc:
        raise _corrupt("a name is no text") from exc
    except (struct.error, IndexError) as exc:
        raise _corrupt("it ends early") from exc


def is_as_written(data: bytes) -> bool:
    """Tell whether a file is what we write for its streams: no byte is there that none of them needs.

    Between and behind streams there is room that no signature covers.
    """
    try:
        return write_compound_file(read_compound_file(data)) == data
    except (FormatError, PackageError):
        return False


def _order(name: str) -> tuple[int, tuple[int, ...]]:
    raw = name.encode("utf-16-le")
    upper = name.upper().encode("utf-16-le")
    return len(raw), struct.unpack(f"<{len(upper) // 2}H", upper)


def _check_names(names: list[str]) -> None:
    long = [name for name in names if not 0 < len(name.encode("utf-16-le")) // 2 <= _MAX_NAME_UNITS]
    orders = [_order(name) for name in names]
    same = [name for name, a, b in zip(names, orders, orders[1:], strict=False) if a == b]
    for name in long + same:
        message = f"{name!a} is no name for a stream of its own"
        raise FormatError(message, code="msi.row", help="choose a shorter or another name")


class _Writer:
    """Sectors and their table, as they grow."""

    def __init__(self, file: CompoundFile, names: list[str]) -> None:
        self._file = file
        self._names = names
        self._fat: list[int] = []
        self._body: list[bytes] = []

    def write(self) -> bytes:
        mini = bytearray()
        mini_fat: list[int] = []
        starts: list[int] = []
        for name in self._names:
            data = self._file.streams[name]
            if 0 < len(data) < _CUTOFF:
                starts.append(len(mini_fat))
                mini_fat += _chain(len(mini_fat), _count(len(data), _MINI_SECTOR))
                mini += _padded(data, _MINI_SECTOR)
            else:
                starts.append(self._put(data))
        mini_start = self._put(bytes(mini))
        mini_table = _padded(_packed(mini_fat), _SECTOR, b"\xff")
        mini_fat_start = self._put(mini_table)
        directory = self._directory(starts, mini_start, len(mini))
        directory_start = self._put(directory)
        return self._finish(directory_start, mini_fat_start, len(mini_table) // _SECTOR)

    def _put(self, data: bytes) -> int:
        if not data:
            return _END
        start = len(self._fat)
        self._fat += _chain(start, _count(len(data), _SECTOR))
        self._body.append(_padded(data, _SECTOR))
        return start

    def _directory(self, starts: list[int], mini_start: int, mini_size: int) -> bytes:
        tree = _balanced(len(self._names))
        root = _entry("Root Entry", _ROOT, tree[0], self._file.class_id, (mini_start, mini_size))
        entries = [
            _entry(name, _STREAM, node, bytes(16), (start, len(self._file.streams[name])))
            for name, node, start in zip(self._names, tree[1:], starts, strict=True)
        ]
        blank = _ENTRY.pack(b"", 0, _UNUSED, 0, _NONE, _NONE, _NONE, bytes(16), 0, 0, 0, 0, 0)
        entries += [blank] * (-(len(entries) + 1) % (_SECTOR // _ENTRY.size))
        return root + b"".join(entries)

    def _finish(self, directory: int, mini_fat: int, mini_fat_sectors: int) -> bytes:
        used = len(self._fat)
        fat_sectors = difat_sectors = 0
        while True:  # the table's own sectors are in the table, too
            needed = _count(used + fat_sectors + difat_sectors, _PER_SECTOR)
            needed_difat = _count(max(0, needed - _IN_HEADER), _PER_SECTOR - 1)
            if (needed, needed_difat) == (fat_sectors, difat_sectors):
                break
            fat_sectors, difat_sectors = needed, needed_difat
        places = list(range(used, used + fat_sectors))
        difat = used + fat_sectors
        fat = [*self._fat, *[_FAT] * fat_sectors, *[_DIFAT] * difat_sectors]
        head = places[:_IN_HEADER] + [_FREE] * (_IN_HEADER - len(places[:_IN_HEADER]))
        fields = (0, fat_sectors, directory, 0, _CUTOFF, mini_fat, mini_fat_sectors)
        ends = (difat if difat_sectors else _END, difat_sectors)
        start = _HEADER.pack(_MAGIC, bytes(16), 0x3E, 3, 0xFFFE, 9, 6, *fields, *ends, *head)
        table = _padded(_packed(fat), _SECTOR, b"\xff")
        rest = _difat(places[_IN_HEADER:], difat, difat_sectors)
        return b"".join((start, *self._body, table, rest))


class _Node(NamedTuple):
    """Place of an entry in the tree."""

    left: int
    right: int
    child: int
    colour: int


def _balanced(count: int) -> list[_Node]:
    """Return the root's node, then one for each name; entries are numbered from 1."""
    deepest = count.bit_length()
    is_full = count == (1 << deepest) - 1
    nodes = [_Node(_NONE, _NONE, _NONE, _BLACK)] * (count + 1)

    def place(low: int, high: int, depth: int) -> int:
        if low > high:
            return _NONE
        middle = (low + high) // 2
        is_red = depth == deepest and depth > 1 and not is_full
        left, right = place(low, middle - 1, depth + 1), place(middle + 1, high, depth + 1)
        nodes[middle] = _Node(left, right, _NONE, _RED if is_red else _BLACK)
        return middle

    nodes[0] = _Node(_NONE, _NONE, place(1, count, 1), _BLACK)
    return nodes


def _entry(name: str, kind: int, node: _Node, class_id: bytes, where: tuple[int, int]) -> bytes:
    raw = name.encode("utf-16-le")
    links = (node.left, node.right, node.child)
    head = (raw, len(raw) + 2, kind, node.colour, *links, class_id)
    return _ENTRY.pack(*head, 0, 0, 0, *where)


def _difat(places: list[int], start: int, sectors: int) -> bytes:
    step = _PER_SECTOR - 1
    parts = []
    for index in range(sectors):
        part = places[index * step : (index + 1) * step]
        following = start + index + 1 if index + 1 < sectors else _END
        parts.append(_packed([*part, *[_FREE] * (step - len(part)), following]))
    return b"".join(parts)


def _chain(start: int, count: int) -> list[int]:
    return [*range(start + 1, start + count), _END]


def _count(size: int, unit: int) -> int:
    return -(-size // unit)


def _padded(data: bytes, unit: int, fill: bytes = b"\0") -> bytes:
    return data + fill * (-len(data) % unit)


def _packed(numbers: list[int]) -> bytes:
    return struct.pack(f"<{len(numbers)}I", *numbers)


class _Stream(NamedTuple):
    """One directory entry that is in use."""

    name: str
    kind: int
    left: int
    right: int
    child: int
    class_id: bytes
    start: int
    size: int


class _Reader:
    """Tables of one file; every sector may be used once."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        fields = _HEADER.unpack_from(data)
        if fields[0] != _MAGIC or fields[3:7] != (3, 0xFFFE, 9, 6) or fields[11] != _CUTOFF:
            raise _corrupt("it is no compound file of version 3")
        if len(data) % _SECTOR:
            raise _corrupt("its length is no multiple of a sector")
        self._fields = fields
        self._sectors = len(data) // _SECTOR - 1
        self._used: set[int] = set()
        self._fat = self._read_fat()

    def read(self) -> CompoundFile:
        raw = self._chained(self._fields[9])
        entries = [_parsed(raw, at) for at in range(0, len(raw), _ENTRY.size)]
        root = entries[0]
        if root.kind != _ROOT or root.name != "Root Entry":
            raise _corrupt("it has no root")
        mini_fat = self._numbers(self._chained(self._fields[12])) if self._fields[13] else ()
        mini = _cut(self._chained(root.start) if root.size else b"", root.size)
        found: dict[str, bytes] = {}
        mini_used: set[int] = set()
        for index in _in_order(entries, root.child):
            entry = entries[index]
            if entry.size == 0:
                found[entry.name] = b""
            elif entry.size < _CUTOFF:
                chain = _follow(mini_fat, entry.start, mini_used)
                parts = [mini[at * _MINI_SECTOR : (at + 1) * _MINI_SECTOR] for at in chain]
                found[entry.name] = _cut(b"".join(parts), entry.size)
            else:
                found[entry.name] = _cut(self._chained(entry.start), entry.size)
        return CompoundFile(class_id=root.class_id, streams=found)

    def _read_fat(self) -> tuple[int, ...]:
        count, difat, difat_count = self._fields[8], self._fields[14], self._fields[15]
        places = list(self._fields[16:])
        for _ in range(difat_count):
            numbers = self._numbers(self._sector(difat))
            places += numbers[:-1]
            difat = numbers[-1]
        places = [place for place in places[:count] if place != _FREE]
        if difat != _END or len(places) != count:
            raise _corrupt("its table of sectors is not whole")
        return tuple(n for place in places for n in self._numbers(self._sector(place)))

    def _sector(self, number: int) -> bytes:
        if number >= self._sectors or number in self._used:
            raise _corrupt(f"sector {number} is not there, or used twice")
        self._used.add(number)
        return self._data[(number + 1) * _SECTOR : (number + 2) * _SECTOR]

    def _chained(self, start: int) -> bytes:
        chain = _follow(self._fat, start, self._used)
        if any(number >= self._sectors for number in chain):
            raise _corrupt("a stream leaves the file")
        first = chain[0] if chain else 0
        if chain == list(range(first, first + len(chain))):
            return self._data[(first + 1) * _SECTOR : (first + 1 + len(chain)) * _SECTOR]
        return b"".join(self._data[(at + 1) * _SECTOR : (at + 2) * _SECTOR] for at in chain)

    @staticmethod
    def _numbers(raw: bytes) -> tuple[int, ...]:
        return struct.unpack(f"<{len(raw) // 4}I", raw)


def _follow(table: tuple[int, ...], start: int, used: set[int]) -> list[int]:
    chain = []
    number = start
    while number != _END:
        if number >= len(table) or number in used:
            raise _corrupt(f"the chain from sector {start} leaves its table, or crosses another")
        used.add(number)
        chain.append(number)
        number = table[number]
    return chain


def _parsed(raw: bytes, at: int) -> _Stream:
    name, length, kind, _, left, right, child, class_id, _, _, _, start, size = _ENTRY.unpack_from(
        raw, at
    )
    if kind == _UNUSED:
        return _Stream("", kind, left, right, child, class_id, start, size)
    if length % 2 or not len("\0\0") < length <= len(name) or kind not in {_STREAM, _ROOT}:
        raise _corrupt("an entry of its directory is no stream")
    text = name[: length - 2].decode("utf-16-le")
    return _Stream(text, kind, left, right, child, class_id, start, size)


def _in_order(entries: list[_Stream], root: int) -> list[int]:
    """Return the numbers of all streams; each must be where a search would look for it."""
    found: list[int] = []
    seen: set[int] = set()
    above: list[int] = []
    index = root
    while above or index != _NONE:
        if index == _NONE:
            found.append(above.pop())
            index = entries[found[-1]].right
            continue
        if index in seen or index >= len(entries) or entries[index].kind != _STREAM:
            raise _corrupt("its directory is no tree of streams")
        seen.add(index)
        above.append(index)
        index = entries[index].left
    orders = [_order(entries[index].name) for index in found]
    if any(a >= b for a, b in pairwise(orders)):
        raise _corrupt("its directory is not sorted")
    if len(found) != sum(entry.kind == _STREAM for entry in entries):
        raise _corrupt("a stream cannot be found in its directory")
    return found


def _cut(data: bytes, size: int) -> bytes:
    if not 0 <= len(data) - size < _SECTOR:
        raise _corrupt("a stream is not as long as its directory says")
    return data[:size]


def _corrupt(what: str) -> PackageError:
    return PackageError(f"the compound file is corrupt: {what}", code="package.corrupt")
