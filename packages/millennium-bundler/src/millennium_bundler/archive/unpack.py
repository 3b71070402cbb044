"""Decompression that ends: a few bytes can stand for gigabytes, so the reader says how many it takes.

1. No more than the given number of bytes comes out, nor lies in memory on the way there.
2. A dictionary (xz) or window (zstd) of more than 128 MiB is refused: the data names its size.
3. The data is one whole stream with nothing behind it.
"""

from __future__ import annotations

import lzma
import zlib
from typing import Literal

import zstandard

from millennium_bundler.errors import PackageError

MAX_BYTES = 1024 * 1024 * 1024
"""For callers that do not know how much there should be."""

# xz -9 has a dictionary of 64 MiB, and takes a little more. zstd has this limit by itself.
_MAX_MEMORY_BYTES = 128 * 1024 * 1024

Form = Literal["gzip", "xz", "zstd"]


def unpack(data: bytes, form: Form, *, max_bytes: int = MAX_BYTES, what: str = "it") -> bytes:
    """Return what compressed data holds.

    Args:
        data: One stream.
        form: How it is compressed.
        max_bytes: The most that may come out.
        what: Its name, for the error.

    Raises:
        PackageError: A rule of this module is broken.
    """
    try:
        found, is_whole = _FORMS[form](data, max_bytes)
    except _TooMuchError:
        raise _corrupt(f"{what} holds more than the {max_bytes} bytes that it may") from None  # (1)
    except (lzma.LZMAError, zlib.error, zstandard.ZstdError, EOFError) as exc:
        raise _corrupt(f"{what} cannot be decompressed") from exc
    if not is_whole:  # (3)
        raise _corrupt(f"{what} cannot be decompressed: it is cut short, or has more behind it")
    return found


class _TooMuchError(Exception):
    """More would come out than may."""


def _xz(data: bytes, max_bytes: int) -> tuple[bytes, bool]:
    engine = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_MAX_MEMORY_BYTES)  # (2)
    found = _limited(engine.decompress(data, max_bytes + 1), max_bytes)
    return found, engine.eof and not engine.unused_data


def _gzip(data: bytes, max_bytes: int) -> tuple[bytes, bool]:
    engine = zlib.decompressobj(zlib.MAX_WBITS | 16)
    found = _limited(engine.decompress(data, max_bytes + 1), max_bytes)
    return found, engine.eof and not engine.unused_data


def _zstd(data: bytes, max_bytes: int) -> tuple[bytes, bool]:
    # zstd makes room for what the frame says to hold, whatever limit it is given; one that does not say
    # counts as the largest number there is. Of an empty frame it does not see what lies behind.
    size = zstandard.get_frame_parameters(data).content_size
    if size > max_bytes:
        raise _TooMuchError
    found = zstandard.ZstdDecompressor().decompress(
        data, max_output_size=max_bytes, allow_extra_data=False
    )
    return found, 0 < len(found) == size


def _limited(found: bytes, max_bytes: int) -> bytes:
    if len(found) > max_bytes:
        raise _TooMuchError
    return found


_FORMS = {"gzip": _gzip, "xz": _xz, "zstd": _zstd}


def _corrupt(what: str) -> PackageError:
    return PackageError(f"the package is corrupt: {what}", code="package.corrupt")
