"""Volumes whose trees are well-formed and whose content is not: what an honest reader must refuse."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import replace

import pytest

from millennium_bundler.archive.hfs_plus.btree import Record, read_btree, write_btree
from millennium_bundler.archive.hfs_plus.reader import read_volume
from millennium_bundler.archive.hfs_plus.records import (
    BLOCK_BYTES,
    CATALOG,
    EXTENTS,
    FOLDER_THREAD,
    CatalogEntry,
    Fork,
    catalog_key,
    catalog_order,
    split_key,
    thread,
)
from millennium_bundler.archive.hfs_plus.volume import Volume, VolumeHeader
from millennium_bundler.archive.hfs_plus.writer import write_volume
from millennium_bundler.errors import PackageError
from millennium_bundler.tree import Tree

Change = Callable[[list[Record]], list[Record]]


def plain() -> bytes:
    tree = Tree(date=1_735_689_600)
    tree.file("a/inner", b"1" * 5000)
    tree.file("b", b"2")
    return write_volume(Volume(name="V", tree=tree, identity=bytes(8)))


def header_of(data: bytes) -> VolumeHeader:
    return VolumeHeader.from_bytes(data[1024:1536])


def with_header(data: bytes, header: VolumeHeader) -> bytes:
    new = header.to_bytes()
    body = data[:1024] + new + data[1536:-1024]
    return body + new + bytes(512)


def with_catalog(change: Change) -> bytes:
    """The volume with a changed catalog, as large as the old one."""
    data = plain()
    fork = header_of(data).forks[2]
    at = fork.start * BLOCK_BYTES
    records = read_btree(data[at : at + fork.size_bytes], CATALOG)
    new = write_btree(sorted(change(records), key=lambda r: catalog_order(r[0])), CATALOG)
    return data[:at] + new.ljust(fork.size_bytes, b"\0") + data[at + fork.size_bytes :]


def edited(name: str, change: Callable[[CatalogEntry], CatalogEntry]) -> Change:
    """Changes the entry of a name."""
    wanted = name.encode("utf-16-be")

    def apply(records: list[Record]) -> list[Record]:
        return [
            (key, change(CatalogEntry.from_bytes(body)).to_bytes())
            if split_key(key)[1] == wanted
            else (key, body)
            for key, body in records
        ]

    return apply


def test_the_forging_itself_changes_nothing():
    assert with_catalog(lambda records: records) == plain()
    assert with_header(plain(), header_of(plain())) == plain()


def moved(fork: Fork | None) -> Fork:
    assert fork is not None
    return replace(fork, start=fork.start + 1)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (edited("b", lambda e: replace(e, id=16)), "one number"),
        (edited("b", lambda e: replace(e, date=5)), "another date"),
        (edited("b", lambda e: replace(e, valence=1)), "something lies in it"),
        (edited("a", lambda e: replace(e, valence=2)), "counts other files"),
        (edited("b", lambda e: replace(e, mode=0o060644)), "unknown kind"),
        (edited("b", lambda e: replace(e, finder=b"TEXT" + bytes(28))), "unknown kind"),
        (edited("b", lambda e: replace(e, data=moved(e.data))), "two files, or to none"),
        (edited("V", lambda e: replace(e, id=99)), "threads lead"),
    ],
    ids=["number", "date", "full file", "valence", "device", "type", "place", "root"],
)
def test_a_catalog_that_lies_is_refused(change: Change, words: str):
    with pytest.raises(PackageError, match=words):
        read_volume(with_catalog(change))


def test_a_thread_that_leads_elsewhere_is_refused():
    def change(records: list[Record]) -> list[Record]:
        wrong = thread(FOLDER_THREAD, 2, "z".encode("utf-16-be"))
        return [(key, wrong if key == catalog_key(16, b"") else body) for key, body in records]

    with pytest.raises(PackageError, match="threads lead elsewhere"):
        read_volume(with_catalog(change))


def test_two_folders_that_lie_in_each_other_are_refused():
    def change(records: list[Record]) -> list[Record]:
        name = "a".encode("utf-16-be")
        kept = [r for r in records if r[0] not in {catalog_key(2, name), catalog_key(16, b"")}]
        entry = next(body for key, body in records if key == catalog_key(2, name))
        loop = [
            (catalog_key(16, name), replace(CatalogEntry.from_bytes(entry), valence=2).to_bytes())
        ]
        return [*kept, *loop, (catalog_key(16, b""), thread(FOLDER_THREAD, 16, name))]

    root = edited("V", lambda entry: replace(entry, valence=1))
    with pytest.raises(PackageError, match="lies in itself"):
        read_volume(with_catalog(lambda records: root(change(records))))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda h: replace(h, next_id=h.next_id + 1), "gaps"),
        (lambda h: replace(h, counts=(5, 5)), "header counts"),
        (lambda h: replace(h, blocks=h.blocks + 1), "two headers"),
    ],
    ids=["numbers", "counts", "blocks"],
)
def test_a_header_that_lies_is_refused(change: Callable[[VolumeHeader], VolumeHeader], words: str):
    data = plain()
    with pytest.raises(PackageError, match=words):
        read_volume(with_header(data, change(header_of(data))))


def test_a_file_in_pieces_is_refused():
    data = plain()
    at = header_of(data).forks[1].start * BLOCK_BYTES
    record = (struct.pack(">BBII", 0, 0, 17, 0), bytes(64))
    tree = write_btree([record], replace(EXTENTS, node_bytes=2048))
    assert len(tree) == BLOCK_BYTES
    with pytest.raises(PackageError):
        read_volume(data[:at] + tree + data[at + BLOCK_BYTES :])


def test_an_empty_folder_is_refused():
    def change(records: list[Record]) -> list[Record]:
        name = "b".encode("utf-16-be")
        entry = CatalogEntry.from_bytes(
            next(body for key, body in records if key == catalog_key(2, name))
        )
        folder = replace(entry, data=None, mode=0o040755)
        return [
            (key, folder.to_bytes() if key == catalog_key(2, name) else as_folder(key, body, entry))
            for key, body in records
        ]

    data = with_catalog(change)
    with pytest.raises(PackageError, match="header counts"):
        read_volume(data)
    header = header_of(data)
    with pytest.raises(PackageError, match=r"to none|map of blocks"):
        read_volume(with_header(data, replace(header, counts=(1, 2))))


def as_folder(key: bytes, body: bytes, entry: CatalogEntry) -> bytes:
    if key == catalog_key(entry.id, b""):
        return thread(FOLDER_THREAD, 2, "b".encode("utf-16-be"))
    return body
