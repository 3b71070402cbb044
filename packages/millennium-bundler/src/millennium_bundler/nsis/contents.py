"""What a setup.exe carries, unpacked by us: the bytes of every file, whatever its name.

1. Behind NSIS's head stand its tables and then all files, each behind its size in four bytes.
2. Compressed, all of it is one stream: LZMA behind the coder's settings in five bytes, deflate without a head, or
   NSIS's dialect of bzip2. Without compression the highest bit of a size says that what follows is packed, which
   then is a mistake.

Source: https://github.com/kichik/nsis ``Source/exehead/fileform.c``, https://7-zip.org/sdk.html
"""

from __future__ import annotations

import hashlib
import lzma
import struct
import zlib
from collections.abc import Iterator

from millennium_bundler.errors import PackageError
from millennium_bundler.nsis.bzip2 import unpack_bzip2
from millennium_bundler.nsis.reader import HEAD_BYTES, find_data
from millennium_bundler.windows_settings import Compression

_PROPERTIES_BYTES = 5
_CRC_BYTES = 4
_SIZE_BYTES = 4
_FIRST_BYTES = 4096
_PACKED = 0x80000000
MAX_BYTES = 4 * 1024 * 1024 * 1024
"""For callers that do not know how much there should be."""

# NSIS takes 8 MiB when it is asked for nothing else.
_MAX_DICTIONARY_BYTES = 128 * 1024 * 1024
# What zlib calls deflate without a head.
_RAW = -15


def carried_digests(
    data: bytes, *, compression: Compression, max_bytes: int = MAX_BYTES
) -> frozenset[bytes]:
    """Return the SHA-256 of everything that a setup.exe carries.

    Args:
        data: The whole file.
        compression: How it is packed.
        max_bytes: The most that may come out.

    Raises:
        PackageError: It cannot be unpacked, or carries more.
    """
    try:
        start, size = find_data(data)
        packed = data[start + HEAD_BYTES : start + size - _CRC_BYTES]
        plain = _unpacked(packed, compression, max_bytes)
        return frozenset(hashlib.sha256(item).digest() for item in _items(plain))
    except (lzma.LZMAError, zlib.error, struct.error, ValueError) as exc:
        message = "the setup.exe cannot be unpacked"
        raise PackageError(message, code="package.corrupt") from exc


def is_deflated(data: bytes) -> bool:
    """Tell whether a setup.exe is compressed with zlib: the size of its tables, unpacked, comes first.

    Raises:
        ValueError: It has no head of NSIS.
    """
    start, _ = find_data(data)
    packed = data[start + HEAD_BYTES :][:_FIRST_BYTES]
    try:
        first = zlib.decompressobj(_RAW).decompress(packed, _SIZE_BYTES)
    except zlib.error:
        return False
    return first == data[start + HEAD_BYTES - 2 * _SIZE_BYTES :][:_SIZE_BYTES]


def _unpacked(packed: bytes, compression: Compression, max_bytes: int) -> bytes:
    match compression:
        case "none":
            return packed
        case "lzma":
            return _unpack_lzma(packed, max_bytes)
        case "zlib":
            return _unpack_deflate(packed, max_bytes)
        case "bzip2":
            return unpack_bzip2(packed, max_bytes)


def _unpack_deflate(packed: bytes, max_bytes: int) -> bytes:
    coder = zlib.decompressobj(_RAW)
    plain = coder.decompress(packed, max_bytes + 1)
    if not coder.eof or coder.unused_data or len(plain) > max_bytes:
        raise ValueError(len(plain))
    return plain


def _unpack_lzma(packed: bytes, max_bytes: int) -> bytes:
    settings, dictionary = struct.unpack_from("<BI", packed)
    if dictionary > _MAX_DICTIONARY_BYTES:
        raise ValueError(dictionary)
    rest, lc = divmod(settings, 9)
    pb, lp = divmod(rest, 5)
    filters = [{"id": lzma.FILTER_LZMA1, "dict_size": dictionary, "lc": lc, "lp": lp, "pb": pb}]
    coder = lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=filters)
    plain = coder.decompress(packed[_PROPERTIES_BYTES:], max_bytes + 1)
    if len(plain) > max_bytes:
        raise ValueError(len(plain))
    return plain


def _items(plain: bytes) -> Iterator[memoryview]:
    view = memoryview(plain)
    at = 0
    while at < len(view):
        (size,) = struct.unpack_from("<I", view, at)
        if size & _PACKED or at + 4 + size > len(view):
            raise ValueError(size)
        yield view[at + 4 : at + 4 + size]
        at += 4 + size
