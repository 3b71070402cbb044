"""Read what the loader reads of an ELF file: its name, its needs, its segments.

Only 64-bit little-endian files, which is what the native freezer makes. Every offset is checked
against the length of the file: a damaged file is an `ElfError`, never a wrong answer.

Source: https://refspecs.linuxfoundation.org/LSB_5.0.0/LSB-Core-generic/LSB-Core-generic.html
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from millennium_build.errors import ElfError

MAGIC = b"\x7fELF"

_HEADER = struct.Struct("<16xHHIQQQIHHHHHH")
_SEGMENT = struct.Struct("<IIQQQQQQ")
_DYNAMIC = struct.Struct("<qQ")
_VERSION_NEED = struct.Struct("<HHIII")
_VERSION_AUX = struct.Struct("<IHHII")

_LOAD, _DYNAMIC_SEGMENT = 1, 2
_NEEDED, _STRTAB, _STRSZ, _SONAME, _RPATH, _RUNPATH = 1, 5, 10, 14, 15, 29
_VERNEED, _VERNEEDNUM = 0x6FFFFFFE, 0x6FFFFFFF

_SECTIONS_AT = slice(40, 48)
_SECTION_COUNTS_AT = slice(60, 64)


@dataclass(frozen=True, slots=True, kw_only=True)
class ElfFile:
    """What one library says about itself."""

    soname: str
    needed: tuple[str, ...]
    runpath: tuple[str, ...]
    versions: dict[str, tuple[str, ...]]
    """Library → the symbol versions that are needed of it, such as ``GLIBC_2.34``."""


@dataclass(frozen=True, slots=True)
class _Segment:
    kind: int
    offset: int
    address: int
    size: int


def is_elf(data: bytes) -> bool:
    """Tell whether the bytes start like a 64-bit little-endian ELF file."""
    return data[:6] == MAGIC + b"\x02\x01"


def read_elf(data: bytes) -> ElfFile:
    """Read the dynamic section.

    Raises:
        ElfError: Not a 64-bit little-endian ELF file, or not well-formed.
    """
    try:
        return _read(data)
    except (struct.error, ValueError, IndexError) as error:
        raise ElfError(f"not a well-formed 64-bit ELF file: {error}") from error


def loadable_part(data: bytes) -> bytes:
    """Leave out what the loader never maps: the section table and symbols for debuggers.

    Unlike ``strip`` this moves nothing, so libraries that patchelf rewrote stay valid.

    Raises:
        ElfError: Not a 64-bit little-endian ELF file, or not well-formed.
    """
    try:
        segments = _read_segments(data)
    except (struct.error, ValueError) as error:
        raise ElfError(f"not a well-formed 64-bit ELF file: {error}") from error
    end = max(segment.offset + segment.size for segment in segments)
    if end > len(data):
        raise ElfError("an ELF file ends before its last segment")
    kept = bytearray(data[:end])
    kept[_SECTIONS_AT] = bytes(8)
    kept[_SECTION_COUNTS_AT] = bytes(4)
    return bytes(kept)


def highest_version(versions: tuple[str, ...]) -> str:
    """Return the highest number among names such as ``GLIBC_2.4`` and ``GLIBC_2.34``.

    Names without a number (``GLIBC_PRIVATE``) count for nothing; without any the text is empty.
    """
    numbers = [match[1] for name in versions if (match := re.search(r"_(\d+(?:\.\d+)*)$", name))]
    return max(numbers, key=_as_numbers, default="")


def _as_numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split("."))


def _read_segments(data: bytes) -> list[_Segment]:
    if not is_elf(data):
        raise ValueError("the first bytes are not those of one")
    fields = _HEADER.unpack_from(data)
    table, size, count = fields[4], fields[8], fields[9]
    if not count:
        raise ValueError("it has no segments")
    segments = []
    for index in range(count):
        kind, _, offset, address, _, stored, _, _ = _SEGMENT.unpack_from(data, table + index * size)
        segments.append(_Segment(kind, offset, address, stored))
    return segments


def _read(data: bytes) -> ElfFile:
    segments = _read_segments(data)
    dynamic = next((each for each in segments if each.kind == _DYNAMIC_SEGMENT), None)
    if dynamic is None:
        return ElfFile(soname="", needed=(), runpath=(), versions={})
    tags: dict[int, list[int]] = {}
    for offset in range(dynamic.offset, dynamic.offset + dynamic.size, _DYNAMIC.size):
        tag, value = _DYNAMIC.unpack_from(data, offset)
        if tag == 0:
            break
        tags.setdefault(tag, []).append(value)
    strings = _Strings(data, _file_offset(segments, tags[_STRTAB][0]) if _STRTAB in tags else 0)
    runpath = [strings.at(value) for tag in (_RUNPATH, _RPATH) for value in tags.get(tag, ())]
    return ElfFile(
        soname=strings.at(tags[_SONAME][0]) if _SONAME in tags else "",
        needed=tuple(strings.at(value) for value in tags.get(_NEEDED, ())),
        runpath=tuple(part for text in runpath for part in text.split(":") if part),
        versions=dict(_read_versions(data, segments, tags, strings)),
    )


class _Strings:
    """The table of names."""

    def __init__(self, data: bytes, start: int) -> None:
        self._data = data
        self._start = start

    def at(self, offset: int) -> str:
        start = self._start + offset
        return self._data[start : self._data.index(b"\0", start)].decode()


def _file_offset(segments: list[_Segment], address: int) -> int:
    for segment in segments:
        if segment.kind == _LOAD and segment.address <= address < segment.address + segment.size:
            return segment.offset + address - segment.address
    raise ValueError(f"address {address:#x} is in no segment")


def _read_versions(
    data: bytes, segments: list[_Segment], tags: dict[int, list[int]], strings: _Strings
) -> Iterator[tuple[str, tuple[str, ...]]]:
    if _VERNEED not in tags:
        return
    offset = _file_offset(segments, tags[_VERNEED][0])
    for _ in range(tags[_VERNEEDNUM][0]):
        _, count, name, first, following = _VERSION_NEED.unpack_from(data, offset)
        versions, position = [], offset + first
        for _ in range(count):
            _, _, _, version, step = _VERSION_AUX.unpack_from(data, position)
            versions.append(strings.at(version))
            position += step
        yield strings.at(name), tuple(versions)
        offset += following
