"""The Finder's notes: written, read back, read by another package."""

from __future__ import annotations

from pathlib import Path

import pytest

from millennium_bundler.archive.ds_store import (
    Note,
    icon_place,
    read_ds_store,
    view_settings,
    write_ds_store,
)
from millennium_bundler.errors import FormatError, PackageError

NOTES = [
    Note(name=".", code="vSrn", kind="long", value=b"\0\0\0\1"),
    Note(name=".", code="icvl", kind="type", value=b"icnv"),
    view_settings("bwsp", {"WindowBounds": "{{100, 100}, {660, 400}}", "ShowTabView": False}),
    icon_place("Hello.app", 180, 170),
    icon_place("Applications", 480, 170),
]


def test_what_was_written_is_read():
    found = read_ds_store(write_ds_store(NOTES))
    assert sorted(found, key=repr) == sorted(NOTES, key=repr)


def test_the_order_of_notes_does_not_matter():
    assert write_ds_store(NOTES) == write_ds_store(NOTES[::-1])


def test_more_than_a_leaf_holds_is_refused():
    with pytest.raises(FormatError, match="bytes, more than"):
        write_ds_store([icon_place("x" * 2000, 0, 0), icon_place("y" * 200, 0, 0)])


@pytest.mark.parametrize(
    "data",
    [b"", write_ds_store(NOTES)[:-1], write_ds_store(NOTES).replace(b"bwsp", b"bw\xffp")],
    ids=["empty", "cut", "no word"],
)
def test_another_file_is_refused(data: bytes):
    with pytest.raises(PackageError, match="not one of ours"):
        read_ds_store(data)


def test_a_touched_byte_is_caught():
    data = bytearray(write_ds_store(NOTES))
    data[0x30] ^= 1
    with pytest.raises(PackageError, match="not one of ours"):
        read_ds_store(bytes(data))


def test_the_package_ds_store_reads_the_same(tmp_path: Path):
    other = pytest.importorskip("ds_store", reason="needs ds_store")
    path = tmp_path / ".DS_Store"
    path.write_bytes(write_ds_store(NOTES))
    with other.DSStore.open(str(path), "r") as store:
        assert store["Hello.app"]["Iloc"] == (180, 170)
        assert store["."]["bwsp"]["WindowBounds"] == "{{100, 100}, {660, 400}}"
        assert store["."]["vSrn"] == (b"long", 1)


def test_the_package_ds_store_writes_the_same_bytes(tmp_path: Path):
    other = pytest.importorskip("ds_store", reason="needs ds_store")
    path = tmp_path / ".DS_Store"
    with other.DSStore.open(str(path), "w+") as store:
        store["Hello.app"]["Iloc"] = (180, 170)
        store["Applications"]["Iloc"] = (480, 170)
    assert write_ds_store(NOTES[3:]) == path.read_bytes()
