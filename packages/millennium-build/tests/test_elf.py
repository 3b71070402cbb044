"""Reading ELF: on real files of this machine, and on damaged ones."""

from __future__ import annotations

import ctypes
import sys
import sysconfig
from pathlib import Path

import pytest

from millennium_build.elf import highest_version, is_elf, loadable_part, read_elf
from millennium_build.errors import ElfError

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs the ELF files of Linux")

EXTENSION = next(Path(sysconfig.get_config_var("DESTSHARED") or ".").glob("_sqlite3*.so"), Path())


def test_needs_of_an_extension_module_are_read() -> None:
    elf = read_elf(EXTENSION.read_bytes())
    assert "libsqlite3.so.0" in elf.needed
    assert "libc.so.6" in elf.versions


def test_name_of_a_library_is_read() -> None:
    library = Path(sysconfig.get_config_var("LIBDIR"), sysconfig.get_config_var("INSTSONAME"))
    assert read_elf(library.read_bytes()).soname == library.name


def test_loadable_part_is_smaller_and_loads(tmp_path: Path) -> None:
    data = EXTENSION.read_bytes()
    part = loadable_part(data)
    copy = tmp_path / "copy.so"
    copy.write_bytes(part)
    assert len(part) < len(data)
    assert read_elf(part) == read_elf(data)
    assert hasattr(ctypes.PyDLL(str(copy)), "PyInit__sqlite3")


@pytest.mark.parametrize(
    ("versions", "highest"),
    [
        (("GLIBC_2.4", "GLIBC_2.34"), "2.34"),
        (("GLIBC_PRIVATE", "GLIBC_2.2.5"), "2.2.5"),
        (("GLIBCXX_3.4.21", "CXXABI_1.3"), "3.4.21"),
        (("Base",), ""),
        ((), ""),
    ],
    ids=["numbers", "private", "two-families", "no-number", "none"],
)
def test_highest_version_compares_numbers(versions: tuple[str, ...], highest: str) -> None:
    assert highest_version(versions) == highest


@pytest.mark.parametrize(
    "data",
    [b"", b"#!/bin/sh\n", b"\x7fELF\x01\x01" + bytes(100), b"\x7fELF\x02\x01" + bytes(20)],
    ids=["empty", "script", "32-bit", "cut-off"],
)
def test_what_is_no_elf_file_is_refused(data: bytes) -> None:
    with pytest.raises(ElfError):
        read_elf(data)
    with pytest.raises(ElfError):
        loadable_part(data)


def test_file_that_ends_inside_a_segment_is_refused() -> None:
    data = EXTENSION.read_bytes()
    assert is_elf(data)
    with pytest.raises(ElfError):
        loadable_part(data[:5000])


@pytest.mark.parametrize("at", range(0x20, 0x40, 4), ids=hex)
def test_damaged_header_never_crashes(at: int) -> None:
    data = bytearray(EXTENSION.read_bytes())
    data[at : at + 4] = b"\xff\xff\xff\x7f"
    outcome: object = None
    try:
        outcome = read_elf(bytes(data))
    except ElfError as error:
        outcome = error.code
    assert outcome is not None
