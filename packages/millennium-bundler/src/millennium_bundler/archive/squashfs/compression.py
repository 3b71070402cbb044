"""How the blocks of an image are compressed, each on its own."""

from __future__ import annotations

import lzma
import os
import threading
import zlib
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal

import zstandard

CompressionName = Literal["gzip", "xz", "zstd"]

# https://docs.kernel.org/filesystems/squashfs.html, field `compression`
NUMBERS: dict[CompressionName, int] = {"gzip": 1, "xz": 4, "zstd": 6}
_LEVELS: dict[CompressionName, int] = {"gzip": 9, "xz": 6, "zstd": 19}
_MAX_WORKERS = 8
# A dictionary is no larger than a block, which has 1 MiB at most; the data says how large it is.
_MAX_MEMORY_BYTES = 16 * 1024 * 1024

Compress = Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """A block as it is stored: compressed, unless that did not make it smaller."""

    data: bytes
    is_stored: bool


def pack_all(blocks: Iterable[bytes], *, name: CompressionName, block_bytes: int) -> list[Packed]:
    """Compress blocks on all processors; the order and the bytes do not depend on how many.

    Args:
        blocks: At most `block_bytes` long each.
        name: The kind of compression.
        block_bytes: Size of a whole block: the kernel allows no larger window.
    """
    compress = _by_thread(name, block_bytes)
    with ThreadPoolExecutor(min(os.cpu_count() or 1, _MAX_WORKERS)) as pool:
        return list(pool.map(lambda block: pack(block, compress), blocks))


def pack(block: bytes, compress: Compress) -> Packed:
    """Compress one block."""
    small = compress(block)
    is_stored = len(small) >= len(block)
    return Packed(data=block if is_stored else small, is_stored=is_stored)


def compressor(name: CompressionName, block_bytes: int) -> Compress:
    """Return the function that compresses a block; not for two threads at once."""
    level = _LEVELS[name]
    if name == "gzip":
        return lambda block: zlib.compress(block, level)
    if name == "xz":
        filters = [{"id": lzma.FILTER_LZMA2, "preset": level, "dict_size": block_bytes}]
        form, check = lzma.FORMAT_XZ, lzma.CHECK_CRC32  # what the kernel's decoder reads
        return lambda block: lzma.compress(block, format=form, check=check, filters=filters)
    # With a checksum a damaged block is an input error for whoever reads it, never wrong data.
    return zstandard.ZstdCompressor(level=level, write_checksum=True).compress


def decompressor(number: int) -> Callable[[bytes, int], bytes]:
    """Return the function that unpacks a block into at most as many bytes as it is given.

    It raises ValueError when the block is damaged or larger.

    Raises:
        ValueError: The number names no compression that is read here.
    """
    names = {value: name for name, value in NUMBERS.items()}
    if number not in names:
        message = f"compression {number} is not known"
        raise ValueError(message)
    unpack = {"gzip": _unpack_gzip, "xz": _unpack_xz, "zstd": _unpack_zstd}[names[number]]

    def checked(block: bytes, limit: int) -> bytes:
        try:
            data = unpack(block, limit)
        except (zlib.error, lzma.LZMAError, zstandard.ZstdError) as exc:
            message = "a block cannot be decompressed"
            raise ValueError(message) from exc
        if len(data) > limit:
            message = "a block is larger than it may be"
            raise ValueError(message)
        return data

    return checked


def _by_thread(name: CompressionName, block_bytes: int) -> Compress:
    own = threading.local()

    def compress(block: bytes) -> bytes:
        if not hasattr(own, "compress"):
            own.compress = compressor(name, block_bytes)
        packed: bytes = own.compress(block)
        return packed

    return compress


def _unpack_gzip(block: bytes, limit: int) -> bytes:
    engine = zlib.decompressobj()
    data = engine.decompress(block, limit + 1)
    if len(data) <= limit and not engine.eof:
        raise zlib.error
    return data


def _unpack_xz(block: bytes, limit: int) -> bytes:
    engine = lzma.LZMADecompressor(format=lzma.FORMAT_XZ, memlimit=_MAX_MEMORY_BYTES)
    data = engine.decompress(block, limit + 1)
    if len(data) <= limit and not engine.eof:
        raise lzma.LZMAError
    return data


def _unpack_zstd(block: bytes, limit: int) -> bytes:
    size = zstandard.frame_content_size(block)
    if size > limit:
        return bytes(limit + 1)  # refused by its length
    return zstandard.ZstdDecompressor().decompress(
        block, max_output_size=limit, allow_extra_data=False
    )
