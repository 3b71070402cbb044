"""The strict reader: an image that is not as the writer makes it is refused, whatever is wrong."""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from millennium_bundler.archive.squashfs import compression, write
from millennium_bundler.archive.squashfs.layout import SUPERBLOCK
from millennium_bundler.archive.squashfs.read import read_squashfs, unpadded
from millennium_bundler.archive.squashfs.write import SquashfsOptions, write_squashfs
from millennium_bundler.errors import PackageError
from millennium_bundler.tree import Link, Tree

DATE = 1_735_689_600
MAGIC, COUNT, BLOCK, FRAGMENTS, KIND, LOG = 0, 1, 3, 4, 5, 6
IDS, MAJOR, ROOT, USED, ID_TABLE, INODES, LISTS = 8, 9, 11, 12, 13, 15, 16


def tree() -> Tree:
    made = Tree(date=DATE)
    made.file("usr/bin/app", bytes(range(256)) * 40, mode=0o755)
    made.file("usr/share/text", b"some text")
    made.add(Link(path="AppRun", target="usr/bin/app"))
    return made


@pytest.fixture
def stored(monkeypatch: pytest.MonkeyPatch) -> bytes:
    """An image in which nothing is compressed, so that a test can change what it says."""
    monkeypatch.setattr(compression, "compressor", lambda _name, _size: bytes)
    monkeypatch.setattr(write, "compressor", lambda _name, _size: bytes)
    return write_squashfs(tree(), SquashfsOptions(block_bytes=4096))


def changed(image: bytes, field: int, value: int) -> bytes:
    fields = list(SUPERBLOCK.unpack_from(image))
    fields[field] = value
    return SUPERBLOCK.pack(*fields) + image[SUPERBLOCK.size :]


def outcome(image: bytes) -> str:
    try:
        read_squashfs(image)
    except PackageError as error:
        return error.code
    return "read"


def refuse(image: bytes) -> str:
    with pytest.raises(PackageError) as caught:
        read_squashfs(image)
    assert caught.value.code == "squashfs.malformed"
    return caught.value.message


def test_the_image_itself_is_read(stored: bytes):
    assert list(read_squashfs(stored)) == list(tree())


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (MAGIC, 0),
        (COUNT, 3),
        (COUNT, 99),
        (BLOCK, 8192),
        (FRAGMENTS, 0),
        (FRAGMENTS, 1 << 31),
        (KIND, 99),
        (KIND, 5),
        (LOG, 13),
        (IDS, 2),
        (IDS, 0),
        (MAJOR, 3),
        (ROOT, 1),
        (ROOT, 1 << 40),
        (USED, 1 << 40),
        (USED, 100),
        (ID_TABLE, 1),
        (INODES, 90),
        (LISTS, 1 << 50),
    ],
    ids=str,
)
def test_a_wrong_superblock_is_refused(stored: bytes, field: int, value: int):
    refuse(changed(stored, field, value))


def test_what_is_too_short_is_refused(stored: bytes):
    refuse(stored[:50])
    with pytest.raises(PackageError):
        unpadded(stored[:50])


def test_something_behind_the_image_is_refused(stored: bytes):
    refuse(stored + b"more")


def test_padding_is_not_part_of_the_image(stored: bytes):
    assert unpadded(stored) == stored[: SUPERBLOCK.unpack_from(stored)[USED]]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"AppRun", b"App/un"),
        (b"AppRun", b"App\0un"),
        (b"share", b"azure"),
        (b"text", b"\xff\xff\xff\xff"),
        (struct.pack("<HHHHI", 2, 0o755, 0, 0, DATE), struct.pack("<HHHHI", 2, 0o755, 1, 0, DATE)),
        (struct.pack("<HHHHI", 2, 0o755, 0, 0, DATE), struct.pack("<HHHHI", 2, 0o755, 0, 0, 5)),
        (struct.pack("<HHHHI", 2, 0o755, 0, 0, DATE), struct.pack("<HHHHI", 2, 0o4755, 0, 0, DATE)),
        (struct.pack("<HHHHI", 2, 0o755, 0, 0, DATE), struct.pack("<HHHHI", 7, 0o755, 0, 0, DATE)),
        (struct.pack("<HHHHI", 2, 0o755, 0, 0, DATE), struct.pack("<HHHHI", 3, 0o755, 0, 0, DATE)),
        (struct.pack("<II", 1, 11) + b"usr", struct.pack("<II", 1, 0) + b"usr"),
        (struct.pack("<II", 1, 11) + b"usr", struct.pack("<II", 1, 9999) + b"usr"),
    ],
    ids=[
        *("slash", "null", "order", "not-utf8", "owner", "date", "set-uid", "device", "other-type"),
        *("empty-link", "long-link"),
    ],
)
def test_a_wrong_entry_is_refused(stored: bytes, old: bytes, new: bytes):
    assert stored.count(old)
    refuse(stored.replace(old, new))


@pytest.mark.parametrize("name", [b"..", b"."], ids=["parent", "itself"])
def test_a_name_that_climbs_is_refused(monkeypatch: pytest.MonkeyPatch, name: bytes):
    made = Tree(date=DATE)
    made.file("a" * len(name), b"")
    image = write_squashfs(made)
    assert list(read_squashfs(image)) == list(made)
    monkeypatch.setattr(write, "_name", lambda _entry: name)
    refuse(write_squashfs(made))


def test_the_same_inode_in_two_places_is_refused(stored: bytes):
    number = struct.pack("<I", DATE) + struct.pack("<I", 5)
    assert stored.count(number) == 1
    refuse(stored.replace(number, struct.pack("<I", DATE) + struct.pack("<I", 4)))


def test_a_block_of_another_length_is_refused(stored: bytes):
    size = struct.pack("<I", 4096 | 1 << 24)
    assert size in stored
    refuse(stored.replace(size, struct.pack("<I", 4095 | 1 << 24), 1))


def test_a_block_outside_the_image_is_refused(stored: bytes):
    refuse(stored.replace(struct.pack("<I", 4096 | 1 << 24), struct.pack("<I", 4096 | 1 << 25), 1))


def test_a_fragment_that_is_too_short_is_refused(stored: bytes):
    offset = struct.pack("<IIII", 0, 0, 2048, 9)
    assert offset in stored
    refuse(stored.replace(offset, struct.pack("<IIII", 0, 0, 4090, 9)))


def test_files_that_are_too_large_together_are_refused(stored: bytes):
    with pytest.raises(PackageError, match="too large"):
        read_squashfs(stored, max_bytes=10_248)
    assert list(read_squashfs(stored, max_bytes=10_249)) == list(tree())


@pytest.fixture
def by_mksquashfs(tmp_path: Path) -> Callable[..., bytes]:
    """Makes an image of a folder with squashfs-tools, with our owner and date."""

    def make(*options: str) -> bytes:
        times = ("-mkfs-time", str(DATE), "-all-time", str(DATE))
        words = ("-all-root", "-no-xattrs", "-no-exports", "-quiet", "-no-progress", *times)
        folder, image = tmp_path / "tree", tmp_path / "image"
        command = ["mksquashfs", str(folder), str(image), "-noappend", *words, *options]
        environment = {"PATH": os.environ["PATH"]}
        subprocess.run(command, check=True, capture_output=True, env=environment)
        return image.read_bytes()

    return make


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    if shutil.which("mksquashfs") is None:
        pytest.skip("needs squashfs-tools")
    made = tmp_path / "tree"
    made.mkdir()
    made.joinpath("sparse").write_bytes(bytes(3 * 4096) + b"end" * 100)
    made.joinpath("text").write_bytes(b"some text")
    made.joinpath("link").symlink_to("text")
    for path in (made / "sparse", made / "text"):
        path.chmod(0o644)
    made.chmod(0o755)
    return made


@pytest.mark.parametrize("options", [(), ("-no-fragments",), ("-noI", "-noD", "-noF")], ids=str)
def test_images_of_mksquashfs_are_read(
    folder: Path, by_mksquashfs: Callable[..., bytes], options: tuple[str, ...]
):
    found = read_squashfs(by_mksquashfs("-b", "4096", *options))
    assert [entry.path for entry in found] == ["link", "sparse", "text"]
    assert [file.data for file in found.files()] == [
        (folder / name).read_bytes() for name in ("sparse", "text")
    ]


def test_an_empty_folder_is_refused(folder: Path, by_mksquashfs: Callable[..., bytes]):
    (folder / "empty").mkdir()
    assert "is empty" in refuse(by_mksquashfs())


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4095), st.integers(0, 255)), min_size=1, max_size=4))
def test_a_damaged_image_is_refused_or_read_but_never_fails(changes: list[tuple[int, int]]):
    image = bytearray(write_squashfs(tree(), SquashfsOptions(block_bytes=4096)))
    for place, value in changes:
        image[place] = value
    assert outcome(bytes(image)) in {"read", "squashfs.malformed"}
