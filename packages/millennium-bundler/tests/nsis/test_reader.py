"""Reading a setup.exe back: a whole one is taken, a changed one never."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millennium_bundler.errors import PackageError
from millennium_bundler.nsis.reader import checksum, read_setup, seal

MARK = b"\xef\xbe\xad\xdeNullsoftInst"


@pytest.fixture(params=[0x8664, 0x14C], ids=["64 bits", "32 bits"])
def whole(request: pytest.FixtureRequest, pe: Callable[..., bytes]) -> bytes:
    """A setup.exe as NSIS lays it out."""
    program = pe(request.param, version=(1, 2, 3, 0))
    program += bytes(-len(program) % 512)
    payload = b"tables and files" * 40
    head = struct.pack("<I16sII", 0, MARK, 99, 28 + len(payload) + 4)
    data = program + head + payload
    return seal(data + struct.pack("<I", zlib.crc32(data[512:])))


def test_a_whole_file_is_read(whole: bytes):
    found = read_setup(whole, name="a.exe")
    assert (found.version, found.tables_bytes, found.is_signed) == ("1.2.3.0", 99, False)
    assert found.machine in {"x86_64", "i686"}


def is_taken(data: bytes) -> bool:
    try:
        read_setup(data, name="a.exe")
    except PackageError:
        return False
    return True


def test_a_flipped_byte_is_caught_wherever_it_is(whole: bytes):
    flipped = (whole[:at] + bytes([whole[at] ^ 0x41]) + whole[at + 1 :] for at in range(len(whole)))
    assert is_taken(whole)  # the control
    assert not any(map(is_taken, flipped))


@pytest.mark.parametrize("missing", [1, 4, 600])
def test_a_file_that_was_cut_short_is_caught(whole: bytes, missing: int):
    with pytest.raises(PackageError) as error:
        read_setup(seal(whole[:-missing]), name="a.exe")
    assert error.value.number == "M0460"


def test_what_is_put_behind_is_caught(whole: bytes):
    with pytest.raises(PackageError, match="behind its end"):
        read_setup(seal(whole + b"more"), name="a.exe")


def test_a_changed_file_with_a_new_checksum_is_caught(whole: bytes):
    at = whole.index(b"files")
    with pytest.raises(PackageError, match="CRC-32"):
        read_setup(seal(whole[:at] + b"FILES" + whole[at + 5 :]), name="a.exe")


def test_a_program_that_is_no_installer_is_refused(pe: Callable[..., bytes]):
    with pytest.raises(PackageError, match="head is not there"):
        read_setup(seal(pe(version=(1, 2, 3, 0))), name="a.exe")


@pytest.mark.parametrize("data", [b"", b"MZ", b"not a program at all" * 50])
def test_what_is_no_program_is_refused(data: bytes):
    with pytest.raises(PackageError):
        read_setup(data, name="a.exe")


@given(st.binary(max_size=2000))
def test_nothing_else_is_ever_raised(data: bytes):
    with pytest.raises(PackageError):
        read_setup(b"MZ" + data, name="a.exe")


def test_the_checksum_is_that_of_windows(pe: Callable[..., bytes]):
    data = seal(pe(version=(1, 2, 3, 0))) + b"\1"  # an odd length
    at = struct.unpack_from("<I", data, 0x3C)[0] + 88
    total = 0
    for place in range(0, len(data) + 1, 2):
        total += 0 if place in (at, at + 2) else int.from_bytes(data[place : place + 2], "little")
        total = (total & 0xFFFF) + (total >> 16)
    assert checksum(data) == total + len(data)
    assert checksum(seal(data)) == checksum(data)
