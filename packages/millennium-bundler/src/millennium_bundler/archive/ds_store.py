"""The Finder's ``.DS_Store``: where icons stand and how a window looks.

A file of blocks handed out by a buddy allocator, with one B-tree inside. We write one leaf, so every
block has a fixed place:

```text
0x0000 header | 0x0020 tree | 0x0800 table of blocks and free lists | 0x2000 the leaf
```
Source: Wim Lewis, "DS_Store Format", as written down in Perl's Mac::Finder::DSStore.
"""

from __future__ import annotations

import plistlib
import struct
from collections.abc import Mapping
from dataclasses import dataclass

from millennium_bundler.errors import FormatError, PackageError

_LEAF_AT, _LEAF_BITS = 0x2000, 13
_TREE_AT, _TREE_BITS = 0x20, 5
_ROOT_AT, _ROOT_BITS = 0x0800, 11
_HEADER = struct.Struct(">I4sIII16s")
_UNKNOWN = bytes.fromhex("0000100c000000870000200b00000000")
_PAGE_BYTES = 0x1000
_ADDRESSES = 256
_FREE_LISTS = 32
# The first block is the header's own and stands in no list.
_BLOCKS = ((_ROOT_AT, _ROOT_BITS), (_TREE_AT, _TREE_BITS), (_LEAF_AT, _LEAF_BITS))
# Addresses count from here: the file begins with a word of its own.
_BASE = 4
_NO_GRID = bytes.fromhex("ffffffffffff0000")


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What the Finder keeps about one file.

    Attributes:
        name: The file; "." is the folder itself.
        code: What is said, four letters: "Iloc", "bwsp".
        kind: "long", "type" or "blob".
        value: As it stands in the file, a blob without its length.
    """

    name: str
    code: str
    kind: str
    value: bytes


def icon_place(name: str, x: int, y: int) -> Note:
    """Say where the middle of an icon is, in points from the upper left."""
    return Note(name=name, code="Iloc", kind="blob", value=struct.pack(">II", x, y) + _NO_GRID)


def view_settings(code: str, values: Mapping[str, object]) -> Note:
    """Say how the folder's own window looks: "bwsp" is the window, "icvp" the icons."""
    data = plistlib.dumps(dict(values), fmt=plistlib.FMT_BINARY, sort_keys=True)
    return Note(name=".", code=code, kind="blob", value=data)


def write_ds_store(notes: list[Note]) -> bytes:
    """Return the file; notes in any order give the same bytes.

    Raises:
        FormatError: More than one leaf can hold.
    """
    ordered = sorted(notes, key=lambda note: (note.name.lower(), note.code))
    leaf = struct.pack(">II", 0, len(ordered)) + b"".join(_record(note) for note in ordered)
    if len(leaf) > _PAGE_BYTES:
        message = f"the window of the disk image needs {len(leaf)} bytes, more than {_PAGE_BYTES}"
        raise FormatError(message, code="macos.volume", help="shorten `product_name`")
    header = _HEADER.pack(1, b"Bud1", _ROOT_AT, 1 << _ROOT_BITS, _ROOT_AT, _UNKNOWN)
    tree = struct.pack(">IIIII", 2, 0, len(ordered), 1, _PAGE_BYTES)
    data = bytearray(_BASE + _LEAF_AT + (1 << _LEAF_BITS))
    data[: len(header)] = header
    for at, body in ((_TREE_AT, tree), (_ROOT_AT, _root()), (_LEAF_AT, leaf)):
        data[_BASE + at : _BASE + at + len(body)] = body
    return bytes(data)


def read_ds_store(data: bytes) -> list[Note]:
    """Read a file that `write_ds_store` wrote.

    Raises:
        PackageError: It is none.
    """
    try:
        _, count = struct.unpack_from(">II", data, _BASE + _LEAF_AT)
        at = _BASE + _LEAF_AT + 8
        notes: list[Note] = []
        for _ in range(min(count, _PAGE_BYTES)):
            note, at = _read_record(data, at)
            notes.append(note)
        is_same = write_ds_store(notes) == data
    except (struct.error, UnicodeDecodeError, FormatError):
        is_same, notes = False, []
    if not is_same:
        raise PackageError("the .DS_Store is not one of ours", code="package.corrupt")
    return notes


def _record(note: Note) -> bytes:
    name = note.name.encode("utf-16-be")
    size = struct.pack(">I", len(note.value)) if note.kind == "blob" else b""
    words = note.code.encode("ascii") + note.kind.encode("ascii")
    return struct.pack(">I", len(name) // 2) + name + words + size + note.value


def _read_record(data: bytes, at: int) -> tuple[Note, int]:
    (units,) = struct.unpack_from(">I", data, at)
    at += 4
    name = data[at : at + 2 * units].decode("utf-16-be")
    at += 2 * units
    code, kind = data[at : at + 4].decode("ascii"), data[at + 4 : at + 8].decode("ascii")
    at += 8
    size = 4
    if kind == "blob":
        (size,) = struct.unpack_from(">I", data, at)
        at += 4
    return Note(name=name, code=code, kind=kind, value=data[at : at + size]), at + size


def _root() -> bytes:
    # An address carries the size of its block in its low bits.
    addresses = [at | bits for at, bits in _BLOCKS]
    table = struct.pack(f">II{_ADDRESSES}I", len(addresses), 0, *_padded(addresses))
    contents = struct.pack(">IB4sI", 1, 4, b"DSDB", 1)
    lists = b""
    for bits in range(_FREE_LISTS):
        # All memory is 2 GiB; each half that no block begins in is free as a whole.
        is_free = _TREE_BITS < bits < _FREE_LISTS - 1 and not _is_used(bits)
        lists += struct.pack(">II", 1, 1 << bits) if is_free else struct.pack(">I", 0)
    return table + contents + lists


def _is_used(bits: int) -> bool:
    return any(at == 1 << bits for at, _ in _BLOCKS)


def _padded(addresses: list[int]) -> list[int]:
    return addresses + [0] * (_ADDRESSES - len(addresses))
