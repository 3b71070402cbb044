"""The tar archive of a tree."""

from __future__ import annotations

import gzip
import io
import tarfile

import pytest

from millennium_bundler.errors import PackageError, TreeError
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


def with_pax(*words: str) -> bytes:
    """A member with settings of POSIX before it."""
    info = tarfile.TarInfo("./x")
    info.pax_headers = dict(zip(words[::2], words[1::2], strict=True))
    return info.tobuf(tarfile.PAX_FORMAT) + bytes(tarfile.RECORDSIZE)


def header_of(name: str) -> bytes:
    """A header whose sum is right when its first letter becomes 0xff."""
    data = bytearray(tarfile.TarInfo(name).tobuf(tarfile.GNU_FORMAT))
    data[148:156] = b" " * 8
    total = sum(data) - data[0] + 0xFF
    data[148:156] = b"%06o\0 " % total
    return bytes(data) + bytes(10240)


def long_names(count: int) -> bytes:
    """Headers that each say to hold the name of what follows."""
    info = tarfile.TarInfo("././@LongLink")
    info.type, info.size = tarfile.GNUTYPE_LONGNAME, 2
    return (info.tobuf(tarfile.GNU_FORMAT) + b"x".ljust(512, b"\0")) * count + bytes(10240)


@pytest.mark.parametrize("path", ["../x", "/x", "a/../../x", "usr/bin/b/x", "usr/bin/a"], ids=str)
def test_a_path_out_of_the_package_or_below_a_link_is_refused(path: str):
    info = tarfile.TarInfo(path)
    info.mtime = 1_000_000_000
    body = write_tar(tree())[: -2 * 10240].rstrip(b"\0")
    body += bytes(-len(body) % 512)
    with pytest.raises(TreeError):
        read_tar(body + info.tobuf(tarfile.GNU_FORMAT) + bytes(1024))


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
        (member(type=tarfile.LNKTYPE, linkname="./y"), "neither file"),
        (member(type=tarfile.LNKTYPE, linkname="./x"), "neither file"),
        (member(type=tarfile.CONTTYPE), "neither file"),
        (with_pax("mtime", "inf"), "header of ours"),
        (with_pax("GNU.sparse.realsize", str(2**40), "GNU.sparse.map", "0,0"), "header of ours"),
        (long_names(3000), "cannot be read"),
        (b"\xff" + member(name="y")[1:], "cannot be read"),
        (b"\xff" + header_of("y" * 9)[1:], "cannot be read"),
        (member()[:124] + b"\xff" + member()[125:], "cannot be read"),
    ],
    ids=[
        *("not a tar", "somebody's", "a pipe", "a link to nothing", "a link to itself", "of old"),
        *("the end of time", "a terabyte of nothing", "names of names", "a bad sum"),
        *("a name in no letters", "a bad header"),
    ],
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
