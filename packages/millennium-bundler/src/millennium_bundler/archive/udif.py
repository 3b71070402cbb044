"""Apple's disk image (UDIF): a volume in compressed chunks, resources, a signature, and the trailer.

```text
chunks | property list: block table, licence | code signature (perhaps) | trailer "koly", 512 bytes
```
The volume is the whole image: without a partition map, as ``hdiutil create -layout NONE`` makes it.

Source: none of Apple's; the structures as `dmg2img`, `libdmg-hfsplus` and 7-Zip read and write them.
"""

from __future__ import annotations

import bz2
import hashlib
import lzma
import os
import plistlib
import struct
import zlib
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Literal
from xml.parsers.expat import ExpatError

from millennium_bundler.errors import PackageError

Compression = Literal["zlib", "bzip2", "lzma"]

SECTOR_BYTES = 512
_CHUNK_SECTORS = 512
# Room that a reader needs for one chunk, with some to spare: what hdiutil writes.
_BUFFER_SECTORS = _CHUNK_SECTORS + 8
_MAX_WORKERS = 8
_RAW, _ZERO, _END = 0x0000_0001, 0x0000_0002, 0xFFFF_FFFF
_ZLIB, _BZIP2, _LZMA = 0x8000_0005, 0x8000_0006, 0x8000_0008
_PACK: dict[Compression, tuple[int, Callable[[bytes], bytes]]] = {
    "zlib": (_ZLIB, lambda data: zlib.compress(data, 9)),
    "bzip2": (_BZIP2, lambda data: bz2.compress(data, 9)),
    "lzma": (_LZMA, lambda data: lzma.compress(data, check=lzma.CHECK_CRC32, preset=6)),
}
_TABLE = struct.Struct(">4sIQQQII24s")
_RUN = struct.Struct(">IIQQQQ")
_CHECKSUM = struct.Struct(">III124x")
_CRC32, _CRC32_BITS = 2, 32
_TRAILER_HEAD = struct.Struct(">4sIIIQQQQQII16s")
_TRAILER_PLACES = struct.Struct(">QQ64xQQ40x")
_TRAILER_TAIL = struct.Struct(">IQ12x")
TRAILER_BYTES = 512
_BLOCK_TABLE, _BLOCK_NAME = "blkx", "whole disk (Apple_HFS : 0)"
_PARTITION_LIST_BYTES = 1032
_OWN = frozenset({"blkx", "plst"})
_OWN_ATTRIBUTES, _ATTRIBUTES = "0x0050", "0x0000"
_PARTITION_LIST = "plst"
# A chunk is small; its dictionary need not be larger than that of xz -9.
_MAX_MEMORY_BYTES = 128 * 1024 * 1024
MAX_VOLUME_BYTES = 4 * 1024**3
"""For readers that do not know how large it should be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """A resource as classic Mac OS had them; licences are still made of these."""

    id: int
    data: bytes
    name: str = ""


Resources = Mapping[str, tuple[Resource, ...]]
"""Four-letter type → resources."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskImage:
    """What a disk image holds.

    Attributes:
        volume: The file system, uncompressed; whole sectors.
        resources: All but the block table.
    """

    volume: bytes
    resources: Resources = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trailer:
    """The last 512 bytes: where everything lies.

    Attributes:
        data_bytes: Length of the chunks, which begin the file.
        list_bytes: Length of the property list, which follows.
        signature_at: Where the code signature begins; 0 when there is none.
        signature_bytes: Its length.
        data_crc: CRC-32 of the chunks as they are.
        master_crc: CRC-32 of the checksums in the block tables.
        segment: Sixteen bytes that name the image.
        sectors: How many the volume has.
    """

    data_bytes: int
    list_bytes: int
    data_crc: int
    master_crc: int
    segment: bytes
    sectors: int
    signature_at: int = 0
    signature_bytes: int = 0

    def to_bytes(self) -> bytes:
        """Return the bytes on disk."""
        return (
            _TRAILER_HEAD.pack(
                *(b"koly", 4, TRAILER_BYTES, 1, 0, 0, self.data_bytes, 0, 0, 1, 1, self.segment)
            )
            + _CHECKSUM.pack(_CRC32, _CRC32_BITS, self.data_crc)
            + _TRAILER_PLACES.pack(
                self.data_bytes, self.list_bytes, self.signature_at, self.signature_bytes
            )
            + _CHECKSUM.pack(_CRC32, _CRC32_BITS, self.master_crc)
            + _TRAILER_TAIL.pack(1, self.sectors)
        )


def write_udif(image: DiskImage, *, compression: Compression = "zlib") -> bytes:
    """Return an unsigned disk image; the same image gives the same bytes.

    Raises:
        ValueError: The volume is not made of whole sectors.
    """
    volume = image.volume
    if len(volume) % SECTOR_BYTES:
        message = f"{len(volume)} bytes are not whole sectors"
        raise ValueError(message)
    body, runs = _chunks(volume, compression)
    volume_crc = zlib.crc32(volume)
    table = _block_table(volume, volume_crc, runs)
    listed = _property_list(image.resources, table)
    trailer = Trailer(
        data_bytes=len(body),
        list_bytes=len(listed),
        data_crc=zlib.crc32(body),
        master_crc=zlib.crc32(struct.pack(">I", volume_crc)),
        segment=hashlib.sha256(body).digest()[:16],
        sectors=len(volume) // SECTOR_BYTES,
    )
    return body + listed + trailer.to_bytes()


def read_udif(data: bytes, *, max_bytes: int = MAX_VOLUME_BYTES) -> DiskImage:
    """Read a disk image of ours and check every checksum.

    Args:
        data: The image.
        max_bytes: The most that its volume may have.

    Raises:
        PackageError: Not an image, damaged, larger, or of another kind than `write_udif` writes.
    """
    trailer = read_trailer(data)
    if trailer.sectors * SECTOR_BYTES > max_bytes:
        raise _corrupt(f"its volume is larger than the {max_bytes} bytes that it may have")
    start, end = trailer.data_bytes, trailer.data_bytes + trailer.list_bytes
    if zlib.crc32(data[:start]) != trailer.data_crc:
        raise _corrupt("the checksum of its chunks differs")
    try:
        resources = _resources(data[start:end])
        [table] = resources.pop(_BLOCK_TABLE)
        volume = _volume(data[:start], table.data, trailer)
    except (struct.error, ValueError, KeyError, TypeError, AttributeError, OverflowError) as exc:
        raise _corrupt("its property list is not well-formed") from exc
    except (zlib.error, lzma.LZMAError, EOFError, OSError) as exc:
        raise _corrupt("a chunk cannot be decompressed") from exc
    return DiskImage(
        volume=volume, resources={k: v for k, v in resources.items() if k != _PARTITION_LIST}
    )


def read_trailer(data: bytes) -> Trailer:
    """Read the trailer and check that the parts it names make up the file.

    Raises:
        PackageError: There is none, or a part of the file is not named.
    """
    raw = data[-TRAILER_BYTES:]
    if len(raw) != TRAILER_BYTES or raw[:4] != b"koly":
        raise _corrupt("it has no trailer")
    head = _TRAILER_HEAD.unpack_from(raw)
    at = _TRAILER_HEAD.size
    _, _, data_crc = _CHECKSUM.unpack_from(raw, at)
    at += _CHECKSUM.size
    _, list_bytes, signature_at, signature_bytes = _TRAILER_PLACES.unpack_from(raw, at)
    at += _TRAILER_PLACES.size
    _, _, master_crc = _CHECKSUM.unpack_from(raw, at)
    _, sectors = _TRAILER_TAIL.unpack_from(raw, at + _CHECKSUM.size)
    trailer = Trailer(
        data_bytes=head[6],
        list_bytes=list_bytes,
        signature_at=signature_at,
        signature_bytes=signature_bytes,
        data_crc=data_crc,
        master_crc=master_crc,
        segment=head[11],
        sectors=sectors,
    )
    end = trailer.data_bytes + trailer.list_bytes
    whole = end + signature_bytes + TRAILER_BYTES
    if trailer.to_bytes() != raw or len(data) != whole or signature_at not in {0, end}:
        raise _corrupt("its trailer names other parts than it has")
    return trailer


def with_signature(data: bytes, signature: bytes) -> bytes:
    """Return an image with its code signature put in, or put in anew.

    Raises:
        PackageError: Not an image.
    """
    trailer = read_trailer(data)
    end = trailer.data_bytes + trailer.list_bytes
    signed = replace(trailer, signature_at=end, signature_bytes=len(signature))
    return data[:end] + signature + signed.to_bytes()


def _chunks(volume: bytes, compression: Compression) -> tuple[bytes, list[bytes]]:
    kind, pack = _PACK[compression]
    step = _CHUNK_SECTORS * SECTOR_BYTES
    pieces = [volume[at : at + step] for at in range(0, len(volume), step)]
    # The compressors let go of the interpreter's lock.
    with ThreadPoolExecutor(min(os.cpu_count() or 1, _MAX_WORKERS)) as pool:
        packed = list(pool.map(lambda piece: pack(piece) if piece.strip(b"\0") else b"", pieces))
    body = bytearray()
    runs: list[bytes] = []
    for index, (piece, small) in enumerate(zip(pieces, packed, strict=True)):
        choice, stored = (kind, small) if len(small) < len(piece) else (_RAW, piece)
        choice = choice if small else _ZERO
        sectors = len(piece) // SECTOR_BYTES
        runs.append(_RUN.pack(choice, 0, index * _CHUNK_SECTORS, sectors, len(body), len(stored)))
        body += stored
    runs.append(_RUN.pack(_END, 0, len(volume) // SECTOR_BYTES, 0, len(body), 0))
    return bytes(body), runs


def _block_table(volume: bytes, crc: int, runs: list[bytes]) -> bytes:
    head = _TABLE.pack(*(b"mish", 1, 0, len(volume) // SECTOR_BYTES, 0, _BUFFER_SECTORS, 0, b""))
    checksum = _CHECKSUM.pack(_CRC32, _CRC32_BITS, crc)
    return head + checksum + struct.pack(">I", len(runs)) + b"".join(runs)


def _property_list(resources: Resources, table: bytes) -> bytes:
    block = Resource(id=0, data=table, name=_BLOCK_NAME)
    partitions = Resource(id=0, data=bytes(_PARTITION_LIST_BYTES))
    fork = {
        kind: [
            {
                "Attributes": _OWN_ATTRIBUTES if kind in _OWN else _ATTRIBUTES,
                "Data": item.data,
                "ID": str(item.id),
                "Name": item.name,
                **({"CFName": item.name} if kind == _BLOCK_TABLE else {}),
            }
            for item in items
        ]
        for kind, items in {
            **resources,
            _BLOCK_TABLE: (block,),
            _PARTITION_LIST: (partitions,),
        }.items()
    }
    return plistlib.dumps({"resource-fork": fork}, sort_keys=True)


def _resources(data: bytes) -> dict[str, tuple[Resource, ...]]:
    try:
        fork = plistlib.loads(data, fmt=plistlib.FMT_XML)["resource-fork"]
    except (ExpatError, LookupError) as exc:  # an end without a beginning, an unknown coding
        raise ValueError("not a property list in XML") from exc
    return {
        kind: tuple(
            Resource(id=int(item["ID"]), data=item["Data"], name=item["Name"]) for item in items
        )
        for kind, items in fork.items()
    }


def _volume(body: bytes, table: bytes, trailer: Trailer) -> bytes:
    magic, version, first, sectors, start, _, zero, _ = _TABLE.unpack_from(table)
    _, _, crc = _CHECKSUM.unpack_from(table, _TABLE.size)
    runs_at = _TABLE.size + _CHECKSUM.size + 4
    (count,) = struct.unpack_from(">I", table, runs_at - 4)
    if (magic, version, first, start, zero) != (b"mish", 1, 0, 0, 0) or sectors != trailer.sectors:
        raise _corrupt("its block table differs")
    if len(table) != runs_at + count * _RUN.size or not count:
        raise _corrupt("its block table counts other chunks than it has")
    volume = bytearray()
    at = 0
    for index in range(count - 1):
        kind, zero, sector, length, offset, size = _RUN.unpack_from(
            table, runs_at + index * _RUN.size
        )
        if (
            zero
            or sector * SECTOR_BYTES != len(volume)
            or offset != at
            or sector + length > sectors
        ):
            raise _corrupt("its chunks do not follow each other")
        volume += _unpacked(kind, body[offset : offset + size], length)
        at += size
    last = _RUN.unpack_from(table, runs_at + (count - 1) * _RUN.size)
    if last != (_END, 0, sectors, 0, at, 0) or at != len(body):
        raise _corrupt("its chunks do not end where they should")
    master = zlib.crc32(struct.pack(">I", crc))
    if (zlib.crc32(volume), len(volume)) != (crc, sectors * SECTOR_BYTES):
        raise _corrupt("the checksum of its volume differs")
    if master != trailer.master_crc:
        raise _corrupt("its master checksum differs")
    return bytes(volume)


def _unpacked(kind: int, data: bytes, sectors: int) -> bytes:
    size = sectors * SECTOR_BYTES
    if sectors > _CHUNK_SECTORS:
        raise _corrupt("a chunk is too large")
    match kind:
        case 1:
            found = data
        case 2:
            found = bytes(size)
        case 0x8000_0005:
            found = zlib.decompressobj().decompress(data, size + 1)
        case 0x8000_0006:
            found = bz2.BZ2Decompressor().decompress(data, size + 1)
        case 0x8000_0008:
            found = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_MAX_MEMORY_BYTES).decompress(
                data, size + 1
            )
        case _:
            raise _corrupt("a chunk is compressed in an unknown way")
    if len(found) != size:
        raise _corrupt("a chunk has another size than it says")
    return found


def _corrupt(what: str) -> PackageError:
    return PackageError(f"the disk image is corrupt: {what}", code="package.corrupt")
