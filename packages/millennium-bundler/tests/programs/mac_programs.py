"""Small but well-formed Mach-O files, made by hand: no Apple tool is needed."""

from __future__ import annotations

import struct

_MACHINES = {"x86_64": (0x0100_0007, 3, 0x1000), "aarch64": (0x0100_000C, 0, 0x4000)}
# xor eax, eax; ret / mov w0, #0; ret
_CODE = {"x86_64": b"\x31\xc0\xc3", "aarch64": bytes.fromhex("00008052c0035fd6")}
_BASE = 0x1_0000_0000
_TEXT_AT = 0x1000


def thin(
    machine: str = "x86_64",
    *,
    kind: int = 2,
    oldest: tuple[int, int] = (11, 0),
    content: bytes = b"",
    first_section: int = _TEXT_AT,
) -> bytes:
    """A program (2), library (6) or plug-in (8) for one machine, with some content."""
    cpu, sub, page = _MACHINES[machine]
    code = _CODE[machine] + content
    size = -(-(_TEXT_AT + len(code)) // page) * page
    section = struct.pack(
        "<16s16sQQIIIIIIII",
        *(b"__text", b"__TEXT", _BASE + _TEXT_AT, len(code), first_section, 4, 0, 0),
        *(0x8000_0400, 0, 0, 0),
    )
    commands = [
        *([_segment(b"__PAGEZERO", 0, _BASE, 0, 0)] if kind == 2 else []),
        _segment(b"__TEXT", _BASE, size, 0, size, section),
        _segment(b"__LINKEDIT", _BASE + size, page, size, 16),
        struct.pack("<IIIIII", 0x02, 24, size, 0, size + 8, 8),
        struct.pack("<II72x", 0x0B, 80),
        *_starting(kind),
        _library(0x0C, b"/usr/lib/libSystem.B.dylib"),
        struct.pack("<IIIIII", 0x32, 24, 1, oldest[0] << 16 | oldest[1] << 8, 0x000E_0000, 0),
    ]
    body = b"".join(commands)
    head = struct.pack("<IIIIIIII", 0xFEED_FACF, cpu, sub, kind, len(commands), len(body), 0x85, 0)
    return ((head + body).ljust(_TEXT_AT, b"\0") + code).ljust(size, b"\0") + bytes(16)


def universal(*parts: bytes) -> bytes:
    """One file of several."""
    at, table, bodies = 1 << 14, b"", b""
    for part in parts:
        cpu, sub = struct.unpack_from("<II", part, 4)
        table += struct.pack(">IIIII", cpu, sub, at + len(bodies), len(part), 14)
        bodies += part.ljust(-(-len(part) // (1 << 14)) * (1 << 14), b"\0")
    whole = (struct.pack(">II", 0xCAFE_BABE, len(parts)) + table).ljust(at, b"\0") + bodies
    return whole[: at + len(bodies) - (-len(parts[-1]) % (1 << 14))]


def _segment(
    name: bytes, address: int, room: int, offset: int, size: int, section: bytes = b""
) -> bytes:
    head = struct.pack("<II16sQQQQ", 0x19, 72 + len(section), name, address, room, offset, size)
    return head + struct.pack("<iiII", 5, 5, 1 if section else 0, 0) + section


def _starting(kind: int) -> list[bytes]:
    if kind != 2:
        return [_library(0x0D, b"@rpath/own.dylib")] if kind == 6 else []
    loader = struct.pack("<III", 0x0E, 32, 12) + b"/usr/lib/dyld".ljust(20, b"\0")
    return [loader, struct.pack("<IIQQ", 0x8000_0028, 24, _TEXT_AT, 0)]


def _library(command: int, path: bytes) -> bytes:
    size = -(-(24 + len(path) + 1) // 8) * 8
    head = struct.pack("<IIIIII", command, size, 24, 2, 0x1_0000, 0x1_0000)
    return head + path.ljust(size - 24, b"\0")
