"""What an ELF file asks of the system: machine, needed libraries, version of their symbols.

A reader of the few tables it takes, for any byte order and word size; input is not trusted, so every
offset is checked by slicing and every table has a limit.

Source: https://gabi.xinuos.com/ (dynamic section), LSB 5.0 core, symbol versioning (VERNEED).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from millennium_bundler.errors import ElfError

# https://www.sco.com/developers/gabi/latest/ch4.eheader.html and the processor supplements
MACHINES: Final = MappingProxyType(
    {
        3: "i686",
        40: "armv7",
        62: "x86_64",
        183: "aarch64",
        22: "s390x",
        21: "ppc64le",
        243: "riscv64",
    }
)
_PT_LOAD, _PT_DYNAMIC = 1, 2
_DT_NEEDED, _DT_STRTAB, _DT_STRSZ = 1, 5, 10
_DT_VERNEED, _DT_VERNEEDNUM = 0x6FFFFFFE, 0x6FFFFFFF
_CLASS_64, _LITTLE_ENDIAN = 2, 1
_MAX_TABLE = 4096
_MAX_NAME_BYTES = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Elf:
    """What was read.

    Attributes:
        machine: "x86_64", "aarch64" …, or "machine 99" when unknown.
        needed: Names of the shared libraries that the loader must find.
        versions: Library → version nodes it must define ("GLIBC_2.34").
    """

    machine: str
    needed: tuple[str, ...]
    versions: dict[str, tuple[str, ...]]


def is_elf(data: bytes) -> bool:
    """Tell whether data starts like an ELF file."""
    return data[:4] == b"\x7fELF"


def read_elf(data: bytes, *, place: str) -> Elf:
    """Read what an executable or shared library asks for.

    Args:
        data: The whole file.
        place: Its name, for errors.

    Raises:
        ElfError: Truncated or not well-formed.
    """
    try:
        return _Image(data).read()
    except (struct.error, IndexError, ValueError, OverflowError) as exc:
        message = f"{place} is not a well-formed ELF file"
        raise ElfError(message, code="elf.malformed", place=place) from exc


def read_elf_file(path: Path) -> Elf | None:
    """Read a file; None when it is not ELF."""
    data = path.read_bytes()
    return read_elf(data, place=str(path)) if is_elf(data) else None


class _Image:
    """Offsets and formats of one file."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._is_64 = data[4] == _CLASS_64
        self._order = "<" if data[5] == _LITTLE_ENDIAN else ">"
        self._loads: list[tuple[int, int, int]] = []
        self._dynamic: list[tuple[int, int]] = []
        self._left = _MAX_TABLE

    def read(self) -> Elf:
        machine = self._unpack("H", 18)[0]
        name = MACHINES.get(machine, f"machine {machine}")
        self._read_segments()
        strings = self._strings()
        needed = tuple(_text(strings, value) for tag, value in self._dynamic if tag == _DT_NEEDED)
        return Elf(machine=name, needed=needed, versions=dict(self._versions(strings)))

    def _unpack(self, form: str, offset: int) -> tuple[int, ...]:
        return struct.unpack_from(self._order + form, self._data, offset)

    def _read_segments(self) -> None:
        table = self._unpack("Q" if self._is_64 else "I", 32 if self._is_64 else 28)[0]
        size, count = self._unpack("HH", 54 if self._is_64 else 42)
        dynamic = (0, 0)
        for index in range(min(count, _MAX_TABLE)):
            kind, offset, address, length = self._segment(table + index * size)
            if kind == _PT_LOAD:
                self._loads.append((address, offset, length))
            elif kind == _PT_DYNAMIC:
                dynamic = (offset, length)
        self._read_dynamic(*dynamic)

    def _segment(self, at: int) -> tuple[int, int, int, int]:
        if self._is_64:
            kind, _flags, offset, address, _physical, length = self._unpack("IIQQQQ", at)
        else:
            kind, offset, address, _physical, length = self._unpack("IIIII", at)
        return kind, offset, address, length

    def _read_dynamic(self, offset: int, length: int) -> None:
        step = 16 if self._is_64 else 8
        for at in range(offset, offset + min(length, _MAX_TABLE * step) - step + 1, step):
            tag, value = self._unpack("QQ" if self._is_64 else "II", at)
            if tag == 0:
                return
            self._dynamic.append((tag, value))

    def _first(self, tag: int) -> int | None:
        return next((value for found, value in self._dynamic if found == tag), None)

    def _offset(self, address: int) -> int:
        for start, offset, length in self._loads:
            if start <= address < start + length:
                return address - start + offset
        raise ValueError(address)

    def _strings(self) -> bytes:
        address, size = self._first(_DT_STRTAB), self._first(_DT_STRSZ)
        if address is None or size is None:
            return b""
        start = self._offset(address)
        return self._data[start : start + size]

    def _versions(self, strings: bytes) -> Iterator[tuple[str, tuple[str, ...]]]:
        address = self._first(_DT_VERNEED)
        if address is None:
            return
        at = self._offset(address)
        for _ in range(min(self._first(_DT_VERNEEDNUM) or 0, _MAX_TABLE)):
            _version, count, file, first, following = self._unpack("HHIII", at)
            yield _text(strings, file), tuple(self._nodes(strings, at + first, count))
            if not following:
                return
            at += following

    def _nodes(self, strings: bytes, at: int, count: int) -> Iterator[str]:
        for _ in range(min(count, _MAX_TABLE)):
            # All lists together: many may lead to the same long one.
            self._left -= 1
            if self._left < 0:
                raise ValueError(at)
            _hash, _flags, _other, name, following = self._unpack("IHHII", at)
            yield _text(strings, name)
            if not following:
                return
            at += following


def _text(strings: bytes, offset: int) -> str:
    end = strings.index(b"\0", offset, offset + _MAX_NAME_BYTES)
    return strings[offset:end].decode("ascii")
