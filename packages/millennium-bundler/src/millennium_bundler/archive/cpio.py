"""The cpio archive that an RPM package carries ("new ASCII" form), and its reader.

Source: https://www.kernel.org/doc/html/latest/driver-api/early-userspace/buffer-format.html
"""

from __future__ import annotations

import io
from dataclasses import dataclass

from millennium_bundler.errors import PackageError

MAX_FILE_BYTES = 2**32 - 1
"""The largest file whose size the header's eight digits can say."""

_MAGIC = b"070701"
_FIELDS = 13
_DIGITS = 8
_HEADER_BYTES = len(_MAGIC) + _FIELDS * _DIGITS
_TRAILER = "TRAILER!!!"


@dataclass(frozen=True, slots=True, kw_only=True)
class CpioMember:
    """One member.

    Attributes:
        name: As in the archive, such as "./usr/bin/hello".
        mode: Kind and permissions, as stat(2) has them.
        data: Content; a link's target.
    """

    name: str
    mode: int
    data: bytes


def write_cpio(members: list[CpioMember], *, date: int) -> bytes:
    """Return an archive of members that belong to root and have one date."""
    out = io.BytesIO()
    for number, member in enumerate(members, 1):
        _write(out, member, number=number, date=date)
    _write(out, CpioMember(name=_TRAILER, mode=0, data=b""), number=0, date=0)
    return out.getvalue()


def read_cpio(data: bytes) -> list[CpioMember]:
    """Return the members of an archive.

    Raises:
        PackageError: Not such an archive, or cut short.
    """
    members: list[CpioMember] = []
    at = 0
    while True:
        member, at = _read(data, at)
        if member.name == _TRAILER:
            return members
        members.append(member)


def _write(out: io.BytesIO, member: CpioMember, *, number: int, date: int) -> None:
    name = member.name.encode() + b"\0"
    # inode, mode, user, group, links, time, size, four of the device, length of the name, checksum
    values = (number, member.mode, 0, 0, 1, date, len(member.data), 0, 0, 0, 0, len(name), 0)
    out.write(_MAGIC + b"".join(b"%08x" % value for value in values) + name)
    out.write(b"\0" * (-out.tell() % 4))
    out.write(member.data)
    out.write(b"\0" * (-out.tell() % 4))


def _read(data: bytes, at: int) -> tuple[CpioMember, int]:
    header = data[at : at + _HEADER_BYTES]
    digits = header[len(_MAGIC) :]
    if len(header) != _HEADER_BYTES or not header.startswith(_MAGIC) or not digits.isalnum():
        raise _corrupt("it has no member where one should be")
    try:
        words = (digits[i : i + _DIGITS] for i in range(0, len(digits), _DIGITS))
        fields = [int(word, 16) for word in words]
    except ValueError as exc:
        raise _corrupt("a number in it is none") from exc
    mode, size, name_length = fields[1], fields[6], fields[11]
    start = at + _HEADER_BYTES
    name = data[start : start + name_length]
    body = start + name_length + -(start + name_length) % 4
    end = body + size
    if len(name) != name_length or not name.endswith(b"\0") or end > len(data):
        raise _corrupt("it is cut short")
    member = CpioMember(name=name[:-1].decode("utf-8", "replace"), mode=mode, data=data[body:end])
    return member, end + -end % 4


def _corrupt(what: str) -> PackageError:
    return PackageError(f"the package's cpio archive is corrupt: {what}", code="package.corrupt")
