"""Reading a setup.exe back: whether it is whole, and what it says it holds.

1. Behind the program's sections stands NSIS's own head: marks, the size of the tables, and of all that
   follows, whose last four bytes are a CRC-32 of everything from byte 512 on.
2. The 512 bytes before that are covered by the checksum of the program's own head, which we write.
3. What stands behind is a signature, and must be where the program's head says it is.

Source: https://github.com/kichik/nsis ``Source/exehead/fileform.h``
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass

from millennium_bundler.errors import ExecutableError, PackageError
from millennium_bundler.pe import read_pe

_MARK = b"\xef\xbe\xad\xdeNullsoftInst"
_BLOCK = 512
_HEAD = struct.Struct("<I16sII")
HEAD_BYTES = _HEAD.size
_CHECKSUM_AT = 88
_SECURITY_AT_32, _SECURITY_AT_64 = 24 + 128, 24 + 144
_OPTIONAL_64 = 0x20B


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupFile:
    """What was read.

    Attributes:
        machine: Of the installer itself.
        version: "1.2.3.0" of its version resource.
        tables_bytes: Size of NSIS's tables, unpacked.
        data_bytes: Size of all that NSIS put behind the program.
        is_signed: Whether a signature follows.
    """

    machine: str
    version: str
    tables_bytes: int
    data_bytes: int
    is_signed: bool


def seal(data: bytes) -> bytes:
    """Return a setup.exe with the checksum in its head."""
    at = _start(data) + _CHECKSUM_AT
    return data[:at] + struct.pack("<I", checksum(data)) + data[at + 4 :]


def checksum(data: bytes) -> int:
    """Return the checksum of a program, as if there were none in its head.

    Source: https://learn.microsoft.com/windows/win32/api/imagehlp/nf-imagehlp-checksummappedfile
    """
    at = _start(data) + _CHECKSUM_AT
    even = data[:at] + b"\0\0\0\0" + data[at + 4 :]
    # The sum of words of 16 bits with its carries added is the remainder by 65535, without ever being 0.
    return (int.from_bytes(even, "little") % 0xFFFF or 0xFFFF) + len(data)


def read_setup(data: bytes, *, name: str) -> SetupFile:
    """Read a setup.exe and check that no byte of it has changed.

    Args:
        data: The whole file.
        name: Its name, for errors.

    Raises:
        PackageError: It is no such file, was cut short, or a byte differs.
    """
    try:
        return _read(data)
    except (ExecutableError, struct.error, ValueError) as exc:
        message = f"{name} is no whole setup.exe: {exc}"
        raise PackageError(message, code="package.corrupt") from exc


def find_data(data: bytes) -> tuple[int, int]:
    """Return where NSIS's part of a whole setup.exe begins, and its size.

    Raises:
        ValueError: There is none.
    """
    at = _find_head(data)
    return at, int(_HEAD.unpack_from(data, at)[3])


def _read(data: bytes) -> SetupFile:
    program = read_pe(data, place="the setup.exe")
    stored = struct.unpack_from("<I", data, _start(data) + _CHECKSUM_AT)[0]
    if stored != checksum(data):
        message = "its checksum differs"
        raise ValueError(message)
    at = _find_head(data)
    _flags, _mark, tables, size = _HEAD.unpack_from(data, at)
    end = at + size
    if end > len(data):
        message = "it was cut short"
        raise ValueError(message)
    crc = struct.unpack_from("<I", data, end - 4)[0]
    if zlib.crc32(data[_BLOCK : end - 4]) != crc:
        message = "its CRC-32 differs"
        raise ValueError(message)
    signature = _signature_at(data)
    if (signature or end) not in range(end, end + 8) or (not signature and end != len(data)):
        message = "something was put behind its end"
        raise ValueError(message)
    return SetupFile(
        machine=program.machine,
        version=program.version,
        tables_bytes=tables,
        data_bytes=size,
        is_signed=bool(signature),
    )


def _start(data: bytes) -> int:
    return int(struct.unpack_from("<I", data, 0x3C)[0])


def _find_head(data: bytes) -> int:
    at = data.find(_MARK)
    while at >= 0 and (at - 4) % _BLOCK:
        at = data.find(_MARK, at + 1)
    if at < 0 or at - 4 + HEAD_BYTES > len(data):
        message = "NSIS's head is not there"
        raise ValueError(message)
    return at - 4


def _signature_at(data: bytes) -> int:
    start = _start(data)
    kind = struct.unpack_from("<H", data, start + 24)[0]
    place = _SECURITY_AT_64 if kind == _OPTIONAL_64 else _SECURITY_AT_32
    return int(struct.unpack_from("<I", data, start + place)[0])
