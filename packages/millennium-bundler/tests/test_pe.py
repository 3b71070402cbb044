"""What a Windows executable says of itself."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from millennium_bundler.errors import ExecutableError
from millennium_bundler.pe import is_pe, read_pe

MakePe = Callable[..., bytes]


@pytest.mark.parametrize(
    ("number", "name"),
    [
        (0x8664, "x86_64"),
        (0x14C, "i686"),
        (0xAA64, "aarch64"),
        (0x1C4, "machine 0x1c4"),
    ],
    ids=["64 bits", "32 bits", "ARM", "unknown"],
)
def test_the_machine_is_named(pe: MakePe, number: int, name: str):
    assert read_pe(pe(number), place="a.exe").machine == name


def test_the_version_resource_is_read(pe: MakePe):
    found = read_pe(pe(version=(1, 2, 30, 40)), place="a.exe")
    assert (found.version, found.language) == ("1.2.30.40", 1033)


def test_a_file_without_a_version_has_none(pe: MakePe):
    assert read_pe(pe(), place="a.exe").version == ""


def test_a_damaged_version_resource_is_none(pe: MakePe):
    data = pe(version=(1, 2, 3, 4)).replace(b"\xbd\x04\xef\xfe", bytes(4))
    assert read_pe(data, place="a.exe").version == ""


def test_libraries_are_told_from_programs(pe: MakePe):
    assert read_pe(pe(flags=0x2022), place="a.dll").is_library
    assert not read_pe(pe(), place="a.exe").is_library


def test_programs_with_a_console_are_told_from_those_without(pe: MakePe):
    assert read_pe(pe(0x14C), place="a.exe").is_console
    assert not read_pe(pe(), place="a.exe").is_console


@pytest.mark.parametrize(
    "data", [b"", b"MZ", b"MZ" + bytes(100), b"\x7fELF" + bytes(100)], ids=repr
)
def test_other_files_are_none(data: bytes):
    assert not is_pe(data)


def test_an_executable_is_one(pe: MakePe):
    assert is_pe(pe())


@pytest.mark.parametrize("size", [0x44, 0x58, 0x100], ids=["no header", "cut header", "no table"])
def test_a_cut_file_is_refused(pe: MakePe, size: int):
    with pytest.raises(ExecutableError, match=r"a\.exe") as caught:
        read_pe(pe()[:size], place="a.exe")
    assert caught.value.number == "M0488"


def test_an_unknown_kind_of_header_is_refused(pe: MakePe):
    with pytest.raises(ExecutableError):
        read_pe(pe().replace(b"\x0b\x02", b"\x0c\x02", 1), place="a.exe")


def test_no_signature_is_refused(pe: MakePe):
    with pytest.raises(ExecutableError):
        read_pe(pe().replace(b"PE\0\0", b"NE\0\0", 1), place="a.exe")
