"""The summary of an .msi: what Windows reads before it opens any table.

Source: https://learn.microsoft.com/windows/win32/msi/summary-property-descriptions, [MS-OLEPS]
"""

from __future__ import annotations

import struct
import uuid
from dataclasses import dataclass

from millennium_bundler.errors import PackageError
from millennium_bundler.msi.string_pool import CODE_PAGES

STREAM = "\x05SummaryInformation"
_FORMAT = uuid.UUID("F29F85E0-4FF9-1068-AB91-08002B27B3D9").bytes_le
_HEADER = struct.Struct("<HHI16sI16sI")
_OFFSET = 48
_SHORT, _LONG, _TEXT, _TIME = 2, 3, 30, 64
_CODE_PAGE, _TITLE, _SUBJECT, _AUTHOR, _KEYWORDS, _COMMENTS, _TEMPLATE = 1, 2, 3, 4, 5, 6, 7
_PACKAGE_CODE, _CREATED, _SAVED, _SCHEMA, _FLAGS, _PROGRAM, _SECURITY = 9, 12, 13, 14, 15, 18, 19
_TITLE_TEXT, _KEYWORDS_TEXT = "Installation Database", "Installer"
# From 1601 to 1970 in seconds.
_FILETIME_EPOCH = 11_644_473_600
_READ_ONLY_RECOMMENDED = 2
COMPRESSED, NO_ELEVATION = 2, 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What the summary says.

    Attributes:
        subject: The product's name.
        author: Who made it.
        comments: One line about the file.
        template: Machine and language, such as "x64;1033".
        package_code: A GUID in braces that no other file has.
        schema: The least version of Windows Installer, times 100.
        flags: `COMPRESSED`, and `NO_ELEVATION` for a package of one user.
        date: Seconds since 1970.
        code_page: Of its texts.
        program: What made the file.
    """

    subject: str
    author: str
    comments: str
    template: str
    package_code: str
    schema: int
    flags: int
    date: int
    code_page: int
    program: str = "millennium-bundler"


def write_summary(summary: Summary) -> bytes:
    """Return the stream."""
    coding = CODE_PAGES[summary.code_page]
    time = struct.pack("<IQ", _TIME, (summary.date + _FILETIME_EPOCH) * 10_000_000)
    texts = {
        _TITLE: _TITLE_TEXT,
        _SUBJECT: summary.subject,
        _AUTHOR: summary.author,
        _KEYWORDS: _KEYWORDS_TEXT,
        _COMMENTS: summary.comments,
        _TEMPLATE: summary.template,
        _PACKAGE_CODE: summary.package_code,
        _PROGRAM: summary.program,
    }
    numbers = {
        _SCHEMA: summary.schema,
        _FLAGS: summary.flags,
        _SECURITY: _READ_ONLY_RECOMMENDED,
    }
    values = {number: _text(text, coding) for number, text in texts.items()}
    values |= {number: struct.pack("<II", _LONG, value) for number, value in numbers.items()}
    values |= {_CREATED: time, _SAVED: time}
    values |= {_CODE_PAGE: struct.pack("<IHH", _SHORT, summary.code_page, 0)}
    return _section(dict(sorted(values.items())))


def read_summary(data: bytes) -> Summary:
    """Read the stream.

    Raises:
        PackageError: A property is missing or not of its type.
    """
    head = _HEADER.unpack_from(data)
    size, count = struct.unpack_from("<II", data, _OFFSET)
    if head[0] != 0xFFFE or head[5:] != (_FORMAT, _OFFSET) or _OFFSET + size != len(data):  # noqa: PLR2004 - byte order mark
        raise _corrupt()
    found: dict[int, int | bytes] = {}
    for index in range(count):
        number, at = struct.unpack_from("<II", data, _OFFSET + 8 + 8 * index)
        found[number] = _value(data, _OFFSET + at)
    coding = CODE_PAGES.get(_number(found, _CODE_PAGE), "")
    if not coding or _number(found, _SECURITY) != _READ_ONLY_RECOMMENDED:
        raise _corrupt()

    def text(number: int) -> str:
        value = found.get(number)
        if not isinstance(value, bytes):
            raise _corrupt()
        return value.decode(coding)

    return Summary(
        subject=text(_SUBJECT),
        author=text(_AUTHOR),
        comments=text(_COMMENTS),
        template=text(_TEMPLATE),
        package_code=text(_PACKAGE_CODE),
        schema=_number(found, _SCHEMA),
        flags=_number(found, _FLAGS),
        date=_number(found, _CREATED),
        code_page=_number(found, _CODE_PAGE),
        program=text(_PROGRAM),
    )


def _text(text: str, coding: str) -> bytes:
    raw = text.encode(coding) + b"\0"
    return struct.pack("<II", _TEXT, len(raw)) + raw + b"\0" * (-len(raw) % 4)


def _section(values: dict[int, bytes]) -> bytes:
    at = 8 + 8 * len(values)
    index = []
    for number, value in values.items():
        index.append(struct.pack("<II", number, at))
        at += len(value)
    head = _HEADER.pack(0xFFFE, 0, 0x0002_0005, bytes(16), 1, _FORMAT, _OFFSET)
    return b"".join((head, struct.pack("<II", at, len(values)), *index, *values.values()))


def _value(data: bytes, at: int) -> int | bytes:
    (kind,) = struct.unpack_from("<I", data, at)
    if kind == _SHORT:
        return int(struct.unpack_from("<H", data, at + 4)[0])
    if kind == _LONG:
        return int(struct.unpack_from("<I", data, at + 4)[0])
    if kind == _TIME:
        return int(struct.unpack_from("<Q", data, at + 4)[0]) // 10_000_000 - _FILETIME_EPOCH
    (size,) = struct.unpack_from("<I", data, at + 4)
    raw = data[at + 8 : at + 8 + size]
    if kind != _TEXT or len(raw) != size or raw[-1:] != b"\0":
        raise _corrupt()
    return raw[:-1]


def _number(found: dict[int, int | bytes], number: int) -> int:
    value = found.get(number)
    if not isinstance(value, int):
        raise _corrupt()
    return value


def _corrupt() -> PackageError:
    message = "the package is corrupt: its summary is not as Windows wants it"
    return PackageError(message, code="package.corrupt")
