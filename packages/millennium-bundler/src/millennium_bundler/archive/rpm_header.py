"""The header structure of RPM: an index of tagged values, and a store that holds them.

Rules that the reader enforces, for what is read is not trusted:

1. The magic, the counts and the store lie within the data and within the limits below.
2. The first entry is the region that says how far the immutable part reaches: all of it.
3. Every value lies within the store, is of a known type, and is named once.

Source: https://rpm-software-management.github.io/rpm/manual/format_header.html
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass

from millennium_bundler.errors import PackageError

SIGNATURE_REGION = 62
MAIN_REGION = 63
# As rpm's own reader: https://github.com/rpm-software-management/rpm lib/header.cc
MAX_ENTRIES = 65_535
MAX_STORE_BYTES = 256 * 1024 * 1024

_MAGIC = b"\x8e\xad\xe8\x01\0\0\0\0"
_COUNTS = struct.Struct(">II")
_ENTRY = struct.Struct(">IIiI")
_INT16, _INT32, _STRING, _BIN, _STRINGS, _I18N = 3, 4, 6, 7, 8, 9
_ALIGNMENT = {_INT16: 2, _INT32: 4}


@dataclass(frozen=True, slots=True)
class Int16:
    """Numbers of sixteen bits."""

    values: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Int32:
    """Numbers of thirty-two bits."""

    values: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Text:
    """One text; `is_translated` when readers may look for other languages."""

    value: str
    is_translated: bool = False


@dataclass(frozen=True, slots=True)
class Texts:
    """A list of texts."""

    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Blob:
    """Bytes."""

    value: bytes


Value = Int16 | Int32 | Text | Texts | Blob


def numbers(*values: int) -> Int32:
    """Return numbers as a value."""
    return Int32(tuple(values))


def write_header(values: Mapping[int, Value], *, region: int) -> bytes:
    """Return a header; the same values give the same bytes.

    Args:
        values: Tag → value; lists are never empty.
        region: `SIGNATURE_REGION` or `MAIN_REGION`.
    """
    index, store = bytearray(), bytearray()
    for tag, value in sorted(values.items()):
        kind, count, data = _encoded(value)
        store += b"\0" * (-len(store) % _ALIGNMENT.get(kind, 1))
        index += _ENTRY.pack(tag, kind, len(store), count)
        store += data
    first = _ENTRY.pack(region, _BIN, len(store), _ENTRY.size)
    entries = len(values) + 1
    # The region's own value points back over the whole index.
    store += _ENTRY.pack(region, _BIN, -entries * _ENTRY.size, _ENTRY.size)
    return _MAGIC + _COUNTS.pack(entries, len(store)) + first + bytes(index) + bytes(store)


def read_header(data: bytes, start: int, *, region: int) -> tuple[dict[int, Value], int]:
    """Read the header at an offset; return its values and where it ends.

    Raises:
        PackageError: A rule of this module is broken.
    """
    head = data[start : start + len(_MAGIC) + _COUNTS.size]
    if len(head) != len(_MAGIC) + _COUNTS.size or not head.startswith(_MAGIC):
        raise _corrupt("a header does not begin as headers do")
    entries, length = _COUNTS.unpack(head[len(_MAGIC) :])
    at = start + len(head)
    end = at + entries * _ENTRY.size + length
    if not (0 < entries <= MAX_ENTRIES and length <= MAX_STORE_BYTES and end <= len(data)):
        raise _corrupt("a header is larger than what holds it")
    rows = [_ENTRY.unpack_from(data, at + i * _ENTRY.size) for i in range(entries)]
    store = data[at + entries * _ENTRY.size : end]
    _check_region(rows, store, region)
    values: dict[int, Value] = {}
    for tag, kind, offset, count in rows[1:]:
        if tag in values:
            raise _corrupt(f"tag {tag} is there twice")
        values[tag] = _decoded(kind, store, offset, count)
    return values, end


def _check_region(rows: list[tuple[int, ...]], store: bytes, region: int) -> None:
    tag, kind, offset, count = rows[0]
    expected = _ENTRY.pack(region, _BIN, -len(rows) * _ENTRY.size, _ENTRY.size)
    is_good = (tag, kind, count) == (region, _BIN, _ENTRY.size) and offset >= 0
    if not is_good or store[offset:] != expected:
        raise _corrupt("a header's region does not cover it")


def _encoded(value: Value) -> tuple[int, int, bytes]:
    match value:
        case Int16(values):
            return _INT16, len(values), struct.pack(f">{len(values)}H", *values)
        case Int32(values):
            return _INT32, len(values), struct.pack(f">{len(values)}I", *values)
        case Text(text, is_translated):
            return _I18N if is_translated else _STRING, 1, text.encode() + b"\0"
        case Texts(texts):
            return _STRINGS, len(texts), b"".join(text.encode() + b"\0" for text in texts)
        case Blob(data):
            return _BIN, len(data), data


def _decoded(kind: int, store: bytes, offset: int, count: int) -> Value:
    if not (0 <= offset <= len(store) and 0 < count <= len(store)):
        raise _corrupt("a value lies outside its header")
    try:
        if kind == _INT16:
            return Int16(struct.unpack_from(f">{count}H", store, offset))
        if kind == _INT32:
            return Int32(struct.unpack_from(f">{count}I", store, offset))
        if kind == _STRINGS:
            return Texts(_texts(store, offset, count))
        if kind in {_STRING, _I18N}:
            return Text(_texts(store, offset, 1)[0], is_translated=kind == _I18N)
    except (struct.error, ValueError) as exc:
        raise _corrupt("a value lies outside its header") from exc
    if kind != _BIN or offset + count > len(store):
        raise _corrupt("a value is of an unknown type, or lies outside its header")
    return Blob(store[offset : offset + count])


def _texts(store: bytes, offset: int, count: int) -> tuple[str, ...]:
    found: list[str] = []
    for _ in range(count):
        end = store.index(b"\0", offset)
        found.append(store[offset:end].decode("utf-8"))
        offset = end + 1
    return tuple(found)


def _corrupt(what: str) -> PackageError:
    return PackageError(f"the package is corrupt: {what}", code="package.corrupt")
