"""Bombs: a few bytes that stand for far more than there should be, each refused without the memory for it.

The control of each is the same bytes with the limit lifted: what was refused is well-formed, and as large as it says.
"""

from __future__ import annotations

import gzip
import lzma
import tracemalloc
import zlib
from collections.abc import Callable

import pytest
import zstandard

from millennium_bundler.archive.cabinet import CabinetFile, read_cabinet, write_cabinet
from millennium_bundler.archive.hfs_plus.volume import Volume
from millennium_bundler.archive.hfs_plus.writer import most_volume_bytes, write_volume
from millennium_bundler.archive.squashfs.read import read_squashfs
from millennium_bundler.archive.squashfs.write import write_squashfs
from millennium_bundler.archive.udif import Compression, DiskImage, read_udif, write_udif
from millennium_bundler.archive.unpack import Form, unpack
from millennium_bundler.errors import BundleError, PackageError
from millennium_bundler.formats.ar import Member, read_ar, write_ar
from millennium_bundler.formats.arch import read_arch
from millennium_bundler.formats.deb import DebContents, read_deb, write_deb
from millennium_bundler.formats.deb_control import Control
from millennium_bundler.formats.rpm import read_rpm, write_rpm
from millennium_bundler.formats.tarball import most_tar_bytes, read_tar, write_tar, xz
from millennium_bundler.tree import Link, Tree

SIZE = 24 * 1024 * 1024
LIMIT = 1024 * 1024
ROOM = 12 * LIMIT
"""What a reader may take while it refuses: the limit, and copies of what is not large."""

DATE = 1_735_689_600


def zeros() -> Tree:
    tree = Tree(date=DATE)
    tree.file("usr/share/zeros", bytes(SIZE))
    return tree


def deb() -> bytes:
    control = Control(fields={"Package": "a", "Version": "1"})
    return write_deb(DebContents(control=control, tree=zeros()))


def deb_with_large_control() -> bytes:
    small = Tree(date=DATE)
    small.file("a", b"a")
    control = Control(fields={"Package": "a", "Version": "1"})
    members = read_ar(write_deb(DebContents(control=control, tree=small)))
    large = Tree(date=DATE)
    large.file("control", bytes(SIZE))
    members[1] = Member(name=members[1].name, data=xz(write_tar(large)))
    return write_ar(members, date=DATE)


def rpm() -> bytes:
    return write_rpm({}, bytes(SIZE), name="a-1-1")


def arch() -> bytes:
    return zstandard.compress(write_tar(zeros(), prefix=""))


def squashfs() -> bytes:
    # Blocks of zeros are holes and take nothing; those of ones take a few bytes.
    tree = Tree(date=DATE)
    tree.file("ones", b"\1" * SIZE)
    return write_squashfs(tree)


def cabinet() -> bytes:
    return write_cabinet([CabinetFile(name="zeros", data=bytes(SIZE))], date=DATE)


def image(compression: Compression) -> bytes:
    return write_udif(DiskImage(volume=b"\1" * SIZE), compression=compression)


Read = Callable[..., object]
PACK: dict[Form, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "xz": lzma.compress,
    "zstd": zstandard.compress,
}
BOMBS: dict[str, tuple[Callable[[], bytes], Read]] = {
    "deb": (deb, read_deb),
    "rpm": (rpm, read_rpm),
    "arch": (arch, read_arch),
    "squashfs": (squashfs, read_squashfs),
    "cabinet": (cabinet, read_cabinet),
    "image of holes": (lambda: write_udif(DiskImage(volume=bytes(SIZE))), read_udif),
    "image, zlib": (lambda: image("zlib"), read_udif),
    "image, bzip2": (lambda: image("bzip2"), read_udif),
    "image, lzma": (lambda: image("lzma"), read_udif),
    "gzip": (lambda: gzip.compress(bytes(SIZE)), lambda data, **k: unpack(data, "gzip", **k)),
    "xz": (lambda: lzma.compress(bytes(SIZE)), lambda data, **k: unpack(data, "xz", **k)),
    "zstd": (lambda: zstandard.compress(bytes(SIZE)), lambda data, **k: unpack(data, "zstd", **k)),
}


@pytest.fixture(scope="module", params=BOMBS)
def bomb(request: pytest.FixtureRequest) -> tuple[bytes, Read]:
    make, read = BOMBS[request.param]
    return make(), read


def peak_of(read: Callable[[], object]) -> int:
    """How much memory a refusal takes at most; what zlib and the like take for themselves is not counted."""
    tracemalloc.start()
    try:
        with pytest.raises(PackageError) as caught:
            read()
        return tracemalloc.get_traced_memory()[1] if caught.value.code else 0
    finally:
        tracemalloc.stop()


def test_a_bomb_is_refused_with_little_memory(bomb: tuple[bytes, Read]):
    data, read = bomb
    assert len(data) < SIZE // 100
    assert peak_of(lambda: read(data, max_bytes=LIMIT)) < ROOM


def test_with_the_limit_lifted_it_is_read_or_only_its_content_is_wrong(bomb: tuple[bytes, Read]):
    data, read = bomb
    tracemalloc.start()
    said = ""
    try:
        read(data, max_bytes=2 * SIZE)
    except BundleError as error:
        said = error.message
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (peak >= SIZE, "more than" in said, "larger than" in said) == (True, False, False)


def test_a_deb_whose_control_archive_is_a_bomb_is_refused():
    data = deb_with_large_control()
    with pytest.raises(PackageError, match=r"control\.tar\.xz holds more"):
        read_deb(data)


@pytest.mark.parametrize("form", ["gzip", "xz", "zstd"])
def test_the_limit_is_the_last_size_that_is_taken(form: Form):
    packed = PACK[form](b"1234")
    assert unpack(packed, form, max_bytes=4) == b"1234"
    with pytest.raises(PackageError, match="holds more than the 3 bytes"):
        unpack(packed, form, max_bytes=3)


@pytest.mark.parametrize("form", ["gzip", "xz", "zstd"])
@pytest.mark.parametrize(
    "spoil",
    [lambda data: data + b"x", lambda data: data[:-1], lambda data: b"", lambda data: data + data],
    ids=["more-behind", "cut", "nothing", "twice"],
)
def test_what_is_not_one_whole_stream_is_refused(form: Form, spoil: Callable[[bytes], bytes]):
    packed = PACK[form](b"1234")
    unpack(packed, form)  # the control
    with pytest.raises(PackageError, match="cannot be decompressed"):
        unpack(spoil(packed), form)


def test_a_frame_of_zstd_that_does_not_say_how_large_it_is_is_refused():
    engine = zstandard.ZstdCompressor().compressobj()
    with pytest.raises(PackageError, match="holds more"):
        unpack(engine.compress(b"1234") + engine.flush(), "zstd")
    said = zstandard.ZstdCompressor().compressobj(size=4)
    assert unpack(said.compress(b"1234") + said.flush(), "zstd") == b"1234"  # the control


def test_a_frame_of_zstd_with_nothing_in_it_hides_nothing_behind_it():
    with pytest.raises(PackageError, match="cannot be decompressed"):
        unpack(zstandard.compress(b"") + b"behind", "zstd")


def with_dictionary(data: bytes, size: int) -> bytes:
    """An xz stream whose first block asks for a dictionary of another size.

    Source: https://tukaani.org/xz/xz-file-format.txt 3.1 and 5.3.1
    """
    start, length = 12, (data[12] + 1) * 4
    head = bytearray(data[start : start + length - 4])
    head[head.index(b"\x21\x01") + 2] = size
    return data[:start] + head + zlib.crc32(head).to_bytes(4, "little") + data[start + length :]


def test_a_dictionary_that_takes_gigabytes_is_refused():
    data = lzma.compress(b"1234")
    assert unpack(with_dictionary(data, 28), "xz") == b"1234"  # the control: 64 MiB
    with pytest.raises(PackageError, match="cannot be decompressed"):
        unpack(with_dictionary(data, 40), "xz")
    assert lzma.decompress(with_dictionary(data, 36)) == b"1234"  # that one of 1 GiB is well-formed


@pytest.mark.parametrize("count", [0, 1, 12])
def test_no_archive_of_a_tree_is_larger_than_is_taken(count: int):
    tree = Tree(date=DATE)
    for number in range(count):
        tree.file(f"{'long/' * (number * 20)}{number}", bytes(number * 100))
        tree.add(Link(path=f"links/{number}", target="target/" * (number * 40) + "a"))
    for prefix in ("", "./"):
        data = write_tar(tree, prefix=prefix)
        assert len(data) <= most_tar_bytes(tree)
        assert list(read_tar(data)) == list(tree)


@pytest.mark.parametrize("count", [0, 1, 40])
def test_no_volume_of_a_tree_is_larger_than_is_taken(count: int):
    tree = Tree(date=DATE)
    for number in range(count):
        tree.file(f"{'x' * 250}{number}/{'y' * 250}{number}", bytes(number * 300))
    volume = Volume(name="V", tree=tree, identity=bytes(8))
    assert len(write_volume(volume)) <= most_volume_bytes(volume)
