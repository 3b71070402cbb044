"""An AppImage as a file: the runtime with its sections filled in, and the image behind it.

Sections, all of fixed size and zero in the runtime:

1. ``.upd_info``: where new versions are announced.
2. ``.digest_sha256``: SHA-256 of the table behind the image, which has the SHA-256 of each of its
   chunks: the runtime checks each chunk before it is read.
3. ``.digest_md5``: MD5 of the file with 3 to 5 zero, as appimagetool writes it; a checksum, no more.
4. ``.sha256_sig``: OpenPGP signature of the text of the SHA-256 of the file with 4 and 5 zero.
5. ``.sig_key``: the public key.

Source: https://github.com/AppImage/AppImageSpec/blob/master/draft.md
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass

from millennium_bundler.archive.squashfs.layout import IMAGE_ALIGNMENT
from millennium_bundler.archive.squashfs.read import unpadded
from millennium_bundler.errors import FormatError, PackageError

UPDATE = ".upd_info"
IMAGE_DIGEST = ".digest_sha256"
FILE_DIGEST = ".digest_md5"
SIGNATURE = ".sha256_sig"
KEY = ".sig_key"
_SIGNED_OUT = (SIGNATURE, KEY)
_CHECKED_OUT = (FILE_DIGEST, *_SIGNED_OUT)
_ALL = (UPDATE, IMAGE_DIGEST, *_CHECKED_OUT)

# https://refspecs.linuxfoundation.org/elf/elf.pdf, 64-bit, little-endian
_ELF_HEADER = struct.Struct("<16s2HI3QI6H")
_SECTION = struct.Struct("<2I4Q2I2Q")
_NO_BITS = 8
# Thousands of sections may have the same name, which could go on for the whole file.
_MAX_NAME_BYTES = 256
_CHUNK_BYTES = 128 * 1024
_MARK = b"\x7fELF\x02\x01\x01\x00AI\x02"


@dataclass(frozen=True, slots=True, kw_only=True)
class AppImage:
    """What was read from an AppImage.

    Attributes:
        runtime: The program at its start, with all sections zero.
        image: The squashfs image, with its padding.
        update_information: Where new versions are announced.
        signature: ASCII-armoured, or empty.
        key: ASCII-armoured, or empty.
        digest: What a signature signs: the hexadecimal SHA-256.
    """

    runtime: bytes
    image: bytes
    update_information: str
    signature: bytes
    key: bytes
    digest: str


def write_appimage(runtime: bytes, image: bytes, *, update_information: str = "") -> bytes:
    """Return a whole AppImage, unsigned.

    Raises:
        PackageError: The runtime is not one, or a text is too long for its section.
    """
    table = digest_table(image)
    file = bytearray(runtime + image + table)
    places = _sections(runtime)[0]
    _fill(file, places, UPDATE, update_information.encode("ascii"))
    _fill(file, places, IMAGE_DIGEST, hashlib.sha256(table).digest())
    _fill(file, places, FILE_DIGEST, _md5(file, places))
    return bytes(file)


def digest_table(image: bytes) -> bytes:
    """Return the SHA-256 of each chunk of an image, one behind the other, without its padding."""
    used = unpadded(image)
    chunks = (used[at : at + _CHUNK_BYTES] for at in range(0, len(used), _CHUNK_BYTES))
    return b"".join(hashlib.sha256(chunk).digest() for chunk in chunks)


def sign_appimage(file: bytes, *, signature: bytes, key: bytes) -> bytes:
    """Return the AppImage with a signature of its `AppImage.digest`, and the key.

    Raises:
        FormatError: One of them does not fit.
    """
    out = bytearray(file)
    places = _sections(file)[0]
    _fill(out, places, SIGNATURE, signature)
    _fill(out, places, KEY, key)
    return bytes(out)


def read_appimage(file: bytes) -> AppImage:
    """Take an AppImage apart and check it against its own digests.

    Raises:
        PackageError: Not one, damaged, or a digest differs.
    """
    places, end = _sections(file)
    blank = bytearray(file[:end])
    for name in _ALL:
        _fill(blank, places, name, b"")
    texts = {name: bytes(file[start : start + size]) for name, (start, size) in places.items()}
    image, table = _parted(file[end:])
    if texts[IMAGE_DIGEST] != hashlib.sha256(table).digest() or table != digest_table(image):
        raise _corrupt("the SHA-256 of its image differs")
    if texts[FILE_DIGEST] != _md5(file, places):
        raise _corrupt("its MD5 differs")
    return AppImage(
        runtime=bytes(blank),
        image=image,
        update_information=texts[UPDATE].rstrip(b"\0").decode("ascii", "replace"),
        signature=texts[SIGNATURE].rstrip(b"\0"),
        key=texts[KEY].rstrip(b"\0"),
        digest=hashlib.sha256(_without(file, places, _SIGNED_OUT)).hexdigest(),
    )


def _parted(rest: bytes) -> tuple[bytes, bytes]:
    used = len(unpadded(rest))
    end = used + -used % IMAGE_ALIGNMENT
    return rest[:end], rest[end:]


def _sections(file: bytes) -> tuple[dict[str, tuple[int, int]], int]:
    """Return our sections, and where the ELF file ends."""
    try:
        header = _ELF_HEADER.unpack_from(file)
        table, entry_size, count, names_index = header[6], *header[11:14]
        if not header[0].startswith(_MARK) or entry_size != _SECTION.size:
            raise _corrupt("it does not begin like one")
        rows = [_SECTION.unpack_from(file, table + i * entry_size) for i in range(count)]
        names = rows[names_index][4]
        found = {_name(file, names + row[0]): (row[4], row[5]) for row in rows}
    except (struct.error, IndexError, ValueError, OverflowError) as exc:
        raise _corrupt("its sections cannot be read") from exc
    ends = (row[4] + row[5] for row in rows if row[1] != _NO_BITS)
    end = max(table + count * entry_size, *ends)
    if not {*_ALL} <= {*found} or end > len(file):
        raise _corrupt("it lacks a section")
    # One that says to take no room in the file is in none of the ends.
    if any(sum(found[name]) > end for name in _ALL):
        raise _corrupt("a section lies outside of it")
    return {name: found[name] for name in _ALL}, end


def _name(file: bytes, at: int) -> str:
    return file[at : file.index(b"\0", at, at + _MAX_NAME_BYTES)].decode()


def _fill(file: bytearray, places: dict[str, tuple[int, int]], name: str, data: bytes) -> None:
    start, size = places[name]
    if len(data) > size:
        message = f"{len(data)} bytes do not fit into the section {name} of {size} bytes"
        help_line = "sign with an Ed25519 key: its signature and public key are short"
        raise FormatError(message, code="appimage.too_long", help=help_line)
    file[start : start + size] = data.ljust(size, b"\0")


def _without(
    file: bytes | bytearray, places: dict[str, tuple[int, int]], names: tuple[str, ...]
) -> bytes:
    blank = bytearray(file)
    for name in names:
        _fill(blank, places, name, b"")
    return bytes(blank)


def _md5(file: bytes | bytearray, places: dict[str, tuple[int, int]]) -> bytes:
    return hashlib.md5(_without(file, places, _CHECKED_OUT), usedforsecurity=False).digest()


def _corrupt(what: str) -> PackageError:
    return PackageError(f"the AppImage is corrupt: {what}", code="package.corrupt")
