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
_MAX_BYTES = 4 * 1024 * 1024 * 1024
# What zlib calls deflate without a head.
_RAW = -15


def carried_digests(data: bytes, *, compression: Compression) -> frozenset[bytes]:
    """Return the SHA-256 of everything that a setup.exe carries.

    Args:
        data: The whole file.
        compression: How it is packed.

    Raises:
        PackageError: It cannot be unpacked.
    """
    start, size = find_data(data)
    packed = data[start + HEAD_BYTES : start + size - _CRC_BYTES]
    try:
        plain = _unpacked(packed, compression)
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


def _unpacked(packed: bytes, compression: Compression) -> bytes:
    match compression:
        case "none":
            return packed
        case "lzma":
            return _unpack_lzma(packed)
        case "zlib":
            return _unpack_deflate(packed)
        case "bzip2":
            return unpack_bzip2(packed, _MAX_BYTES)


def _unpack_deflate(packed: bytes) -> bytes:
    coder = zlib.decompressobj(_RAW)
    plain = coder.decompress(packed, _MAX_BYTES)
    if not coder.eof or coder.unused_data:
        raise ValueError(len(plain))
    return plain


def _unpack_lzma(packed: bytes) -> bytes:
    settings, dictionary = struct.unpack_from("<BI", packed)
    rest, lc = divmod(settings, 9)
    pb, lp = divmod(rest, 5)
    filters = [{"id": lzma.FILTER_LZMA1, "dict_size": dictionary, "lc": lc, "lp": lp, "pb": pb}]
    coder = lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=filters)
    return coder.decompress(packed[_PROPERTIES_BYTES:], _MAX_BYTES)


def _items(plain: bytes) -> Iterator[memoryview]:
    view = memoryview(plain)
    at = 0
    while at < len(view):
        (size,) = struct.unpack_from("<I", view, at)
        if size & _PACKED or at + 4 + size > len(view):
            raise ValueError(size)
        yield view[at + 4 : at + 4 + size]
        at += 4 + size
