"""What Authenticode hashes of a Windows program, and where the signature lies in it.

The hash leaves out what signing changes: the checksum, the directory entry of the signatures, and these
themselves, which stand at the end of the file.

Source: "Windows Authenticode Portable Executable Signature Format", Calculating the PE Image Hash.
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass

from millennium_bundler.errors import SignError

_SIGNATURE_AT = 60
_OPTIONAL = 24
_CHECKSUM = 64
_SECURITY = 4
_ENTRY_BYTES = 8
# Magic of the optional header → where its directories begin.
_DIRECTORIES = {0x10B: 96, 0x20B: 112}
_HEADER_BYTES = 8
_REVISION = 0x0200
_PKCS = 0x0002


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedProgram:
    """A program, its hash left to be done.

    Attributes:
        hashed: The parts that are hashed, in order.
        signature: PKCS #7, DER, perhaps with zeros behind it.
    """

    hashed: tuple[bytes, ...]
    signature: bytes

    def digest(self, algorithm: str) -> bytes:
        """Return the hash of the program."""
        digest = hashlib.new(algorithm)
        for part in self.hashed:
            digest.update(part)
        return digest.digest()


def read_program(data: bytes) -> SignedProgram:
    """Find the signature of a program.

    Raises:
        SignError: It is no program, or has none.
    """
    try:
        (header,) = struct.unpack_from("<I", data, _SIGNATURE_AT)
        (magic,) = struct.unpack_from("<H", data, header + _OPTIONAL)
        if data[:2] != b"MZ" or data[header : header + 4] != b"PE\0\0":
            raise _bad("it is no program of Windows")
        checksum = header + _OPTIONAL + _CHECKSUM
        entry = header + _OPTIONAL + _DIRECTORIES[magic] + _SECURITY * _ENTRY_BYTES
        at, size = struct.unpack_from("<II", data, entry)
        length, revision, kind = struct.unpack_from("<IHH", data, at)
    except (struct.error, KeyError):
        raise _bad("its headers are cut off, or of an unknown kind") from None
    if not at or (revision, kind) != (_REVISION, _PKCS):
        raise _bad("it has no signature")
    if at < entry or at + size != len(data) or not _HEADER_BYTES < length <= size:
        raise _bad("its signature is not at its end")
    parts = (data[:checksum], data[checksum + 4 : entry], data[entry + _ENTRY_BYTES : at])
    return SignedProgram(hashed=parts, signature=data[at + _HEADER_BYTES : at + length])


def _bad(why: str) -> SignError:
    message = f"the program does not verify: {why}"
    return SignError(message, code="sign.not_valid", help="sign the file again")
