"""What a Windows executable says of itself: machine, kind, version.

A reader of the few tables it takes. Input is not trusted: every offset is checked by slicing and every
table has a limit. A file whose version cannot be read has none, for Windows treats it alike.

Source: https://learn.microsoft.com/windows/win32/debug/pe-format
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from millennium_bundler.errors import ExecutableError

MACHINES: Final = MappingProxyType({0x14C: "i686", 0x8664: "x86_64", 0xAA64: "aarch64"})
_HEADER_SIZE = 24
_DOS_HEADER_SIZE = 0x40
_MAGIC = int.from_bytes(b"PE\0\0", "little")
_OPTIONAL_32, _OPTIONAL_64 = 0x10B, 0x20B
_DLL, _CONSOLE = 0x2000, 3
_RESOURCES = 2
_RT_VERSION = 16
_FIXED_INFO = b"\xbd\x04\xef\xfe"
_MAX_TABLE = 4096
_IS_FOLDER = 0x80000000


@dataclass(frozen=True, slots=True, kw_only=True)
class Pe:
    """What was read.

    Attributes:
        machine: "x86_64", "aarch64" …, or "machine 0x1c4" when unknown.
        is_library: Whether it is a DLL.
        is_console: Whether Windows opens a console for it.
        version: "1.2.3.4" of its version resource, or "" when it has none.
        language: The resource's language as a number, 0 for neutral or none.
    """

    machine: str
    is_library: bool
    is_console: bool
    version: str = ""
    language: int = 0


def is_pe(data: bytes) -> bool:
    """Tell whether data starts like a Windows executable."""
    if data[:2] != b"MZ" or len(data) < _DOS_HEADER_SIZE:
        return False
    start = int.from_bytes(data[0x3C:_DOS_HEADER_SIZE], "little")
    return data[start : start + 4] == b"PE\0\0"


def read_pe(data: bytes, *, place: str) -> Pe:
    """Read what an executable or DLL says of itself.

    Args:
        data: The whole file.
        place: Its name, for errors.

    Raises:
        ExecutableError: Truncated or not well-formed.
    """
    try:
        return _Image(data).read()
    except (struct.error, ValueError) as exc:
        message = f"{place} is not a well-formed Windows executable"
        raise ExecutableError(message, code="pe.malformed", place=place) from exc


class _Image:
    """Offsets of one file."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._start = self._unpack("<I", 0x3C)[0]
        self._optional = self._start + _HEADER_SIZE
        self._sections: list[tuple[int, int, int]] = []

    def read(self) -> Pe:
        magic, machine, sections = self._unpack("<IHH", self._start)
        if magic != _MAGIC:
            raise ValueError(magic)
        size, flags = self._unpack("<HH", self._start + 20)
        kind = self._unpack("<H", self._optional)[0]
        if kind not in {_OPTIONAL_32, _OPTIONAL_64}:
            raise ValueError(kind)
        for index in range(min(sections, _MAX_TABLE)):
            at = self._optional + size + 40 * index
            _size, address, length, offset = self._unpack("<4I", at + 8)
            self._sections.append((address, length, offset))
        version, language = self._version(self._optional + (96 if kind == _OPTIONAL_32 else 112))
        return Pe(
            machine=MACHINES.get(machine, f"machine {machine:#x}"),
            is_library=bool(flags & _DLL),
            is_console=self._unpack("<H", self._optional + 68)[0] == _CONSOLE,
            version=version,
            language=language,
        )

    def _unpack(self, form: str, offset: int) -> tuple[int, ...]:
        return struct.unpack_from(form, self._data, offset)

    def _offset(self, address: int) -> int:
        for start, length, offset in self._sections:
            if start <= address < start + length:
                return address - start + offset
        raise ValueError(address)

    def _version(self, directories: int) -> tuple[str, int]:
        try:
            count, address = *self._unpack("<I", directories - 4), 0
            if count > _RESOURCES:
                address = self._unpack("<I", directories + 8 * _RESOURCES)[0]
            return self._fixed_version(self._offset(address)) if address else ("", 0)
        except (struct.error, ValueError, StopIteration):
            return "", 0

    def _fixed_version(self, root: int) -> tuple[str, int]:
        # Three floors: type, name, language.
        types = next(at for number, at in self._folder(root, 0) if number == _RT_VERSION)
        _name, languages = next(self._folder(root, types & ~_IS_FOLDER))
        language, leaf = next(self._folder(root, languages & ~_IS_FOLDER))
        address, size = self._unpack("<II", root + leaf)
        start = self._offset(address)
        found = self._data.index(_FIXED_INFO, start, start + size)
        high, low = self._unpack("<II", found + 8)
        parts = (high >> 16, high & 0xFFFF, low >> 16, low & 0xFFFF)
        return ".".join(map(str, parts)), language

    def _folder(self, root: int, at: int) -> Iterator[tuple[int, int]]:
        named, numbered = self._unpack("<HH", root + at + 12)
        for index in range(min(named + numbered, _MAX_TABLE)):
            number, place = self._unpack("<II", root + at + 16 + 8 * index)
            yield number, place
