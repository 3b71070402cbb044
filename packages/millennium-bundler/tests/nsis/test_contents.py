"""What a setup.exe carries, unpacked by us."""

from __future__ import annotations

import hashlib
import lzma
import shutil
import struct
import zlib
from collections.abc import Callable

import pytest

from millennium_bundler.errors import PackageError
from millennium_bundler.nsis.compiler import compile_setup
from millennium_bundler.nsis.contents import carried_digests
from millennium_bundler.nsis.setup import Setup
from millennium_bundler.tree import Tree
from millennium_bundler.windows_settings import Compression

MakeSetup = Callable[..., Setup]
HEAD = b"\xef\xbe\xad\xdeNullsoftInst"


def digest(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def laid_out(stream: bytes) -> bytes:
    """Put a stream behind NSIS's head, and a sum of four bytes behind it."""
    size = 28 + len(stream) + 4
    return bytes(512) + struct.pack("<I16sII", 0, HEAD, 0, size) + stream + bytes(4)


@pytest.mark.skipif(shutil.which("makensis") is None, reason="needs makensis")
@pytest.mark.parametrize("compression", ["lzma", "zlib", "bzip2", "none"])
@pytest.mark.parametrize("sign", [None, lambda data: data + b"signed"], ids=["plain", "signed"])
def test_every_file_is_found(
    make_setup: MakeSetup, compression: Compression, sign: Callable[[bytes], bytes] | None
):
    setup = make_setup(compression=compression)
    carried = carried_digests(compile_setup(setup, sign=sign), compression=compression)
    assert {digest(file.data) for file in setup.tree.files()} <= carried
    assert digest(b"another file") not in carried  # the control


@pytest.mark.skipif(shutil.which("makensis") is None, reason="needs makensis")
@pytest.mark.parametrize("compression", ["zlib", "bzip2"])
def test_files_that_cannot_be_packed_and_long_runs_are_found(
    make_setup: MakeSetup, compression: Compression
):
    tree = Tree(date=1_735_689_600)
    tree.file("hello.exe", hashlib.shake_256(b"Ada").digest(300_000))
    tree.file("runs", b"a" * 3 + b"b" * 4 + b"c" * 5 + b"d" * 2_000_000 + b"\xff" * 259 + b"e" * 4)
    tree.file("text", "".join(f"{n * n} Ada\n" for n in range(60_000)).encode())
    setup = make_setup(compression=compression, tree=tree)
    carried = carried_digests(compile_setup(setup), compression=compression)
    assert {digest(file.data) for file in tree.files()} <= carried


def test_files_stand_behind_their_sizes():
    stream = struct.pack("<I", 3) + b"one" + struct.pack("<I", 0) + struct.pack("<I", 3) + b"two"
    found = carried_digests(laid_out(stream), compression="none")
    assert found == {digest(b"one"), digest(b""), digest(b"two")}


@pytest.mark.parametrize(
    ("stream", "compression"),
    [
        (struct.pack("<I", 9) + b"one", "none"),
        (struct.pack("<I", 0x80000003) + b"one", "none"),
        (b"\1", "none"),
        (b"", "lzma"),
        (b"\x5d\0\0\x80\0" + b"\xff" * 40, "lzma"),
        (b"\xff\0\0\x80\0" + b"\0" * 40, "lzma"),
        (zlib.compress(b"hello", wbits=-15)[:-1], "zlib"),
        (zlib.compress(b"\0\0\0\0", wbits=-15) + b"more", "zlib"),
        (b"\xff" * 40, "zlib"),
        (b"\x31" + bytes(40), "bzip2"),
    ],
    ids=[
        *("cut short", "packed", "no size", "no settings", "no stream", "bad settings"),
        *("deflate cut short", "more behind", "no deflate", "no bzip2"),
    ],
)
def test_what_cannot_be_unpacked_is_refused(stream: bytes, compression: Compression):
    with pytest.raises(PackageError, match="cannot be unpacked") as caught:
        carried_digests(laid_out(stream), compression=compression)
    assert caught.value.number == "M0460"


def test_one_stream_of_lzma_is_read():
    plain = struct.pack("<I", 5) + b"hello"
    filters = [{"id": lzma.FILTER_LZMA1, "dict_size": 1 << 23, "lc": 3, "lp": 0, "pb": 2}]
    packed = lzma.compress(plain, format=lzma.FORMAT_RAW, filters=filters)
    stream = struct.pack("<BI", 0x5D, 1 << 23) + packed
    assert carried_digests(laid_out(stream), compression="lzma") == {digest(b"hello")}
