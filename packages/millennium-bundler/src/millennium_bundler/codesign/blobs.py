"""The parts of a code signature: a super blob of blobs, and the code directory that hashes everything.

Source: ``cs_blobs.h`` of XNU, ``codedirectory.h`` of Apple's Security framework.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from millennium_bundler.errors import SignError

PAGE_BITS = 12
HASH_BYTES = 32
CDHASH_BYTES = 20

# Slots of the super blob.
CODE_DIRECTORY, REQUIREMENTS, ENTITLEMENTS, ENTITLEMENTS_DER, SIGNATURE = 0, 2, 5, 7, 0x10000
TICKET = 0x10002
# Slots of the code directory that lie before its pages.
INFO_SLOT, REQUIREMENTS_SLOT, RESOURCES_SLOT, ENTITLEMENTS_SLOT = 1, 2, 3, 5
IMAGE_SLOT, ENTITLEMENTS_DER_SLOT = 6, 7

MAGIC_SUPER, MAGIC_DIRECTORY = 0xFADE_0CC0, 0xFADE_0C02
MAGIC_REQUIREMENTS, MAGIC_REQUIREMENT = 0xFADE_0C01, 0xFADE_0C00
MAGIC_ENTITLEMENTS, MAGIC_ENTITLEMENTS_DER = 0xFADE_7171, 0xFADE_7172
MAGIC_WRAPPER = 0xFADE_0B01

FLAG_ADHOC, FLAG_RUNTIME = 0x0000_0002, 0x0001_0000
MAIN_BINARY = 1

# What the head holds: a team; the segment of the program; the version of the hardened runtime.
_VERSION_TEAM, _VERSION_SEGMENT, _VERSION_RUNTIME = 0x0002_0200, 0x0002_0400, 0x0002_0500
_SHA256 = 2
_BLOB = struct.Struct(">II")
_SUPER = struct.Struct(">III")
_DIRECTORY = struct.Struct(">9I4BIII")
_SEGMENT = struct.Struct(">IQQQQ")
_RUNTIME = struct.Struct(">II")
_MAX_BLOBS = 64
_MAX_SLOTS = 32
# All at once, or as the processors of Macs have pages.
_PAGE_BITS = frozenset({0, 12, 14})
_MAX_CODE_BYTES = 0xFFFF_FFFF


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutableSegment:
    """Where the program text lies, which the kernel wants to know.

    Attributes:
        is_main: Whether the file is a program and no library.
    """

    offset: int = 0
    size_bytes: int = 0
    is_main: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeDirectory:
    """What is signed.

    Attributes:
        identifier: Name of the code.
        team: Of the certificate; empty without one.
        flags: `FLAG_ADHOC`, `FLAG_RUNTIME`.
        code_bytes: How much of the file is hashed.
        page_bits: Size of a page as a power of two; 0 hashes all at once.
        special: Slot before the pages → hash.
        pages: Hash of every page.
        runtime: Version of the hardened runtime.
    """

    identifier: str
    team: str = ""
    flags: int = 0
    code_bytes: int = 0
    page_bits: int = PAGE_BITS
    special: Mapping[int, bytes] = field(default_factory=dict)
    pages: tuple[bytes, ...] = ()
    segment: ExecutableSegment | None = None
    runtime: int = 0

    def to_bytes(self) -> bytes:
        """Return the blob.

        Raises:
            SignError: The code is 4 GiB or larger.
        """
        if self.code_bytes > _MAX_CODE_BYTES:
            raise SignError("the code is too large to sign", code="codesign.macho")
        version, tail = self._tail()
        head_bytes = _DIRECTORY.size + len(tail)
        names = self.identifier.encode() + b"\0"
        team_at = head_bytes + len(names) if self.team else 0
        names += self.team.encode() + b"\0" if self.team else b""
        slots = max(self.special, default=0)
        hashes_at = head_bytes + len(names) + slots * HASH_BYTES
        special = b"".join(
            self.special.get(slot, bytes(HASH_BYTES)) for slot in range(slots, 0, -1)
        )
        head = _DIRECTORY.pack(
            *(MAGIC_DIRECTORY, hashes_at + len(self.pages) * HASH_BYTES, version, self.flags),
            *(hashes_at, head_bytes, slots, len(self.pages), self.code_bytes),
            *(HASH_BYTES, _SHA256, 0, self.page_bits, 0, 0, team_at),
        )
        return head + tail + names + special + b"".join(self.pages)

    def _tail(self) -> tuple[int, bytes]:
        segment = self.segment
        if segment is None:
            return _VERSION_TEAM, b""
        flags = MAIN_BINARY if segment.is_main else 0
        tail = _SEGMENT.pack(0, 0, segment.offset, segment.size_bytes, flags)
        if self.flags & FLAG_RUNTIME:
            return _VERSION_RUNTIME, tail + _RUNTIME.pack(self.runtime, 0)
        return _VERSION_SEGMENT, tail

    @classmethod
    def from_bytes(cls, data: bytes) -> CodeDirectory:
        """Read a blob that `to_bytes` made.

        Raises:
            ValueError: It is of another kind.
        """
        found = _DIRECTORY.unpack_from(data)
        version, flags, hashes_at, names_at, slots, count, code_bytes = found[2:9]
        team_at = found[15]
        if slots > _MAX_SLOTS or hashes_at + count * HASH_BYTES > len(data):
            raise ValueError("more hashes than there are")
        if found[12] not in _PAGE_BITS:
            raise ValueError("pages of an odd size")
        segment, runtime = _read_tail(data, version)
        hashes = [
            data[at : at + HASH_BYTES]
            for at in range(
                hashes_at - slots * HASH_BYTES, hashes_at + count * HASH_BYTES, HASH_BYTES
            )
        ]
        directory = cls(
            identifier=_word(data, names_at),
            team=_word(data, team_at) if team_at else "",
            flags=flags,
            code_bytes=code_bytes,
            page_bits=found[12],
            special={
                slots - index: value
                for index, value in enumerate(hashes[:slots])
                if any(value) or index == 0
            },
            pages=tuple(hashes[slots:]),
            segment=segment,
            runtime=runtime,
        )
        if directory.to_bytes() != data:
            raise ValueError("unknown fields")
        return directory


def with_pages(directory: CodeDirectory, code: bytes) -> CodeDirectory:
    """Return a directory with the hashes of some code."""
    step = 1 << directory.page_bits if directory.page_bits else max(len(code), 1)
    pages = tuple(sha256(code[at : at + step]) for at in range(0, len(code), step))
    return replace(directory, code_bytes=len(code), pages=pages)


def cdhash(directory: bytes) -> bytes:
    """Return what names a piece of code: the beginning of its directory's hash."""
    return sha256(directory)[:CDHASH_BYTES]


def sha256(data: bytes) -> bytes:
    """Return a hash as it stands in a slot."""
    return hashlib.sha256(data).digest()


def blob(magic: int, body: bytes) -> bytes:
    """Return a blob: magic, length, body."""
    return _BLOB.pack(magic, _BLOB.size + len(body)) + body


def write_super(blobs: Mapping[int, bytes]) -> bytes:
    """Return a super blob of blobs by slot."""
    at = _SUPER.size + len(blobs) * _BLOB.size
    index = body = b""
    for slot, item in sorted(blobs.items()):
        index += _BLOB.pack(slot, at + len(body))
        body += item
    return _SUPER.pack(MAGIC_SUPER, at + len(body), len(blobs)) + index + body


def read_super(data: bytes) -> dict[int, bytes]:
    """Return the blobs of a super blob, which zeros may follow.

    Raises:
        SignError: Not well-formed, or of another writer.
    """
    try:
        _, length, count = _SUPER.unpack_from(data)
        entries = [
            _BLOB.unpack_from(data, _SUPER.size + index * _BLOB.size)
            for index in range(min(count, _MAX_BLOBS))
        ]
        sizes = [_BLOB.unpack_from(data, at)[1] for _, at in entries]
    except struct.error as exc:
        raise _damaged() from exc
    # Many may lie in the same place.
    if sum(sizes) > len(data):
        raise _damaged()
    found = {slot: data[at : at + size] for (slot, at), size in zip(entries, sizes, strict=True)}
    if write_super(found) != data[:length] or data[length:].strip(b"\0"):
        raise _damaged()
    return found


def _read_tail(data: bytes, version: int) -> tuple[ExecutableSegment | None, int]:
    if version < _VERSION_SEGMENT:
        return None, 0
    _, _, offset, size, flags = _SEGMENT.unpack_from(data, _DIRECTORY.size)
    runtime = 0
    if version >= _VERSION_RUNTIME:
        (runtime, _) = _RUNTIME.unpack_from(data, _DIRECTORY.size + _SEGMENT.size)
    is_main = bool(flags)
    return ExecutableSegment(offset=offset, size_bytes=size, is_main=is_main), runtime


def _word(data: bytes, at: int) -> str:
    return data[at : data.index(b"\0", at)].decode()


def _damaged() -> SignError:
    return SignError("the code signature is damaged", code="sign.not_valid", help="sign it again")
