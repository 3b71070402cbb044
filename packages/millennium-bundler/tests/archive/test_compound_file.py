"""The compound file: written, read, damage refused."""

from __future__ import annotations

import struct
import time
from contextlib import suppress
from pathlib import Path
from shutil import which
from subprocess import run

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from millennium_bundler.archive import compound_file
from millennium_bundler.archive.compound_file import (
    CompoundFile,
    read_compound_file,
    write_compound_file,
)
from millennium_bundler.errors import FormatError, PackageError

NAMES = st.text("abcXYZ019._é日", min_size=1, max_size=31)
SIZES = (0, 1, 63, 64, 65, 511, 512, 4095, 4096, 4097, 70_000)


def streams(names: int) -> dict[str, bytes]:
    return {f"stream {number}": bytes([number]) * number for number in range(names)}


def written(found: dict[str, bytes]) -> bytes:
    return write_compound_file(CompoundFile(class_id=b"0123456789abcdef", streams=found))


@pytest.mark.parametrize("size", SIZES)
def test_a_stream_of_any_size_is_read_as_written(size: int):
    found = {"before": b"x" * 100, "it": b"y" * size, "after": b"z" * 5000}
    assert read_compound_file(written(found)).streams == found


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 7, 8, 100])
def test_any_number_of_streams_is_found(count: int):
    assert read_compound_file(written(streams(count))).streams == streams(count)


@settings(max_examples=50)
@given(st.dictionaries(NAMES, st.binary(max_size=200), max_size=20))
def test_what_was_written_is_read(found: dict[str, bytes]):
    upper = {(len(name.encode("utf-16-le")), name.upper()) for name in found}
    if len(upper) == len(found):
        assert read_compound_file(written(found)).streams == found


def test_the_class_is_kept():
    assert read_compound_file(written({})).class_id == b"0123456789abcdef"


def test_the_same_streams_give_the_same_bytes():
    found = streams(20)
    assert written(found) == written(dict(reversed(found.items())))


def test_a_file_whose_table_leaves_the_header_is_read():
    # 109 sectors of the table are in the header: 109 * 128 * 512 bytes.
    found = {"big": bytes(7_300_000), "small": b"1"}
    assert read_compound_file(written(found)).streams == found


def links(data: bytes) -> dict[int, tuple[int, int, bool]]:
    """Return left, right and whether it is red of each entry of the directory."""
    directory = (struct.unpack_from("<I", data, 48)[0] + 1) * 512
    count = (len(data) - directory) // 128
    found = (struct.unpack_from("<xB2I", data, directory + 128 * n + 66) for n in range(count))
    return {n: (left, right, colour == 0) for n, (colour, left, right) in enumerate(found)}


def blacks(tree: dict[int, tuple[int, int, bool]], index: int, under_red: bool = False) -> int:
    """Return the black entries on each way down; refuse two reds in a row and unequal ways."""
    if index == 0xFFFFFFFF:
        return 1
    left, right, red = tree[index]
    assert not (red and under_red)
    assert blacks(tree, left, red) == blacks(tree, right, red)
    return blacks(tree, left, red) + (not red)


@pytest.mark.parametrize("count", range(1, 20))
def test_the_directory_is_a_balanced_tree(count: int):
    data = written({f"k{number:02}": b"" for number in range(count)})
    directory = (struct.unpack_from("<I", data, 48)[0] + 1) * 512
    root = struct.unpack_from("<I", data, directory + 76)[0]
    assert not links(data)[root][2]
    blacks(links(data), root)


@pytest.mark.parametrize("name", ["", "x" * 32, "😀" * 16], ids=["empty", "long", "long pairs"])
def test_a_name_of_no_or_too_many_letters_is_refused(name: str):
    with pytest.raises(FormatError) as caught:
        written({name: b""})
    assert caught.value.code == "msi.row"


def test_names_that_windows_takes_for_one_are_refused():
    with pytest.raises(FormatError, match="of its own"):
        written({"Same": b"", "sAME": b""})


def test_a_file_above_two_gibibytes_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(compound_file, "MAX_STREAM_BYTES", 9)
    written({"a": bytes(9)})
    with pytest.raises(FormatError) as caught:
        written({"a": bytes(10)})
    assert caught.value.number == "M0486"


GOOD = written({"large": b"L" * 5000, "small": b"s" * 10, "other": b"o" * 100})


def altered(at: int, new: bytes) -> bytes:
    return GOOD[:at] + new + GOOD[at + len(new) :]


def number_at(at: int) -> int:
    return int(struct.unpack_from("<I", GOOD, at)[0])


DIRECTORY = (number_at(48) + 1) * 512
FAT = (number_at(76) + 1) * 512


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "ends early"),
        (GOOD[:100], "ends early"),
        (b"PK" + GOOD[2:], "no compound file"),
        (altered(26, b"\x04"), "no compound file"),
        (GOOD + b"x", "multiple of a sector"),
        (GOOD[:-512], "not there"),
        (altered(44, b"\x02"), "not whole"),
        (altered(DIRECTORY + 66, b"\x02"), "no root"),
        (altered(DIRECTORY, b"S"), "no root"),
        (altered(DIRECTORY + 76, b"\x09"), "no tree"),
        (altered(DIRECTORY + 128 + 64, b"\x03"), "no stream"),
        (altered(DIRECTORY + 128 + 66, b"\x07"), "no stream"),
        (altered(DIRECTORY + 128, b"z"), "not sorted"),
        (altered(DIRECTORY + 128, b"\x00\xd8"), "no text"),
        (altered(DIRECTORY + 256 + 68, b"\xff\xff\xff\xff"), "cannot be found"),
        (altered(DIRECTORY + 128 + 68, b"\x02\0\0\0"), "no tree"),
        (altered(FAT, struct.pack("<I", 0)), "crosses another"),
        (altered(FAT, struct.pack("<I", 0xFFFFFFFE)), "not as long"),
        (altered(FAT, struct.pack("<I", 0xFFFF)), "leaves its table"),
    ],
    ids=[
        *("nothing", "half a header", "other file", "version 4", "odd length", "cut"),
        *("table not whole", "root is a stream", "root has another name", "tree leaves directory"),
        *("odd name length", "unknown kind", "unsorted", "half a letter", "lost stream", "circle"),
        *("loop", "short chain", "chain leaves table"),
    ],
)
def test_damage_is_refused(data: bytes, words: str):
    with pytest.raises(PackageError, match=words) as caught:
        read_compound_file(data)
    assert caught.value.code == "package.corrupt"


@settings(max_examples=200)
@given(st.integers(0, len(GOOD) - 1), st.integers(0, 255))
def test_any_flipped_byte_is_read_or_refused(at: int, value: int):
    with suppress(PackageError):
        read_compound_file(altered(at, bytes([value])))


@pytest.mark.skipif(which("7z") is None, reason="needs 7z")
def test_another_reader_finds_the_streams(tmp_path: Path):
    (tmp_path / "file").write_bytes(GOOD)
    done = run(["7z", "l", str(tmp_path / "file")], capture_output=True, text=True, check=True)
    assert "large" in done.stdout


def test_many_small_streams_are_read_soon():
    streams = {f"stream {number}": bytes([number % 251]) * 4000 for number in range(1000)}
    data = write_compound_file(CompoundFile(streams=streams))
    started = time.process_time()
    assert read_compound_file(data).streams == streams
    assert time.process_time() - started < 1
