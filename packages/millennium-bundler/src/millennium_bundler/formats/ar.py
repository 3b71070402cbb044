"""The `ar` archive that a .deb is: written and read.

Source: deb(5) and the "common" ar format: 60-byte headers, even offsets, no symbol table.
"""

from __future__ import annotations

from dataclasses import dataclass

from millennium_bundler.errors import PackageError

_MAGIC = b"!<arch>\n"
_HEADER_BYTES = 60
_HEADER_END = b"`\n"
_MAX_NAME_CHARS = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One member of an archive."""

    name: str
    data: bytes


def write_ar(members: list[Member], *, date: int) -> bytes:
    """Return an archive whose members are owned by root and carry one date."""
    out = bytearray(_MAGIC)
    for member in members:
        name = member.name.encode("ascii")
        out += b"%-16s%-12d%-6d%-6d%-8s%-10d`\n" % (name, date, 0, 0, b"100644", len(member.data))
        out += member.data
        if len(member.data) % 2:
            out += b"\n"
    return bytes(out)


def read_ar(data: bytes) -> list[Member]:
    """Return the members of an archive in order.

    Raises:
        PackageError: Not an archive, truncated, or a header is malformed.
    """
    if not data.startswith(_MAGIC):
        raise _corrupt("it does not start like an ar archive")
    members: list[Member] = []
    at = len(_MAGIC)
    while at < len(data):
        header = data[at : at + _HEADER_BYTES]
        size = header[48:58].strip()
        if len(header) < _HEADER_BYTES or header[58:] != _HEADER_END or not size.isdigit():
            raise _corrupt(f"the header at byte {at} is malformed")
        at += _HEADER_BYTES
        body = data[at : at + int(size)]
        if len(body) != int(size):
            raise _corrupt("the last member is cut short")
        name = header[: _MAX_NAME_CHARS + 1].decode("ascii", "replace").strip().removesuffix("/")
        members.append(Member(name=name, data=body))
        at += int(size) + int(size) % 2
    return members


def _corrupt(what: str) -> PackageError:
    return PackageError(f"the package is corrupt: {what}", code="package.corrupt")
