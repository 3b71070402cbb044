"""Mach-O files: what a hand-made one says, and what is refused."""

from __future__ import annotations

import struct
from collections.abc import Callable

import pytest

from mac_programs import thin, universal
from millennium_bundler.errors import ExecutableError
from millennium_bundler.macho import Kind, is_macho, read_macho


def edited(data: bytes, at: int, new: bytes) -> bytes:
    return data[:at] + new + data[at + len(new) :]


def test_a_thin_program_is_read():
    [part] = read_macho(thin("x86_64", oldest=(10, 15)), place="a")
    assert (part.machine, part.kind, part.offset) == ("x86_64", Kind.EXECUTABLE, 0)
    assert (part.oldest_system, part.sdk) == ((10, 15, 0), (14, 0, 0))
    assert part.libraries == ("/usr/lib/libSystem.B.dylib",)
    assert part.signature is None
    assert [segment.name for segment in part.segments] == ["__PAGEZERO", "__TEXT", "__LINKEDIT"]


def test_both_machines_of_a_universal_library_are_read():
    parts = read_macho(universal(thin("x86_64", kind=6), thin("aarch64", kind=6)), place="a")
    assert [(part.machine, part.kind) for part in parts] == [
        ("x86_64", Kind.LIBRARY),
        ("aarch64", Kind.LIBRARY),
    ]
    assert [part.offset % (1 << part.align_bits) for part in parts] == [0, 0]


def test_an_older_word_for_the_oldest_system_is_read():
    data = thin("x86_64")
    at = data.index(struct.pack("<II", 0x32, 24))
    [part] = read_macho(
        edited(data, at, struct.pack("<IIII", 0x24, 24, 10 << 16 | 13 << 8, 0x000A_0E00)), place="a"
    )
    assert (part.oldest_system, part.sdk) == ((10, 13, 0), (10, 14, 0))


def test_a_program_may_not_say_its_oldest_system():
    data = thin("x86_64")
    at = data.index(struct.pack("<II", 0x32, 24))
    [part] = read_macho(edited(data, at, struct.pack("<I", 0x99)), place="a")
    assert (part.oldest_system, part.sdk) == ((0, 0, 0), (0, 0, 0))


@pytest.mark.parametrize(
    ("data", "answer"),
    [
        (thin(), True),
        (universal(thin()), True),
        (b"\xce\xfa\xed\xfe", True),
        (b"\xca\xfe\xba\xbe\0\0\0\x34", False),
        (b"\x7fELF", False),
        (b"", False),
    ],
    ids=["thin", "universal", "32 bits", "Java", "ELF", "nothing"],
)
def test_mach_o_is_known_by_its_beginning(data: bytes, answer: bool):
    assert is_macho(data) is answer


FAT = universal(thin("x86_64"), thin("aarch64"))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\xce\xfa\xed\xfe" + bytes(100), "another way"),
        (thin()[:20], "well-formed"),
        (thin()[:200], "too many load commands"),
        (edited(thin(), 4, b"\x07\0\0\0"), "no longer runs"),
        (edited(thin(), 12, b"\x01\0\0\0"), "well-formed"),
        (edited(thin(), 16, b"\xff\xff\0\0"), "too many load commands"),
        (edited(thin(), 16, b"\x05\0\0\0"), "do not fill"),
        (edited(thin(), 36, b"\x05\0\0\0"), "beyond its end"),
        (edited(FAT, 4, b"\0\0\0\x1f"), "too many slices"),
        (edited(FAT, 8 + 8, b"\0\0\0\1"), "overlap"),
        (edited(FAT, 8 + 12, b"\xff"), "overlap"),
        (universal(thin("x86_64"), thin("x86_64")), "two slices"),
    ],
    ids=[
        *("32 bits", "head alone", "cut", "processor", "object file", "many", "count", "size"),
        *("slices", "offset", "length", "twice"),
    ],
)
def test_what_is_not_well_formed_is_refused(data: bytes, words: str):
    with pytest.raises(ExecutableError, match=words) as caught:
        read_macho(data, place="a")
    assert caught.value.code == "macho.malformed"


@pytest.mark.parametrize("at", range(32, 700, 7))
def test_touched_load_commands_never_crash_the_reader(at: int):
    outcome: Callable[[], object] = lambda: read_macho(edited(thin(), at, b"\xff"), place="a")  # noqa: E731
    try:
        parts = outcome()
    except ExecutableError:
        parts = ()
    assert isinstance(parts, tuple)
