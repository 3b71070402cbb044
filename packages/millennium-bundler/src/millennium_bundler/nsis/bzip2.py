"""NSIS's dialect of bzip2, unpacked: blocks without sums, behind marks of one byte.

1. A stream is blocks of 900 000 bytes but for the last, each behind 0x31; 0x17 is the end. No head, no sums, no
   randomised blocks: libbz2 reads none of it.
2. A block is the place of its first byte in the sorted text, the bytes that occur, two to six codes, which of
   them each 50 symbols have, and the symbols: runs of the foremost byte, and places in a list of bytes where the
   last used one is moved to the front.
3. What comes out is the last column of the sorted text, which is followed back to the text; a run of four bytes is
   followed by how many more there are.

It takes about one second for a megabyte.

Source: https://github.com/kichik/nsis ``Source/bzip2/decompress.c``
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import accumulate

_BLOCK, _END = 0x31, 0x17
_MAX_BLOCK_BYTES = 900_000
_FULL_BLOCK_BYTES = 899_000
_GROUP = 50
_RUN_BYTES = 5
_MAX_SELECTORS = 18_002
_MAX_CODE_BITS = 20
# What may be asked for behind the end: a group of symbols at their longest, twice.
_SPARE_BYTES = 2 * _GROUP * _MAX_CODE_BITS // 8
_MIN_TABLES, _MAX_TABLES = 2, 6
_RUN = re.compile(rb"(.)\1{3}(.)", re.DOTALL)


def unpack_bzip2(packed: bytes, max_bytes: int) -> bytes:
    """Return what a stream holds.

    Raises:
        ValueError: It is not well-formed, or holds more than that.
    """
    try:
        return _unpacked(_Bits(packed), max_bytes)
    except IndexError as exc:  # a selector of no table, a symbol of no byte
        message = "a block names what is not there"
        raise ValueError(message) from exc


def _unpacked(bits: _Bits, max_bytes: int) -> bytes:
    parts: list[bytes] = []
    size, is_full = 0, True
    while (mark := bits.take(8)) == _BLOCK:
        if not is_full:  # a few bytes can be a block, which takes time as if it were large
            raise ValueError(size)
        # Five letters of a block are four of the text at least.
        column, origin = _block(
            bits, min(_MAX_BLOCK_BYTES, (max_bytes - size) * 5 // 4 + _RUN_BYTES)
        )
        is_full = len(column) >= _FULL_BLOCK_BYTES
        parts.append(_unrun(_unsorted(column, origin)))
        size += len(parts[-1])
        if size > max_bytes:
            raise ValueError(size)
    if mark != _END:
        raise ValueError(mark)
    return b"".join(parts)


class _Bits:
    """Bits, the highest of a byte first."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0
        self._held = 0
        self._count = 0

    def take(self, count: int) -> int:
        self._hold(count)
        self._count -= count
        found = self._held >> self._count
        self._held &= (1 << self._count) - 1
        return found

    def symbols(self, tables: list[_Table], selectors: list[int], end: int) -> Iterator[list[int]]:
        """Yield groups of symbols up to the one that ends a block; the loop of all loops."""
        for selector in selectors:
            width, entries = tables[selector]
            self._hold(_GROUP * width)
            held, count = self._held, self._count
            mask = (1 << width) - 1
            found = []
            for _ in range(_GROUP):
                symbol, length = entries[held >> (count - width) & mask]
                count -= length
                found.append(symbol)
                if symbol == end:
                    break
            self._held, self._count = held & ((1 << count) - 1), count
            yield found
            if found[-1] == end:
                return
        raise ValueError(end)

    def _hold(self, count: int) -> None:
        """Have at least so many bits; behind the end of a stream there are some of nothing."""
        missing = (count - self._count + 7) // 8
        if missing > 0:
            if self._at > len(self._data) + _SPARE_BYTES:
                raise ValueError(self._at)
            more = self._data[self._at : self._at + missing].ljust(missing, b"\0")
            self._held = self._held << 8 * missing | int.from_bytes(more, "big")
            self._count += 8 * missing
            self._at += missing


_Table = tuple[int, list[tuple[int, int]]]


def _block(bits: _Bits, most: int) -> tuple[bytearray, int]:
    """Return the last column of the sorted text, and where the text begins."""
    origin = bits.take(24)
    used = _used(bits)
    count = bits.take(3)
    selectors = _selectors(bits, count)
    tables = [_table(bits, len(used) + 2) for _ in range(count)]
    column = bytearray()
    run, weight = 0, 1
    end = len(used) + 1
    for group in bits.symbols(tables, selectors, end):
        for symbol in group:
            if symbol <= 1:
                run = min(run + (weight << symbol), most + 1)  # forty digits are terabytes
                weight <<= 1
                continue
            if run:
                column += used[:1] * run
                run, weight = 0, 1
            if symbol < end:
                byte = used.pop(symbol - 1)
                used.insert(0, byte)
                column.append(byte)
        if len(column) + run > most:
            raise ValueError(run)
    if origin >= len(column):
        raise ValueError(origin)
    return column, origin


def _used(bits: _Bits) -> bytearray:
    rows = bits.take(16)
    found = bytearray()
    for row in range(16):
        if rows >> (15 - row) & 1:
            columns = bits.take(16)
            found += bytes(row * 16 + at for at in range(16) if columns >> (15 - at) & 1)
    if not found:
        raise ValueError(rows)
    return found


def _selectors(bits: _Bits, tables: int) -> list[int]:
    count = bits.take(15)
    if not (_MIN_TABLES <= tables <= _MAX_TABLES and 0 < count <= _MAX_SELECTORS):
        raise ValueError(count)
    order = list(range(tables))
    found = []
    for _ in range(count):
        at = 0
        while bits.take(1):
            at += 1
        order.insert(0, order.pop(at))
        found.append(order[0])
    return found


def _table(bits: _Bits, symbols: int) -> _Table:
    """Return a code as a table: the next bits → symbol, and how many of the bits it has."""
    length = bits.take(5)
    lengths = []
    for _ in range(symbols):
        while bits.take(1):
            length += -1 if bits.take(1) else 1
            if not 0 < length <= _MAX_CODE_BITS:
                raise ValueError(length)
        lengths.append(length)
    width = max(lengths)
    if width > _MAX_CODE_BITS:  # the first may begin with more
        raise ValueError(width)
    # Before the table is made: codes that are too many for it would take gigabytes.
    if not min(lengths) or sum(1 << (width - size) for size in lengths) > 1 << width:
        raise ValueError(width)
    entries: list[tuple[int, int]] = []
    for size, symbol in sorted((size, symbol) for symbol, size in enumerate(lengths)):
        entries += [(symbol, size)] * (1 << (width - size))
    entries += [(symbols - 1, width)] * ((1 << width) - len(entries))
    return width, entries


def _unsorted(column: bytearray, origin: int) -> bytes:
    counts = [0] * 256
    for byte in range(256):
        counts[byte] = column.count(byte)
    place = [0, *accumulate(counts)][:256]
    following = [0] * len(column)
    for at, byte in enumerate(column):
        following[place[byte]] = at
        place[byte] += 1
    text = bytearray()
    at = origin
    for _ in range(len(column)):
        at = following[at]
        text.append(column[at])
    return bytes(text)


def _unrun(text: bytes) -> bytes:
    parts: list[bytes] = []
    start = 0
    while found := _RUN.search(text, start):
        parts += (text[start : found.start(2)], found[1] * found[2][0])
        start = found.end()
    return b"".join((*parts, text[start:]))
