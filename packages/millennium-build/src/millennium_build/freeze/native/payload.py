"""Write and read the payload at the end of a native executable (``native/payload.h``)."""

from __future__ import annotations

import hashlib
import marshal
import struct
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import zstandard

from millennium_build.cache import Cache, key_of
from millennium_build.errors import ArtifactError

FROZEN, LIBPYTHON, CORE, INDEX = range(4)
_MAGIC = b"MILLPAY1"
_VERSION = 1
_TRAILER = struct.Struct("<8sQQ")
_HEADER = struct.Struct("<II")
_BLOB = struct.Struct("<QQQ")
_RECORD = struct.Struct("<IIII")
_PAGE = 4096
_LEVEL = 19
_WORTH_IT = 0.97


@dataclass(slots=True)
class PayloadWriter:
    """Collects blobs, each once, and joins them into a payload.

    The first four are fixed (`FROZEN`, `LIBPYTHON`, `CORE`, `INDEX`) and set last.
    """

    cache: Cache
    _blobs: list[tuple[bytes, int]] = field(default_factory=lambda: [(b"", 0)] * (INDEX + 1))
    _known: dict[bytes, int] = field(default_factory=dict)

    def add(self, data: bytes) -> int:
        """Take a blob and return its number; equal bytes have one number."""
        digest = hashlib.sha256(data).digest()
        if digest not in self._known:
            self._known[digest] = len(self._blobs)
            self._blobs.append((self._compress(data), len(data)))
        return self._known[digest]

    def put(self, number: int, data: bytes) -> None:
        """Set one of the fixed blobs."""
        self._blobs[number] = (self._compress(data), len(data))

    def stored_size(self, number: int) -> int:
        """Return how many bytes a blob takes in the file."""
        return len(self._blobs[number][0])

    def join(self, stub: bytes) -> bytes:
        """Return the whole executable."""
        start = _pad(stub)
        position = _HEADER.size + _BLOB.size * len(self._blobs)
        table, body = [_HEADER.pack(len(self._blobs), _VERSION)], []
        for stored, length in self._blobs:
            table.append(_BLOB.pack(position, len(stored), length))
            body.append(stored)
            position += len(stored)
        return b"".join((start, *table, *body, _TRAILER.pack(_MAGIC, len(start), position)))

    def _compress(self, data: bytes) -> bytes:
        def work() -> bytes:
            compressed = zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True).compress(data)
            return compressed if len(compressed) < len(data) * _WORTH_IT else data

        return self.cache.get_or_make(
            "zstd", key_of(zstandard.__version__, _LEVEL, "checksum", data), work
        )


def pack_modules(modules: dict[str, tuple[bytes, bool]]) -> bytes:
    """Join bytecode into the blob of frozen modules: name → (bytecode, is package)."""
    names = sorted(modules)
    texts = [name.encode() + b"\0" for name in names]
    text_at = 4 + _RECORD.size * len(names)
    code_at = text_at + sum(map(len, texts))
    records, body = [], bytearray()
    for name, text in zip(names, texts, strict=True):
        code, is_package = modules[name]
        body += bytes(-(code_at + len(body)) % 16)
        records.append(_RECORD.pack(text_at, code_at + len(body), len(code), is_package))
        body += code
        text_at += len(text)
    return b"".join((struct.pack("<I", len(names)), *records, *texts, bytes(body)))


def pack_index(index: dict[str, Any]) -> bytes:
    """Encode what the boot module reads.

    Version 2 of marshal marks no shared objects, so equal values give equal bytes.
    """
    return marshal.dumps(index, 2)


@dataclass(frozen=True, slots=True)
class PayloadReader:
    """The payload of an executable, read for a listing."""

    data: bytes
    start: int
    blobs: tuple[tuple[int, int, int], ...]

    @classmethod
    def open(cls, path: Path) -> PayloadReader:
        """Read an executable.

        Raises:
            ArtifactError: It has no payload, or a damaged one.
        """
        try:
            return cls._parse(path.read_bytes())
        except (OSError, struct.error, ValueError) as error:
            raise ArtifactError(f"{path.name} is not a native executable: {error}") from error

    @classmethod
    def _parse(cls, data: bytes) -> PayloadReader:
        magic, start, length = _TRAILER.unpack(data[-_TRAILER.size :])
        if magic != _MAGIC or start + length + _TRAILER.size > len(data):
            raise ValueError("it has no payload at its end")
        count, version = _HEADER.unpack_from(data, start)
        if version != _VERSION or count <= INDEX:
            raise ValueError("its payload is of another version")
        offsets = range(start + _HEADER.size, start + _HEADER.size + count * _BLOB.size, _BLOB.size)
        blobs = tuple(_BLOB.unpack_from(data, offset) for offset in offsets)
        if any(offset + stored > length for offset, stored, _ in blobs):
            raise ValueError("its table of blobs is damaged")
        return cls(data, start, blobs)

    def blob(self, number: int) -> bytes:
        """Return a blob, decompressed.

        Raises:
            ArtifactError: It is damaged, or there is none of this number.
        """
        try:
            offset, stored, length = self.blobs[number]
            raw = self.data[self.start + offset : self.start + offset + stored]
            if stored == length:
                return raw
            return zstandard.ZstdDecompressor().decompress(raw, max_output_size=length)
        except (IndexError, zstandard.ZstdError) as error:
            raise ArtifactError(f"blob {number} is damaged: {error}") from error

    def index(self) -> dict[str, Any]:
        """Return the index.

        Only for executables that this machine built: the decoder is not made for hostile bytes.
        """
        index: dict[str, Any] = marshal.loads(self.blob(INDEX))  # noqa: S302 - see above
        return index

    def module_names(self) -> dict[str, int]:
        """Return the frozen modules and the length of their bytecode."""
        raw = self.blob(FROZEN)
        (count,) = struct.unpack_from("<I", raw)
        names = {}
        for number in range(count):
            text, _, length, _ = _RECORD.unpack_from(raw, 4 + number * _RECORD.size)
            names[raw[text : raw.index(b"\0", text)].decode()] = length
        return names


def _pad(data: bytes) -> bytes:
    return data + bytes(-len(data) % _PAGE)
