"""Put a code signature into a Mach-O file, and check one.

The signature lies at the end, in ``__LINKEDIT``; its place and size stand in the load commands, which are
themselves hashed. So its size must be known first: everything but the CMS has a size that does not depend on
content, and the CMS is made twice, the first time without asking an authority for the time.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from millennium_bundler.codesign.blobs import (
    CODE_DIRECTORY,
    ENTITLEMENTS,
    ENTITLEMENTS_DER,
    ENTITLEMENTS_DER_SLOT,
    ENTITLEMENTS_SLOT,
    FLAG_ADHOC,
    FLAG_RUNTIME,
    MAGIC_WRAPPER,
    REQUIREMENTS,
    REQUIREMENTS_SLOT,
    SIGNATURE,
    CodeDirectory,
    ExecutableSegment,
    blob,
    cdhash,
    sha256,
    with_pages,
    write_super,
)
from millennium_bundler.codesign.cms import Signer, sign_directory
from millennium_bundler.codesign.requirement import NONE, Clause, designated, exactly, requirements
from millennium_bundler.errors import SignError
from millennium_bundler.macho import HEADER_BYTES, LC_CODE_SIGNATURE, Kind, Slice, read_macho

_COMMAND_BYTES = 16
_ALIGN = 16
# Signatures of elliptic keys differ by a few bytes from one to the next, and so do time stamps.
_SLACK_BYTES = 64
# An authority is asked once; its answer is a signature with a chain of certificates.
_STAMP_BYTES = 16 * 1024
_PAGE_BYTES = {"x86_64": 0x1000, "aarch64": 0x4000}
_SLICE_ALIGN_BITS = {"x86_64": 14, "aarch64": 14}
_FAT_MAGIC = 0xCAFE_BABE
_LINKEDIT = "__LINKEDIT"
_TEXT = "__TEXT"
_MAX_FILE_BYTES = 0xFFFF_FFFF


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeOptions:
    """How to sign one piece of code.

    Attributes:
        identifier: Its name.
        signer: Who signs; None signs without an identity.
        hardened: Whether the hardened runtime, which notarisation asks for, is on.
        special: Hashes of what is sealed outside the file: slot → hash.
        entitlements: Both blobs; empty when there are none.
    """

    identifier: str
    signer: Signer | None = None
    hardened: bool = False
    special: Mapping[int, bytes] = field(default_factory=dict)
    entitlements: tuple[bytes, bytes] | tuple[()] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedCode:
    """A signed file.

    Attributes:
        cdhashes: Names of the code, one a machine.
        requirement: What later versions must satisfy.
    """

    data: bytes
    cdhashes: tuple[bytes, ...]
    requirement: Clause


def sign_macho(data: bytes, options: CodeOptions, *, place: str) -> SignedCode:
    """Return a file with all its slices signed; an old signature is replaced.

    Raises:
        ExecutableError: Not a well-formed Mach-O file.
        SignError: There is no room for the signature.
    """
    slices = read_macho(data, place=place)
    signed = [_sign_slice(part, options, place) for part in slices]
    hashes = tuple(cdhash(directory) for _, directory in signed)
    signer = options.signer
    if signer is None:
        clause = exactly(list(hashes))
    else:
        clause = designated(options.identifier, signer.identity.all)
    bodies = [body for body, _ in signed]
    whole = bodies[0] if slices[0].offset == 0 else _universal(slices, bodies)
    return SignedCode(data=whole, cdhashes=hashes, requirement=clause)


def _sign_slice(part: Slice, options: CodeOptions, place: str) -> tuple[bytes, bytes]:
    blobs = _blobs(options)
    code = _without_signature(part, place)
    start = len(code)
    pages = -(-start // 4096)
    directory = _directory(part, options, blobs)
    draft = with_pages(directory, bytes(start)).to_bytes()
    size = _size_of(draft, blobs, options)
    code = _with_place(part, code, size, place)
    final = with_pages(directory, code).to_bytes()
    if len(final) != len(draft) or pages != len(with_pages(directory, code).pages):
        raise SignError(f"{place} changed while it was signed", code="codesign.macho")
    body = _whole(final, blobs, options)
    if len(body) > size:
        message = f"the signature of {place} takes {len(body)} bytes, and {size} were kept for it"
        raise SignError(message, code="codesign.macho", help="sign again")
    return code + body.ljust(size, b"\0"), final


def _blobs(options: CodeOptions) -> dict[int, bytes]:
    signer = options.signer
    if signer is None:
        asked = NONE
    else:
        asked = requirements(designated(options.identifier, signer.identity.all))
    blobs = {REQUIREMENTS: asked}
    if options.entitlements:
        blobs[ENTITLEMENTS], blobs[ENTITLEMENTS_DER] = options.entitlements
    return blobs


def _directory(part: Slice, options: CodeOptions, blobs: Mapping[int, bytes]) -> CodeDirectory:
    slots = {
        REQUIREMENTS: REQUIREMENTS_SLOT,
        ENTITLEMENTS: ENTITLEMENTS_SLOT,
        ENTITLEMENTS_DER: ENTITLEMENTS_DER_SLOT,
    }
    text = next((item for item in part.segments if item.name == _TEXT), None)
    flags = FLAG_ADHOC if options.signer is None else 0
    flags |= FLAG_RUNTIME if options.hardened else 0
    return CodeDirectory(
        identifier=options.identifier,
        team=options.signer.identity.team if options.signer else "",
        flags=flags,
        special={**options.special, **{slots[slot]: sha256(item) for slot, item in blobs.items()}},
        segment=ExecutableSegment(
            offset=text.offset if text else 0,
            size_bytes=text.size_bytes if text else 0,
            is_main=part.kind is Kind.EXECUTABLE,
        ),
        runtime=_packed(part.sdk) if options.hardened else 0,
    )


def _whole(directory: bytes, blobs: Mapping[int, bytes], options: CodeOptions) -> bytes:
    # Without an identity the wrapper is empty, as codesign leaves it.
    cms = b"" if options.signer is None else sign_directory(directory, options.signer)
    return write_super({**blobs, CODE_DIRECTORY: directory, SIGNATURE: blob(MAGIC_WRAPPER, cms)})


def _size_of(draft: bytes, blobs: Mapping[int, bytes], options: CodeOptions) -> int:
    signer = options.signer
    if signer is None:
        return _aligned(len(_whole(draft, blobs, options)), _ALIGN)
    plain = replace(options, signer=replace(signer, timestamper=None))
    slack = _STAMP_BYTES if signer.timestamper else _SLACK_BYTES
    return _aligned(len(_whole(draft, blobs, plain)) + slack, _ALIGN)


def _without_signature(part: Slice, place: str) -> bytes:
    """Return the code before its signature, filled up so that one can follow."""
    found = part.signature
    if found is None:
        return part.data.ljust(_aligned(len(part.data), _ALIGN), b"\0")
    offset, size = found
    if offset % _ALIGN or offset + size != len(part.data) or offset < _end_of_commands(part):
        message = f"something follows the signature of {place}, or it covers more than itself"
        raise SignError(message, code="codesign.macho", help="sign before anything is appended")
    return part.data[:offset]


def _end_of_commands(part: Slice) -> int:
    return max((item.at + len(item.data) for item in part.commands), default=HEADER_BYTES)


def _with_place(part: Slice, code: bytes, size: int, place: str) -> bytes:
    """Return the code with load commands that name the signature's place."""
    body = bytearray(code)
    count, commands = struct.unpack_from("<II", body, 16)
    old = next((item for item in part.commands if item.kind == LC_CODE_SIGNATURE), None)
    at = old.at if old else HEADER_BYTES + commands
    if old is None:
        firsts = [item.first_section for item in part.segments if item.first_section]
        if at + _COMMAND_BYTES > min(firsts, default=len(code)):
            message = f"{place} has no room for the load command of a signature"
            raise SignError(message, code="codesign.macho", help="link with -headerpad 0x20")
        struct.pack_into("<II", body, 16, count + 1, commands + _COMMAND_BYTES)
    struct.pack_into("<IIII", body, at, LC_CODE_SIGNATURE, _COMMAND_BYTES, len(code), size)
    linkedit = next((item for item in part.segments if item.name == _LINKEDIT), None)
    if linkedit is None or linkedit.offset > len(code):
        message = f"{place} has no {_LINKEDIT} segment for a signature to lie in"
        raise SignError(message, code="codesign.macho", help="link it again, without -no_linkedit")
    length = len(code) + size - linkedit.offset
    room = _aligned(length, _PAGE_BYTES[part.machine])
    # The command: kind, size, name, address, room in memory, offset, length.
    struct.pack_into("<Q", body, linkedit.at + 32, room)
    struct.pack_into("<Q", body, linkedit.at + 48, length)
    return bytes(body)


def _universal(slices: tuple[Slice, ...], bodies: list[bytes]) -> bytes:
    at = 8 + 20 * len(bodies)
    table, whole = b"", b""
    placed: list[tuple[int, bytes]] = []
    for part, body in zip(slices, bodies, strict=True):
        bits = max(part.align_bits, _SLICE_ALIGN_BITS[part.machine])
        at = _aligned(at, 1 << bits)
        machine, sort = struct.unpack_from("<II", body, 4)
        table += struct.pack(">IIIII", machine, sort, at, len(body), bits)
        placed.append((at, body))
        at += len(body)
    if at > _MAX_FILE_BYTES:
        raise SignError("the program is larger than 4 GiB", code="codesign.macho")
    whole = struct.pack(">II", _FAT_MAGIC, len(bodies)) + table
    for start, body in placed:
        whole = whole.ljust(start, b"\0") + body
    return whole


def _aligned(value: int, step: int) -> int:
    return -(-value // step) * step


def _packed(version: tuple[int, int, int]) -> int:
    return version[0] << 16 | version[1] << 8 | version[2]
