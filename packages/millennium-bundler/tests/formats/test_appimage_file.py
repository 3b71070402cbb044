"""The file around an image: sections filled, digests that notice every change."""

from __future__ import annotations

import hashlib
import struct
import tracemalloc

import pytest

from millennium_bundler.archive.squashfs.write import write_squashfs
from millennium_bundler.errors import FormatError, PackageError
from millennium_bundler.formats.appimage_file import (
    digest_table,
    read_appimage,
    sign_appimage,
    write_appimage,
)
from millennium_bundler.tree import Tree

SIZES = {
    ".upd_info": 1024,
    ".sha256_sig": 1024,
    ".sig_key": 8192,
    ".digest_md5": 16,
    ".digest_sha256": 32,
}
ZSYNC = "zsync|https://example.org/hello.AppImage.zsync"


def runtime(*, without: str = "") -> bytes:
    """An ELF file that has the sections of a runtime and nothing else."""
    names = [name for name in SIZES if name != without]
    strings = b"\0" + b"".join(name.encode() + b"\0" for name in (*names, ".shstrtab"))
    at, rows, body = 64, [bytes(64)], b""
    for name in names:
        rows.append(_row(strings.index(name.encode()), 1, at, SIZES[name]))
        body += bytes(SIZES[name])
        at += SIZES[name]
    rows.append(_row(strings.index(b".shstrtab"), 3, at, len(strings)))
    rows.append(_row(0, 8, 1 << 40, 1 << 40))  # of the kind that takes no room in the file
    body += strings
    head = b"\x7fELF\x02\x01\x01\x00AI\x02".ljust(16, b"\0")
    table = 64 + len(body)
    numbers = (2, 62, 1, 0, 0, table, 0, 64, 0, 0, 64, len(rows), len(rows) - 2)
    return struct.pack("<16s2HI3QI6H", head, *numbers) + body + b"".join(rows)


def _row(name: int, kind: int, offset: int, size: int) -> bytes:
    return struct.pack("<2I4Q2I2Q", name, kind, 2, 0, offset, size, 0, 0, 1, 0)


@pytest.fixture
def image() -> bytes:
    tree = Tree(date=1)
    tree.file("AppRun", b"#!/bin/sh\n", mode=0o755)
    return write_squashfs(tree)


@pytest.fixture
def file(image: bytes) -> bytes:
    return write_appimage(runtime(), image, update_information=ZSYNC)


def test_an_appimage_is_read_back(file: bytes, image: bytes):
    found = read_appimage(file)
    assert (found.runtime, found.image) == (runtime(), image)
    assert found.update_information == ZSYNC
    assert (found.signature, found.key) == (b"", b"")


def test_every_changed_byte_is_noticed(file: bytes):
    places = [*range(16), *range(64, len(file), 61)]
    assert [place for place in places if _is_read(file, place)] == []


def _is_read(file: bytes, place: int) -> bool:
    changed = bytearray(file)
    changed[place] ^= 0x10
    try:
        found = read_appimage(bytes(changed))
    except PackageError:
        return False
    # Nothing checks what is outside of the digest: a signature that is not there, and padding.
    return found.signature == b"" and found.key == b"" and found.image == read_appimage(file).image


def test_a_signature_and_its_key_are_carried_and_change_no_digest(file: bytes):
    signed = sign_appimage(file, signature=b"-----SIGNATURE", key=b"-----KEY")
    found = read_appimage(signed)
    assert (found.signature, found.key) == (b"-----SIGNATURE", b"-----KEY")
    assert found.digest == read_appimage(file).digest
    assert len(signed) == len(file)


def test_a_signature_that_does_not_fit_is_refused(file: bytes):
    assert sign_appimage(file, signature=bytes(1024), key=bytes(8192))
    with pytest.raises(FormatError) as caught:
        sign_appimage(file, signature=bytes(1025), key=b"")
    assert caught.value.code == "appimage.too_long"


@pytest.mark.parametrize("size", [0, 10, 63, 700])
def test_what_is_cut_off_is_refused(file: bytes, size: int):
    with pytest.raises(PackageError) as caught:
        read_appimage(file[:size])
    assert caught.value.code == "package.corrupt"


@pytest.mark.parametrize("name", SIZES)
def test_a_runtime_that_lacks_a_section_is_refused(image: bytes, name: str):
    with pytest.raises(PackageError, match="lacks a section"):
        write_appimage(runtime(without=name), image)


def test_a_program_that_is_no_appimage_is_refused(file: bytes):
    with pytest.raises(PackageError, match="does not begin like one"):
        read_appimage(file[:8] + b"\0\0\0" + file[11:])


def test_a_table_that_was_exchanged_is_refused(file: bytes):
    with pytest.raises(PackageError, match="SHA-256 of its image"):
        read_appimage(file[:-32] + bytes(32))


def test_each_chunk_has_a_digest():
    tree = Tree(date=1)
    tree.file("noise", hashlib.shake_128(b"").digest(300_000))
    image = write_squashfs(tree)
    assert digest_table(image)[:32] == hashlib.sha256(image[: 128 * 1024]).digest()
    assert len(digest_table(image)) == 3 * 32


def test_an_image_that_was_exchanged_is_refused(file: bytes, image: bytes):
    other = Tree(date=1)
    other.file("AppRun", b"#!/bin/sh\nexit 1\n", mode=0o755)
    with pytest.raises(PackageError, match="SHA-256 of its image"):
        read_appimage(file[: len(runtime())] + write_squashfs(other) + file[-32:])


def with_section(file: bytes, section: str, **changes: int) -> bytes:
    """The file with a section that lies about its kind, place or size."""
    table = struct.unpack_from("<Q", file, 40)[0]
    at = table + 64 * (1 + list(SIZES).index(section))
    words = list(struct.unpack_from("<2I4Q2I2Q", file, at))
    places = {"name": 0, "kind": 1, "offset": 4, "size": 5}
    for word, value in changes.items():
        words[places[word]] = value
    return file[:at] + struct.pack("<2I4Q2I2Q", *words) + file[at + 64 :]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"kind": 8, "size": 1 << 60}, "lies outside"),
        ({"kind": 8, "offset": 1 << 60}, "lies outside"),
        ({"offset": 1 << 60}, "lacks a section"),
        ({"size": 1 << 63}, "lacks a section"),
        ({"name": (1 << 32) - 1}, "cannot be read"),
    ],
    ids=["no-room", "no-place", "far", "large", "name"],
)
def test_a_section_that_lies_is_refused(file: bytes, changes: dict[str, int], words: str):
    read_appimage(with_section(file, ".sig_key"))  # the control
    with pytest.raises(PackageError, match=words):
        read_appimage(with_section(file, ".sig_key", **changes))


def test_names_that_lie_beyond_all_numbers_are_refused(file: bytes):
    """The section of the names itself: its place and a name make more than a machine can count."""
    table = struct.unpack_from("<Q", file, 40)[0]
    at = table + 64 * (1 + len(SIZES)) + 24
    with pytest.raises(PackageError, match="cannot be read"):
        read_appimage(file[:at] + b"\xff" * 8 + file[at + 8 :])


def test_a_section_with_a_name_of_the_whole_file_is_refused():
    names = b"a" * 100_000 + b"\0"
    table = 64 + len(names)
    rows = b"".join(_row(at, 1, 64, len(names)) for at in range(1000))
    head = b"\x7fELF\x02\x01\x01\x00AI\x02".ljust(16, b"\0")
    numbers = (2, 62, 1, 0, 0, table, 0, 64, 0, 0, 64, 1000, 0)
    data = struct.pack("<16s2HI3QI6H", head, *numbers) + names + rows
    tracemalloc.start()
    with pytest.raises(PackageError, match="sections"):
        read_appimage(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 * 1024 * 1024
