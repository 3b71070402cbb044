"""The cabinet: written, read, damage refused."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from shutil import which
from subprocess import run

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from millennium_bundler.archive import cabinet
from millennium_bundler.archive.cabinet import CabinetFile, read_cabinet, write_cabinet
from millennium_bundler.errors import FormatError, PackageError

DATE = 1_735_689_600
NOISE = b"".join(sha256(bytes([number % 256, number // 256])).digest() for number in range(4000))
FILES = [
    CabinetFile(name="words", data=b"hello " * 20_000),
    CabinetFile(name="nothing", data=b""),
    CabinetFile(name="noise", data=NOISE),
    CabinetFile(name="end", data=b"end"),
]


def test_what_was_written_is_read():
    assert read_cabinet(write_cabinet(FILES, date=DATE)) == FILES


@settings(max_examples=30)
@given(st.lists(st.binary(max_size=40_000), max_size=4))
def test_any_files_are_read_as_written(contents: list[bytes]):
    files = [CabinetFile(name=f"f{number}", data=data) for number, data in enumerate(contents)]
    assert read_cabinet(write_cabinet(files, date=DATE)) == files


def test_the_same_files_give_the_same_bytes():
    assert write_cabinet(FILES, date=DATE) == write_cabinet(FILES, date=DATE)


def test_a_date_before_the_first_of_dos_is_the_first_of_dos():
    first = write_cabinet(FILES, date=315_532_800)
    assert write_cabinet(FILES, date=1) == first
    assert write_cabinet(FILES, date=315_532_802) != first  # the control


def test_names_beyond_ascii_are_kept():
    files = [CabinetFile(name="Größe", data=b"1")]
    assert read_cabinet(write_cabinet(files, date=DATE)) == files


def test_a_block_may_refer_to_the_one_before():
    once = len(write_cabinet([CabinetFile(name="a", data=NOISE[:30_000])], date=DATE))
    twice = len(write_cabinet([CabinetFile(name="a", data=NOISE[:30_000] * 2)], date=DATE))
    assert twice < once * 1.1


def test_what_deflate_would_enlarge_is_stored():
    data = write_cabinet([CabinetFile(name="a", data=NOISE)], date=DATE)
    blocks = -(-len(NOISE) // 32_768)
    assert len(data) <= len(NOISE) + 60 + blocks * (8 + 12)


@pytest.mark.parametrize(
    ("name", "limit"), [("_MAX_FILES", 3), ("_MAX_BLOCKS", 7)], ids=["files", "bytes"]
)
def test_what_does_not_fit_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, limit: int):
    monkeypatch.setattr(cabinet, name, limit)
    write_cabinet(FILES[1:], date=DATE)
    with pytest.raises(FormatError) as caught:
        write_cabinet(FILES, date=DATE)
    assert caught.value.code == "msi.too_large"


GOOD = write_cabinet(FILES, date=DATE)
FIRST_BLOCK = int.from_bytes(GOOD[36:40], "little")


def altered(at: int, new: bytes) -> bytes:
    return GOOD[:at] + new + GOOD[at + len(new) :]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "cannot be read"),
        (b"MSCX" + GOOD[4:], "header"),
        (GOOD[:-1], "header"),
        (altered(42, b"\x03"), "header"),
        (altered(40, b"\x01"), "behind its last block"),
        (altered(FIRST_BLOCK + 20, b"\x00\x00\x00"), "checksum"),
        (altered(FIRST_BLOCK, bytes(4)), "checksum"),
        (altered(28, b"\x03"), "not of one length"),
        (altered(44 + 4, b"\x01"), "do not follow"),
        (altered(44 + 16, b"\xff"), "cannot be read"),
    ],
    ids=[
        *("nothing", "other file", "cut", "other method", "fewer blocks", "flipped byte"),
        *("no checksum", "fewer files", "other offset", "name of no code"),
    ],
)
def test_damage_is_refused(data: bytes, words: str):
    with pytest.raises(PackageError, match=words) as caught:
        read_cabinet(data)
    assert caught.value.code == "package.corrupt"


def test_a_block_that_is_longer_than_it_says_is_refused():
    plain = write_cabinet([CabinetFile(name="a", data=b"12345678")], date=DATE)
    start = int.from_bytes(plain[36:40], "little")
    lying = bytearray(plain)
    lying[start + 6] = 7
    lying[start + 3] ^= 8 ^ 7  # the checksum of the lie
    with pytest.raises(PackageError):
        read_cabinet(bytes(lying))


@pytest.mark.parametrize("tool", ["cabextract", "7z"])
def test_another_reader_finds_the_files(tool: str, tmp_path: Path):
    if which(tool) is None:
        pytest.skip(f"needs {tool}")
    (tmp_path / "a.cab").write_bytes(GOOD)
    words = {"cabextract": ["-q"], "7z": ["x", "-y"]}[tool]
    run([tool, *words, "a.cab"], cwd=tmp_path, capture_output=True, check=True)
    assert (tmp_path / "noise").read_bytes() == NOISE
