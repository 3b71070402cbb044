"""The tar archive of a tree."""

from __future__ import annotations

import gzip
import io
import tarfile

import pytest

from millennium_bundler.errors import PackageError
from millennium_bundler.formats.tarball import read_tar, unpacked, write_tar, xz
from millennium_bundler.tree import Link, Tree


def tree() -> Tree:
    found = Tree(date=1_000_000_000)
    found.file("usr/bin/a", b"data", mode=0o755)
    found.add(Link(path="usr/bin/b", target="a"))
    found.file("usr/share/" + "long/" * 40 + "name", b"")
    return found


def member(**changes: object) -> bytes:
    info = tarfile.TarInfo("./x")
    for name, value in changes.items():
        setattr(info, name, value)
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        archive.addfile(info)
    return out.getvalue()


def test_what_was_written_is_read():
    found = read_tar(write_tar(tree()))
    assert list(found) == list(tree())
    assert found.date == 1_000_000_000


def test_the_same_tree_gives_the_same_bytes():
    assert write_tar(tree()) == write_tar(tree())


def test_everything_is_roots():
    with tarfile.open(fileobj=io.BytesIO(write_tar(tree()))) as archive:
        assert {(m.uid, m.gid, m.uname, m.gname) for m in archive} == {(0, 0, "root", "root")}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"no tar at all", "cannot be read"),
        (member(uid=1000), "not root's"),
        (member(type=tarfile.FIFOTYPE), "neither file"),
    ],
    ids=["not a tar", "somebody's", "a pipe"],
)
def test_what_no_package_holds_is_refused(data: bytes, words: str):
    with pytest.raises(PackageError, match=words):
        read_tar(data)


def test_an_empty_tar_is_an_empty_tree():
    assert list(read_tar(bytes(10240))) == []


@pytest.mark.parametrize(
    ("name", "data"),
    [("a.tar.xz", xz(b"body")), ("a.tar.gz", gzip.compress(b"body"))],
    ids=["xz", "gz"],
)
def test_both_compressions_are_read(name: str, data: bytes):
    assert unpacked(name, data) == b"body"


@pytest.mark.parametrize(
    ("name", "data"),
    [("a.xz", b"x"), ("a.gz", b"x"), ("a.zst", b"x")],
    ids=["bad xz", "bad gz", "unknown"],
)
def test_what_cannot_be_decompressed_is_refused(name: str, data: bytes):
    with pytest.raises(PackageError) as caught:
        unpacked(name, data)
    assert caught.value.code == "package.corrupt"
