"""Reading what an ELF file needs."""

from __future__ import annotations

import contextlib
import struct
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millennium_bundler.elf import Elf, is_elf, read_elf, read_elf_file
from millennium_bundler.errors import ElfError

STRINGS = b"\0libc.so.6\0libz.so.1\0GLIBC_2.34\0GLIBC_2.2.5\0"


def image(*, is_64: bool, order: str, machine: int = 62) -> bytes:
    """Write the smallest shared object that needs two libraries and two nodes of the first."""
    head, phdr, dyn = (64, 56, 16) if is_64 else (52, 32, 8)
    at_dynamic = head + 2 * phdr
    at_strings = at_dynamic + 6 * dyn
    at_versions = at_strings + len(STRINGS)
    nodes = struct.pack(order + "IHHII", 0, 0, 0, STRINGS.index(b"GLIBC_2.34"), 16)
    nodes += struct.pack(order + "IHHII", 0, 0, 0, STRINGS.index(b"GLIBC_2.2.5"), 0)
    versions = struct.pack(order + "HHIII", 1, 2, STRINGS.index(b"libc"), 16, 0) + nodes
    word = "QQ" if is_64 else "II"
    tags = [(1, 1), (1, 11), (5, at_strings), (10, len(STRINGS)), (0x6FFFFFFE, at_versions)]
    tags += [(0x6FFFFFFF, 1)]
    dynamic = b"".join(struct.pack(order + word, *tag) for tag in tags)
    size = at_versions + len(versions)
    ident = b"\x7fELF" + bytes([2 if is_64 else 1, 1 if order == "<" else 2, 1]) + bytes(9)
    if is_64:
        header = struct.pack(
            order + "HHIQQQIHHHHHH", 3, machine, 1, 0, head, 0, 0, head, phdr, 2, 0, 0, 0
        )
        load = struct.pack(order + "IIQQQQQQ", 1, 4, 0, 0, 0, size, size, 1)
        table = struct.pack(
            order + "IIQQQQQQ", 2, 4, at_dynamic, at_dynamic, 0, 6 * dyn, 6 * dyn, 1
        )
    else:
        header = struct.pack(
            order + "HHIIIIIHHHHHH", 3, machine, 1, 0, head, 0, 0, head, phdr, 2, 0, 0, 0
        )
        load = struct.pack(order + "IIIIIIII", 1, 0, 0, 0, size, size, 4, 1)
        table = struct.pack(
            order + "IIIIIIII", 2, at_dynamic, at_dynamic, 0, 6 * dyn, 6 * dyn, 4, 1
        )
    return ident + header + load + table + dynamic + STRINGS + versions


@pytest.mark.parametrize("is_64", [True, False], ids=["64 bit", "32 bit"])
@pytest.mark.parametrize("order", ["<", ">"], ids=["little", "big"])
def test_needs_are_read_in_every_word_size_and_byte_order(is_64: bool, order: str):
    assert read_elf(image(is_64=is_64, order=order), place="x") == Elf(
        machine="x86_64",
        needed=("libc.so.6", "libz.so.1"),
        versions={"libc.so.6": ("GLIBC_2.34", "GLIBC_2.2.5")},
    )


def test_an_unknown_machine_keeps_its_number():
    assert read_elf(image(is_64=True, order="<", machine=9999), place="x").machine == "machine 9999"


@pytest.mark.skipif(sys.platform != "linux", reason="needs the ELF files of Linux")
def test_a_real_executable_needs_the_c_library():
    found = read_elf_file(Path("/bin/true"))
    assert found is not None
    assert "libc.so.6" in found.needed
    assert any(node.startswith("GLIBC_2.") for node in found.versions["libc.so.6"])


def test_what_is_not_elf_is_not_read(tmp_path: Path):
    path = tmp_path / "script"
    path.write_text("#!/bin/sh\n")
    assert read_elf_file(path) is None


def test_a_static_executable_needs_nothing():
    whole = image(is_64=True, order="<")
    static = whole[:64] + struct.pack("<I", 6) + whole[68:120] + struct.pack("<I", 6) + whole[124:]
    assert read_elf(static, place="x").needed == ()


@given(st.integers(4, 200), st.binary(min_size=0, max_size=40))
def test_damage_anywhere_gives_a_coded_error_or_an_answer(at: int, damage: bytes):
    whole = image(is_64=True, order="<")
    data = whole[:at] + damage + whole[at + len(damage) :][: len(whole) - at]
    with contextlib.suppress(ElfError):
        read_elf(data, place="x")


def test_a_truncated_file_is_refused_by_name():
    with pytest.raises(ElfError, match=r"cut\.so"):
        read_elf(image(is_64=True, order="<")[:70], place="cut.so")


def test_only_the_magic_makes_it_elf():
    assert (is_elf(b"\x7fELF..."), is_elf(b"MZ")) == (True, False)
