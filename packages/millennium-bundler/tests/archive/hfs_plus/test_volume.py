"""Volumes: written, read back, read by other tools, refused when a byte was touched."""

from __future__ import annotations

import shutil
import struct
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from millennium_bundler.archive.hfs_plus.names import decompose
from millennium_bundler.archive.hfs_plus.reader import read_volume
from millennium_bundler.archive.hfs_plus.records import BLOCK_BYTES, MAX_DATE, mac_date
from millennium_bundler.archive.hfs_plus.volume import FinderFlags, Volume
from millennium_bundler.archive.hfs_plus.writer import number_of, write_volume
from millennium_bundler.errors import FormatError, PackageError
from millennium_bundler.tree import Link, Tree

DATE = 1_735_689_600


def volume(**files: bytes) -> Volume:
    tree = Tree(date=DATE)
    tree.file("Hello.app/Contents/MacOS/hello", b"program" * 1000, mode=0o755)
    tree.file("Hello.app/Contents/empty", b"")
    tree.add(Link(path="Applications", target="/Applications"))
    tree.file(decompose("Grüße/日本.txt"), b"hi")
    for name, data in files.items():
        tree.file(name, data)
    flags = {"": FinderFlags.CUSTOM_ICON, "Hello.app": FinderFlags.BUNDLE}
    return Volume(name="Hello World", tree=tree, identity=b"12345678", finder_flags=flags)


def assert_same(found: Volume, wanted: Volume) -> None:
    assert list(found.tree) == list(wanted.tree)
    assert found.tree.date == wanted.tree.date
    assert (found.name, found.identity, dict(found.finder_flags), found.opens) == (
        *(wanted.name, wanted.identity, dict(wanted.finder_flags), wanted.opens),
    )


def test_what_was_written_is_read():
    assert_same(read_volume(write_volume(volume())), volume())


def test_the_same_volume_gives_the_same_bytes():
    assert write_volume(volume()) == write_volume(volume())


def test_the_same_files_in_another_order_give_the_same_bytes():
    one = write_volume(volume(a=b"1", b=b"2"))
    assert one == write_volume(volume(b=b"2", a=b"1"))


def test_a_volume_may_hold_nothing():
    empty = Volume(name="E", tree=Tree(date=DATE), identity=bytes(8), opens=False)
    assert_same(read_volume(write_volume(empty)), empty)


def test_a_volume_with_many_files_has_a_deep_catalog():
    many = volume(**{f"many/File {number}": b"x" * number for number in range(600)})
    assert_same(read_volume(write_volume(many)), many)


def test_the_map_of_blocks_grows_with_the_volume():
    large = volume(large=bytes(BLOCK_BYTES * BLOCK_BYTES * 8))
    data = write_volume(large)
    (blocks,) = struct.unpack_from(">I", data, 1024 + 112 + 12)
    assert blocks == 2
    assert len(read_volume(data).tree.files()) == len(large.tree.files())


@settings(max_examples=40, deadline=None)
@given(
    st.dictionaries(
        st.text("abcXYZé ._-", min_size=1, max_size=12).filter(lambda n: n.strip(". ")),
        st.binary(max_size=9000),
        max_size=12,
    )
)
def test_any_files_come_back(files: dict[str, bytes]):
    folded = {decompose(name).lower(): (decompose(name), data) for name, data in files.items()}
    tree = Tree(date=DATE)
    for name, data in folded.values():
        tree.file(f"x/{name}", data)
    wanted = Volume(name="V", tree=tree, identity=bytes(8))
    assert list(read_volume(write_volume(wanted)).tree) == list(tree)


def test_two_names_that_differ_in_case_alone_are_refused():
    with pytest.raises(FormatError, match="differ in case alone"):
        write_volume(volume(README=b"", readme=b""))


def test_the_number_of_a_file_is_known_before_another_is_made():
    tree = volume().tree
    assert number_of(tree, "Applications", with_path=".DS_Store") == 17
    assert number_of(tree, ".DS_Store", with_path=".DS_Store") == 16


def test_dates_stay_within_what_a_volume_can_hold():
    assert mac_date(-5) == mac_date(0)
    assert mac_date(10**12) == mac_date(MAX_DATE) == 0xFFFF_FFFF


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (3, "beside the headers"),
        (1024, "not a volume of ours"),
        (1024 + 30, "not a volume of ours|two headers"),
        (1600, "beside the headers"),
        (-700, "beside the headers|two headers"),
        (-1024, "two headers"),
        (4096, "map of blocks"),
        (2 * 4096 + 9, "corrupt"),
        (3 * 4096 + 8192 + 20, "corrupt"),
    ],
    ids=["boot", "signature", "dates", "behind", "tail", "copy", "map", "extents", "catalog"],
)
def test_a_touched_byte_is_caught(at: int, words: str):
    data = bytearray(write_volume(volume()))
    data[at] ^= 1
    with pytest.raises(PackageError, match=words):
        read_volume(bytes(data))


def test_no_byte_of_the_structures_goes_unseen():
    data = write_volume(volume())
    end = data.index(b"program")
    # All of the header and the beginning of the leaf, and a sample of the rest: mostly zeros.
    leaf = 3 * BLOCK_BYTES + 8192
    places = {*range(1024, 1536), *range(leaf, leaf + 1500), *range(1536, end, 13)}
    unseen = [at for at in sorted(places) if is_accepted(data, at)]
    assert unseen == []


def is_accepted(data: bytes, at: int) -> bool:
    touched = bytearray(data)
    touched[at] ^= 0x41
    try:
        found = read_volume(bytes(touched))
    except PackageError:
        return False
    return replace(found, tree=volume().tree) == volume() and list(found.tree) == list(
        volume().tree
    )


def test_a_byte_behind_the_end_of_a_file_is_caught():
    data = bytearray(write_volume(volume()))
    data[data.index(b"program") + 7000] = 1
    with pytest.raises(PackageError, match="beyond its end"):
        read_volume(bytes(data))


def test_a_volume_cut_short_is_refused():
    with pytest.raises(PackageError, match=r"not a volume of ours|two headers"):
        read_volume(write_volume(volume())[:-4096])


def test_nothing_is_no_volume():
    with pytest.raises(PackageError, match="not a volume of ours"):
        read_volume(b"")


@pytest.mark.skipif(not shutil.which("7z"), reason="needs 7z")
def test_7z_finds_the_same_files(tmp_path: Path):
    path = tmp_path / "v.hfs"
    path.write_bytes(write_volume(volume()))
    done = subprocess.run(
        ["7z", "x", f"-o{tmp_path / 'out'}", path], capture_output=True, check=False
    )
    root = tmp_path / "out" / "Hello World"
    assert b"Everything is Ok" in done.stdout
    assert (root / "Hello.app/Contents/MacOS/hello").read_bytes() == b"program" * 1000
    assert (root / decompose("Grüße") / "日本.txt").read_bytes() == b"hi"


@pytest.mark.skipif(not shutil.which("7z"), reason="needs 7z")
def test_7z_refuses_a_volume_with_a_broken_catalog(tmp_path: Path):
    data = bytearray(write_volume(volume()))
    data[3 * 4096 + 8192 : 3 * 4096 + 8192 + 14] = b"\xff" * 14
    path = tmp_path / "v.hfs"
    path.write_bytes(bytes(data))
    assert subprocess.run(["7z", "t", path], capture_output=True, check=False).returncode != 0
