"""Disk images: written, read back, read by other tools, refused when a byte was touched."""

from __future__ import annotations

import plistlib
import shutil
import subprocess
import zlib
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from millennium_bundler.archive.udif import (
    Compression,
    DiskImage,
    Resource,
    read_trailer,
    read_udif,
    with_signature,
    write_udif,
)
from millennium_bundler.errors import PackageError

# A chunk that packs, one of zeros, one that does not pack, and a short one.
CHUNK = 512 * 512
VOLUME = (
    b"text" * (CHUNK // 4)
    + bytes(CHUNK)
    + b"".join(sha256(bytes([n & 255, n >> 8])).digest() for n in range(CHUNK // 32))
    + b"x" * 1024
)
IMAGE = DiskImage(
    volume=VOLUME, resources={"LPic": (Resource(id=5000, data=b"\0\1", name="a name"),)}
)


@pytest.mark.parametrize("compression", ["zlib", "bzip2", "lzma"])
def test_what_was_written_is_read(compression: Compression):
    found = read_udif(write_udif(IMAGE, compression=compression))
    assert found == IMAGE


def test_the_same_image_gives_the_same_bytes():
    assert write_udif(IMAGE) == write_udif(IMAGE)


def test_zeros_take_no_room():
    assert len(write_udif(DiskImage(volume=bytes(100 * CHUNK)))) < 20_000


def test_an_image_of_half_a_sector_is_refused():
    with pytest.raises(ValueError, match="not whole sectors"):
        write_udif(DiskImage(volume=b"x"))


def test_a_signature_is_put_in_and_replaced():
    data = write_udif(IMAGE)
    once = with_signature(data, b"signature")
    assert read_udif(once) == IMAGE
    assert b"signature" in once
    assert with_signature(once, b"other") == with_signature(data, b"other")


def test_the_trailer_says_where_the_signature_is():
    data = with_signature(write_udif(IMAGE), b"signature")
    trailer = read_trailer(data)
    assert data[trailer.signature_at :][: trailer.signature_bytes] == b"signature"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda d: d[:100], "no trailer"),
        (lambda d: b"", "no trailer"),
        (lambda d: d[:-512] + b"x" + d[-512:], "other parts"),
        (lambda d: d[:-300] + b"x" + d[-299:], "other parts"),
        (lambda d: b"?" + d[1:], "checksum of its chunks"),
        (lambda d: d.replace(b"resource-fork", b"resource-spoon"[:13]), "not well-formed"),
        (lambda d: d.replace(b"<plist", b"<plast", 1), "not well-formed"),
        (lambda d: d.replace(b"<key>blkx", b"<key>blky", 1), "not well-formed"),
        (lambda d: d.replace(b'"UTF-8"', b'"UTX-8"', 1), "not well-formed"),
        (lambda d: d.replace(b"<dict>", b"<dxct>", 1), "not well-formed"),
    ],
    ids=[
        *("cut", "empty", "longer", "trailer", "chunk", "no fork", "no list", "no table"),
        *("no letters", "no beginning"),
    ],
)
def test_a_touched_image_is_refused(change: Callable[[bytes], bytes], words: str):
    with pytest.raises(PackageError, match=words):
        read_udif(change(write_udif(IMAGE)))


def forged(change: Callable[[bytearray], None], *, body: bytes | None = None) -> bytes:
    """An image whose block table lies, with all outer checksums made right again."""
    data = write_udif(IMAGE)
    trailer = read_trailer(data)
    chunks = data[: trailer.data_bytes] if body is None else body
    listed = plistlib.loads(data[trailer.data_bytes :][: trailer.list_bytes])
    table = bytearray(listed["resource-fork"]["blkx"][0]["Data"])
    change(table)
    listed["resource-fork"]["blkx"][0]["Data"] = bytes(table)
    new = plistlib.dumps(listed)
    end = replace(trailer, data_bytes=len(chunks), list_bytes=len(new), data_crc=zlib.crc32(chunks))
    return chunks + new + end.to_bytes()


def put(at: int, value: bytes) -> Callable[[bytearray], None]:
    def change(table: bytearray) -> None:
        table[at : at + len(value)] = value

    return change


# The table's head is 64 bytes, its checksum 136, its count 4; then runs of 40 bytes each.
RUNS = 204


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (put(0, b"mash"), "block table differs"),
        (put(16, b"\xff"), "block table differs"),
        (put(RUNS - 1, b"\x04"), "counts other chunks"),
        (put(RUNS, b"\x80\0\0\x09"), "unknown way"),
        (put(RUNS, b"\x80\0\0\x06"), "cannot be decompressed"),
        (put(RUNS, b"\x80\0\0\x08"), "cannot be decompressed"),
        (put(RUNS, b"\0\0\0\1"), "another size"),
        (put(RUNS + 4, b"\1"), "do not follow"),
        (put(RUNS + 15, b"\1"), "do not follow"),
        (put(RUNS + 22, b"\x04"), "too large"),
        (put(RUNS + 22, b"\x01"), "another size"),
        (put(RUNS + 40 * 4 + 31, b"\1"), "do not end"),
        (put(75, b"\0"), "checksum of its volume"),
    ],
    ids=[
        *("magic", "sectors", "count", "unknown", "not bzip2", "not lzma", "raw"),
        *("reserved", "sector", "huge", "short", "end", "checksum"),
    ],
)
def test_a_block_table_that_lies_is_refused(change: Callable[[bytearray], None], words: str):
    with pytest.raises(PackageError, match=words):
        read_udif(forged(change))


def test_the_forging_itself_changes_nothing():
    assert read_udif(forged(lambda table: None)) == IMAGE


def test_another_master_checksum_is_refused():
    data = write_udif(IMAGE)
    trailer = read_trailer(data)
    end = replace(trailer, master_crc=trailer.master_crc ^ 1)
    with pytest.raises(PackageError, match="master"):
        read_udif(data[:-512] + end.to_bytes())


@pytest.mark.skipif(not shutil.which("dmg2img"), reason="needs dmg2img")
@pytest.mark.parametrize("compression", ["zlib", "bzip2"])
def test_dmg2img_unpacks_the_same_volume(tmp_path: Path, compression: Compression):
    image, volume = tmp_path / "a.dmg", tmp_path / "a.img"
    image.write_bytes(write_udif(IMAGE, compression=compression))
    subprocess.run(["dmg2img", image, volume], capture_output=True, check=True)
    assert volume.read_bytes() == VOLUME
