"""What a Mach-O file is: machine, kind, oldest system, libraries, where its signature lies.

A reader of the few load commands it takes, for thin and universal 64-bit files; input is not trusted, so
every offset is checked and every count has a limit. Also for the signer, which must know where everything
is.

Source: ``mach-o/loader.h`` and ``mach-o/fat.h`` of Apple's SDK.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Final

from millennium_bundler.errors import ExecutableError

# cputype of 64-bit processors
MACHINES: Final = MappingProxyType({0x0100_0007: "x86_64", 0x0100_000C: "aarch64"})
_THIN, _UNIVERSAL, _UNIVERSAL_64 = b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"\xca\xfe\xba\xbf"
_OTHERS = (b"\xce\xfa\xed\xfe", b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf")
# A Java class begins like a universal file, with its version where the count is: 45 or more.
_MAX_SLICES = 30
_MAX_COMMANDS = 10_000
_HEADER = struct.Struct("<IiiIIIII")
_SEGMENT = struct.Struct("<16sQQQQiiII")
_SECTION_BYTES = 80
_LINKEDIT_DATA = struct.Struct("<II")

LC_SEGMENT_64 = 0x19
LC_CODE_SIGNATURE = 0x1D
_LC_VERSION_MIN_MACOSX, _LC_BUILD_VERSION = 0x24, 0x32
_LC_LIBRARIES = frozenset({0x0C, 0x8000_0018, 0x8000_001F, 0x8000_0023})
HEADER_BYTES = _HEADER.size


class Kind(Enum):
    """What a Mach-O file is for."""

    EXECUTABLE = 2
    LIBRARY = 6
    PLUGIN = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One load command.

    Attributes:
        at: Where it begins in its slice.
        data: All of it.
    """

    kind: int
    at: int
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A piece of the file that is mapped into memory."""

    name: str
    at: int
    offset: int
    size_bytes: int
    first_section: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """The code for one machine.

    Attributes:
        machine: "x86_64" or "aarch64".
        offset: Where it begins in the file.
        align_bits: Its beginning is a multiple of two to the power of this.
        data: All of it.
        commands: Its load commands.
    """

    machine: str
    kind: Kind
    offset: int
    align_bits: int
    data: bytes
    commands: tuple[Command, ...]

    @property
    def oldest_system(self) -> tuple[int, int, int]:
        """The macOS that it asks for at least; zeros when it does not say."""
        for command in self.commands:
            if command.kind == _LC_VERSION_MIN_MACOSX:
                return _version(struct.unpack_from("<I", command.data, 8)[0])
            if command.kind == _LC_BUILD_VERSION:
                return _version(struct.unpack_from("<I", command.data, 12)[0])
        return (0, 0, 0)

    @property
    def sdk(self) -> tuple[int, int, int]:
        """The macOS that it was made with; zeros when it does not say."""
        for command in self.commands:
            if command.kind in {_LC_VERSION_MIN_MACOSX, _LC_BUILD_VERSION}:
                at = 12 if command.kind == _LC_VERSION_MIN_MACOSX else 16
                return _version(struct.unpack_from("<I", command.data, at)[0])
        return (0, 0, 0)

    @property
    def libraries(self) -> tuple[str, ...]:
        """The paths of the libraries it loads."""
        return tuple(
            _text(command.data, struct.unpack_from("<I", command.data, 8)[0])
            for command in self.commands
            if command.kind in _LC_LIBRARIES
        )

    @property
    def signature(self) -> tuple[int, int] | None:
        """Where its code signature begins and how long it is."""
        for command in self.commands:
            if command.kind == LC_CODE_SIGNATURE:
                offset, size = _LINKEDIT_DATA.unpack_from(command.data, 8)
                return offset, size
        return None

    @property
    def segments(self) -> tuple[Segment, ...]:
        """Its segments in order."""
        return tuple(_segment(item) for item in self.commands if item.kind == LC_SEGMENT_64)


def is_macho(data: bytes) -> bool:
    """Tell whether data starts like a Mach-O file of any kind."""
    if data[:4] in {_UNIVERSAL, _UNIVERSAL_64}:
        return 0 < int.from_bytes(data[4:8], "big") <= _MAX_SLICES
    return data[:4] == _THIN or data[:4] in _OTHERS


def read_macho(data: bytes, *, place: str) -> tuple[Slice, ...]:
    """Read what a Mach-O file holds, one slice a machine.

    Args:
        data: The whole file.
        place: Its name, for errors.

    Raises:
        ExecutableError: Not 64-bit, for another processor, truncated, or not well-formed.
    """
    try:
        return tuple(_whole(part) for part in _slices(data))
    except (struct.error, IndexError, ValueError) as exc:
        message = f"{place} is not a well-formed 64-bit Mach-O file: {exc}"
        raise ExecutableError(
            message, code="macho.malformed", help="build it again", place=place
        ) from exc


def _slices(data: bytes) -> Iterator[Slice]:
    if data[:4] == _THIN:
        yield _slice(data, 0, 0)
        return
    if data[:4] not in {_UNIVERSAL, _UNIVERSAL_64}:
        raise ValueError("it begins in another way")
    form = struct.Struct(">iiIII" if data[:4] == _UNIVERSAL else ">iiQQI4x")
    (count,) = struct.unpack_from(">I", data, 4)
    if not 0 < count <= _MAX_SLICES:
        raise ValueError("it counts too many slices")
    end = 8 + count * form.size
    seen: set[str] = set()
    for index in range(count):
        _, _, offset, size, align = form.unpack_from(data, 8 + index * form.size)
        if offset < end or offset + size > len(data) or align > 20 or offset % (1 << align):  # noqa: PLR2004 - one MiB
            raise ValueError("its slices overlap")
        end = offset + size
        found = _slice(data[offset:end], offset, align)
        if found.machine in seen:
            raise ValueError("it has two slices for one machine")
        seen.add(found.machine)
        yield found


def _slice(data: bytes, offset: int, align: int) -> Slice:
    magic, machine, _, kind, count, size, _, _ = _HEADER.unpack_from(data)
    if magic != int.from_bytes(_THIN, "little") or machine not in MACHINES:
        raise ValueError("it is for a processor that macOS no longer runs on")
    if count > _MAX_COMMANDS or HEADER_BYTES + size > len(data):
        raise ValueError("it counts too many load commands")
    return Slice(
        machine=MACHINES[machine],
        kind=Kind(kind),
        offset=offset,
        align_bits=align,
        data=data,
        commands=tuple(_commands(data[: HEADER_BYTES + size], count)),
    )


def _whole(part: Slice) -> Slice:
    """Return a slice of which everything can be read that anybody may ask it."""
    _ = part.oldest_system, part.sdk, part.libraries, part.signature, part.segments
    return part


def _commands(data: bytes, count: int) -> Iterator[Command]:
    at = HEADER_BYTES
    for _ in range(count):
        kind, size = struct.unpack_from("<II", data, at)
        if size < 8 or size % 8 or at + size > len(data):  # noqa: PLR2004 - kind and size themselves
            raise ValueError("a load command goes beyond its end")
        yield Command(kind=kind, at=at, data=data[at : at + size])
        at += size
    if at != len(data):
        raise ValueError("its load commands do not fill their room")


def _segment(command: Command) -> Segment:
    name, _, _, offset, size, _, _, count, _ = _SEGMENT.unpack_from(command.data, 8)
    starts = [
        struct.unpack_from("<I", command.data, 8 + _SEGMENT.size + index * _SECTION_BYTES + 48)[0]
        for index in range(count)
    ]
    return Segment(
        name=name.rstrip(b"\0").decode("ascii"),
        at=command.at,
        offset=offset,
        size_bytes=size,
        first_section=min((start for start in starts if start), default=0),
    )


def _version(packed: int) -> tuple[int, int, int]:
    return packed >> 16, packed >> 8 & 0xFF, packed & 0xFF


def _text(data: bytes, offset: int) -> str:
    return data[offset:].split(b"\0", 1)[0].decode("utf-8")
