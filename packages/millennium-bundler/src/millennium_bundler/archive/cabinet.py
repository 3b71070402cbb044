"""The cabinet with MSZIP: how files travel inside an .msi.

1. All files are one folder: their bytes in a row, cut into blocks of 32 KiB.
2. Each block is raw deflate behind "CK", and may refer to the block before it, which keeps the ratio of one
   long stream.
3. Reading is strict: every checksum, length and offset must be right, and the lengths are added up before a block is
   unpacked.

Source: [MS-CAB], [MS-MCI] https://learn.microsoft.com/openspecs/exchange_server_protocols/ms-cab/
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from millennium_bundler.errors import FormatError, PackageError

_HEADER = struct.Struct("<4sIIIIIBBHHHHH")
_FOLDER = struct.Struct("<IHH")
_FILE = struct.Struct("<IIHHHH")
_BLOCK = struct.Struct("<IHH")
_MAGIC = b"MSCF"
_MSZIP = 1
_ARCHIVE, _UTF8_NAME = 0x20, 0x80
_BLOCK_BYTES = 32768
# [MS-MCI] 2: a block may grow by no more than this.
_MAX_GROWTH = 12
_MAX_BLOCKS = _MAX_FILES = 65535
MAX_BYTES = _MAX_BLOCKS * _BLOCK_BYTES
"""What one cabinet can hold."""

_LEVEL = 9
# A cabinet has dates of DOS, which begin with 1980.
_FIRST_DATE = 315_532_800


@dataclass(frozen=True, slots=True, kw_only=True)
class CabinetFile:
    """One file of a cabinet."""

    name: str
    data: bytes


def write_cabinet(files: Sequence[CabinetFile], *, date: int) -> bytes:
    """Return a cabinet; the same files give the same bytes.

    Args:
        files: In the order they shall have.
        date: Seconds since 1970 that every file carries; one before 1980 becomes the first of that year.

    Raises:
        FormatError: More than 65535 files, or 2 GiB together.
    """
    size = sum(len(file.data) for file in files)
    if len(files) > _MAX_FILES or size > _MAX_BLOCKS * _BLOCK_BYTES:
        message = f"{len(files)} files of {size} bytes do not fit into one cabinet"
        raise FormatError(message, code="msi.too_large", help="leave files out")
    blocks = _blocks(b"".join(file.data for file in files))
    listing = _listing(files, date)
    first_file = _HEADER.size + _FOLDER.size
    first_block = first_file + len(listing)
    total = first_block + sum(map(len, blocks))
    head = _HEADER.pack(_MAGIC, 0, total, 0, first_file, 0, 3, 1, 1, len(files), 0, 0, 0)
    folder = _FOLDER.pack(first_block, len(blocks), _MSZIP)
    return b"".join((head, folder, listing, *blocks))


def read_cabinet(data: bytes, *, max_bytes: int = MAX_BYTES) -> list[CabinetFile]:
    """Read a cabinet of one MSZIP folder, as `write_cabinet` makes it.

    Args:
        data: The cabinet.
        max_bytes: The most that its files may have together.

    Raises:
        PackageError: It breaks a rule of the format, or holds more.
    """
    try:
        return _read(data, max_bytes)
    except (struct.error, UnicodeDecodeError, zlib.error, ValueError) as exc:
        raise _corrupt("a part cannot be read") from exc


def _blocks(data: bytes) -> list[bytes]:
    # A block needs the plain bytes before it, not what they became: all processors may work.
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(partial(_block, data), range(0, len(data), _BLOCK_BYTES)))


def _block(data: bytes, at: int) -> bytes:
    plain = data[at : at + _BLOCK_BYTES]
    packed = b"CK" + _deflated(plain, data[max(0, at - _BLOCK_BYTES) : at], _LEVEL)
    if len(packed) > _BLOCK_BYTES + _MAX_GROWTH:
        packed = b"CK" + _deflated(plain, b"", 0)
    sizes = struct.pack("<HH", len(packed), len(plain))
    checksum = _checksum(sizes, _checksum(packed))
    return _BLOCK.pack(checksum, len(packed), len(plain)) + packed


def _deflated(plain: bytes, before: bytes, level: int) -> bytes:
    packer = zlib.compressobj(level, zlib.DEFLATED, -15, 9, zlib.Z_DEFAULT_STRATEGY, zdict=before)
    return packer.compress(plain) + packer.flush()


def _checksum(data: bytes, seed: int = 0) -> int:
    whole = len(data) // 4 * 4
    # All words at once: the exclusive-or of a long number's halves, again and again, is that of its words.
    found = seed ^ _folded(data[:whole])
    return found ^ int.from_bytes(data[whole:], "big")


def _folded(data: bytes) -> int:
    words = len(data) // 4
    number = int.from_bytes(data, "little")
    while words > 1:
        half = (words + 1) // 2
        number = (number >> (half * 32)) ^ (number & ((1 << (half * 32)) - 1))
        words = half
    return number


def _listing(files: Sequence[CabinetFile], date: int) -> bytes:
    when = datetime.fromtimestamp(max(date, _FIRST_DATE), UTC)
    day = (when.year - 1980) << 9 | when.month << 5 | when.day
    time = when.hour << 11 | when.minute << 5 | when.second // 2
    parts = []
    offset = 0
    for file in files:
        flags = _ARCHIVE | (0 if file.name.isascii() else _UTF8_NAME)
        entry = _FILE.pack(len(file.data), offset, 0, day, time, flags)
        parts.append(entry + file.name.encode() + b"\0")
        offset += len(file.data)
    return b"".join(parts)


def _read(data: bytes, max_bytes: int) -> list[CabinetFile]:
    magic, _, total, _, first_file, _, _, _, folders, count, flags, _, _ = _HEADER.unpack_from(data)
    first_block, blocks, method = _FOLDER.unpack_from(data, _HEADER.size)
    if (magic, total, folders, flags, method) != (_MAGIC, len(data), 1, 0, _MSZIP):
        raise _corrupt("its header is not that of one MSZIP folder")
    plain, end = _inflated(data, first_block, blocks, max_bytes)
    if end != len(data):
        raise _corrupt("something lies behind its last block")
    at, offset = first_file, 0
    files = []
    for _ in range(count):
        size, start, folder, _, _, attributes = _FILE.unpack_from(data, at)
        stop = data.index(b"\0", at + _FILE.size)
        coding = "utf-8" if attributes & _UTF8_NAME else "ascii"
        if (start, folder) != (offset, 0):
            raise _corrupt("its files do not follow each other")
        name = data[at + _FILE.size : stop].decode(coding)
        files.append(CabinetFile(name=name, data=plain[offset : offset + size]))
        at, offset = stop + 1, offset + size
    if (at, offset) != (first_block, len(plain)):
        raise _corrupt("its files and its blocks are not of one length")
    return files


def _inflated(data: bytes, at: int, count: int, max_bytes: int) -> tuple[bytes, int]:
    parts: list[bytes] = []
    before = b""
    if _claimed(data, at, count) > max_bytes:
        raise _corrupt(f"it holds more than the {max_bytes} bytes that it may")
    for _ in range(count):
        checksum, packed_size, size = _BLOCK.unpack_from(data, at)
        packed = data[at + _BLOCK.size : at + _BLOCK.size + packed_size]
        if checksum != _checksum(data[at + 4 : at + _BLOCK.size], _checksum(packed)):
            raise _corrupt("the checksum of a block differs")
        unpacker = zlib.decompressobj(-15, zdict=before)
        before = unpacker.decompress(packed[2:], _BLOCK_BYTES + 1)
        is_whole = unpacker.eof and not unpacker.unused_data
        if packed[:2] != b"CK" or len(before) != size or not is_whole:
            raise _corrupt("a block is not as long as it says")
        parts.append(before)
        at += _BLOCK.size + packed_size
    return b"".join(parts), at


def _claimed(data: bytes, at: int, count: int) -> int:
    """Return how many bytes the blocks say to hold; no block gives more than it says."""
    claimed = 0
    for _ in range(count):
        _, packed_size, size = _BLOCK.unpack_from(data, at)
        at += _BLOCK.size + packed_size
        claimed += size
    return claimed


def _corrupt(what: str) -> PackageError:
    return PackageError(f"the cabinet is corrupt: {what}", code="package.corrupt")
