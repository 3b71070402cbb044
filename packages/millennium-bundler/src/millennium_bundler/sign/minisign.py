"""minisign: signatures as small text files, for everything that is released.

A signature box is four lines: an untrusted comment, the signature of the file, a trusted comment, and the
signature of both. Ours are always prehashed ("ED": BLAKE2b-512 of the file is what is signed); old boxes that
sign the file itself ("Ed") are read.

`tauri signer` writes the base64 of a whole box, or key file, in one line: both forms are read everywhere.

Source: https://jedisct1.github.io/minisign/#signature-format and minisign 0.11.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from millennium_bundler.errors import SignError

PREHASHED = b"ED"
LEGACY = b"Ed"
KEY_ID_BYTES = 8
# minisign's own limits: https://github.com/jedisct1/minisign/blob/0.11/src/minisign.h
MAX_COMMENT_BYTES = 1024
MAX_TRUSTED_COMMENT_BYTES = 8192

_MAX_TEXT_CHARS = 64 * 1024
_KEY_BYTES = 32
_SIGNATURE_BYTES = 64
_BOX_LINES = 4
_CHUNK_BYTES = 1024 * 1024
_MAX_LEGACY_BYTES = 1024 * 1024 * 1024
# Control characters but the tab, line ends of all kinds, and what turns the direction of a line.
_UNSEEN = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_PEM = "-----BEGIN PUBLIC KEY-----"
_UNTRUSTED = "untrusted comment: "
_TRUSTED = "trusted comment: "


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicKey:
    """What verifies.

    Attributes:
        key_id: Eight bytes that say which key made a signature; not a fingerprint.
        key: Ed25519, 32 bytes.
    """

    key_id: bytes
    key: bytes

    @property
    def name(self) -> str:
        """The id as minisign prints it: sixteen hexadecimal digits."""
        return key_name(self.key_id)

    @property
    def line(self) -> str:
        """The one line that `minisign -P` takes."""
        return encode(LEGACY + self.key_id + self.key)

    @property
    def text(self) -> str:
        """The two lines of a .pub file."""
        return f"{_UNTRUSTED}minisign public key: {self.name}\n{self.line}\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A signature box.

    Attributes:
        algorithm: `PREHASHED` or `LEGACY`.
        key_id: Of the key that made it.
        signature: Of the file, or of its hash.
        trusted_comment: Text that is signed, too.
        global_signature: Of the signature and the trusted comment.
        comment: Text that anybody may have changed.
    """

    algorithm: bytes
    key_id: bytes
    signature: bytes
    trusted_comment: str
    global_signature: bytes
    comment: str = "signature from millennium secret key"

    @property
    def text(self) -> str:
        """The four lines of a .minisig file."""
        signature = encode(self.algorithm + self.key_id + self.signature)
        return (
            f"{_UNTRUSTED}{self.comment}\n{signature}\n"
            f"{_TRUSTED}{self.trusted_comment}\n{encode(self.global_signature)}\n"
        )


def parse_public_key(text: str) -> PublicKey:
    """Read a .pub file, its last line alone, Tauri's base64 of the file, or the PEM of a token's key.

    Raises:
        SignError: It is none of these.
    """
    if text.startswith(_PEM):
        return _of_pem(text)
    blob = decode(key_line(text, what="public key"), what="public key")
    if len(blob) != len(LEGACY) + KEY_ID_BYTES + _KEY_BYTES or blob[:2] != LEGACY:
        raise malformed("public key", "it is not an Ed25519 key of minisign")
    return PublicKey(key_id=blob[2:10], key=blob[10:])


def read_public_key(value: str) -> PublicKey:
    """Read a public key as people name it on a command line: a file's path, or the key itself.

    Raises:
        SignError: It is neither.
    """
    path = Path(value)
    try:
        is_file = path.is_file()
    except OSError:  # longer than a path can be
        is_file = False
    if not is_file:
        return parse_public_key(value)
    with _open(path) as file:
        return parse_public_key(file.read(_MAX_TEXT_CHARS + 1).decode("utf-8", "replace"))


def _of_pem(text: str) -> PublicKey:
    try:
        key = load_pem_public_key(text[:_MAX_TEXT_CHARS].encode())
    except (ValueError, UnsupportedAlgorithm):
        raise malformed("public key", "its PEM cannot be read") from None
    if not isinstance(key, Ed25519PublicKey):
        raise malformed("public key", "it is not an Ed25519 key")
    raw = key.public_bytes_raw()
    # A key outside minisign has no id: it gets one that is always the same.
    return PublicKey(key_id=hashlib.blake2b(raw, digest_size=KEY_ID_BYTES).digest(), key=raw)


def parse_box(text: str) -> Box:
    """Read a .minisig file, or a .sig file as Tauri writes it.

    Raises:
        SignError: It is neither.
    """
    lines = opened(text, what="signature").rstrip("\n").split("\n")
    lines = [line.removesuffix("\r") for line in lines]
    if len(lines) != _BOX_LINES or not lines[0].startswith(_UNTRUSTED):
        raise malformed("signature", "it is not four lines that begin with an untrusted comment")
    if not lines[2].startswith(_TRUSTED):
        raise malformed("signature", "its third line is no trusted comment")
    head = decode(lines[1], what="signature")
    tail = decode(lines[3], what="signature")
    if len(head) != 2 + KEY_ID_BYTES + _SIGNATURE_BYTES or len(tail) != _SIGNATURE_BYTES:
        raise malformed("signature", "its parts have the wrong length")
    if head[:2] not in {PREHASHED, LEGACY}:
        raise malformed("signature", "its algorithm is not known")
    return Box(
        algorithm=head[:2],
        key_id=head[2:10],
        signature=head[10:],
        trusted_comment=checked_comment(lines[2].removeprefix(_TRUSTED), MAX_TRUSTED_COMMENT_BYTES),
        global_signature=tail,
        comment=checked_comment(lines[0].removeprefix(_UNTRUSTED), MAX_COMMENT_BYTES),
    )


def verify(box: Box, keys: Iterable[PublicKey], content: bytes | Path) -> str:
    """Verify a signature box; return its trusted comment.

    Args:
        box: The box.
        keys: Those that are trusted; the one with the box's key id is used.
        content: What was signed: bytes, or a file that is read in parts.

    Raises:
        SignError: No key has the id, or the signature or the trusted comment is not the key's.
    """
    candidates = [key for key in keys if hmac.compare_digest(key.key_id, box.key_id)]
    if not candidates:
        raise SignError(
            f"the signature was made by the key {key_name(box.key_id)}, which is not trusted here",
            code="minisign.other_key",
            help="was the file signed with the key whose public part you gave?",
        )
    signed = _whole(content) if box.algorithm == LEGACY else prehash(content)
    comment = box.trusted_comment.encode()
    # 64 bytes of the old kind: the hash of a file that was signed prehashed passes for a signed file.
    could_be_hash = box.algorithm == LEGACY and len(signed) == hashlib.blake2b().digest_size
    for key in () if could_be_hash else candidates:
        public = Ed25519PublicKey.from_public_bytes(key.key)
        try:
            public.verify(box.signature, signed)
            public.verify(box.global_signature, box.signature + comment)
        except InvalidSignature:
            continue
        return box.trusted_comment
    raise SignError(
        f"the signature of the key {key_name(box.key_id)} does not fit: the file, or the trusted "
        "comment, is not what was signed",
        code="minisign.bad_signature",
        help="fetch the file and its signature again, and do not use this one",
    )


def prehash(content: bytes | Path) -> bytes:
    """Return the BLAKE2b-512 of bytes, or of a file that is read in parts."""
    digest = hashlib.blake2b()
    if isinstance(content, bytes):
        digest.update(content)
        return digest.digest()
    with _open(content) as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.digest()


def key_name(key_id: bytes) -> str:
    """Return a key's id as minisign prints it: a little-endian number in hexadecimal digits."""
    return key_id[::-1].hex().upper()


def wrapped(text: str) -> str:
    """Return the base64 of a whole box or key file, as Tauri keeps them."""
    return encode(text.encode())


def opened(text: str, *, what: str) -> str:
    """Return the lines of a box or key file, out of Tauri's base64 when it is that.

    Raises:
        SignError: Too long, or the base64 holds no text.
    """
    if len(text) > _MAX_TEXT_CHARS:
        raise malformed(what, f"it is longer than {_MAX_TEXT_CHARS} characters")
    if text.startswith(_UNTRUSTED):
        return text
    try:
        inner = decode(text.strip(), what=what).decode()
    except UnicodeDecodeError:
        raise malformed(what, "it is not text") from None
    return inner


def key_line(text: str, *, what: str) -> str:
    """Return the line that holds a key: of a key file in either form, or that line alone.

    Raises:
        SignError: Neither.
    """
    stripped = text.strip()
    is_line = "\n" not in stripped and not stripped.startswith(_UNTRUSTED)
    if is_line and stripped.startswith(encode(LEGACY)[:2]):
        return stripped
    lines = opened(text, what=what).strip().splitlines()
    if len(lines) != 2 or not lines[0].startswith(_UNTRUSTED):  # noqa: PLR2004 - comment and key
        raise malformed(what, "it is not a comment and a line of base64")
    return lines[1]


def encode(value: bytes) -> str:
    """Return base64 text."""
    return base64.b64encode(value).decode("ascii")


def decode(text: str, *, what: str) -> bytes:
    """Return what base64 text holds; nothing but the one spelling of it is accepted.

    Raises:
        SignError: It is something else.
    """
    try:
        value = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise malformed(what, "a line is not base64") from None
    # The last letter may have bits that no byte holds: one signature would have several texts.
    if encode(value) != text:
        raise malformed(what, "a line is not base64")
    return value


def checked_comment(text: str, limit: int) -> str:
    """Return a comment that can stand in a box, and on a terminal.

    Raises:
        SignError: Too long, or it has control characters.
    """
    if _UNSEEN.search(text) or len(text.encode()) > limit:
        message = f"a comment has control characters, or is longer than {limit} bytes"
        raise SignError(message, code="minisign.malformed", help="use one short line of text")
    return text


def malformed(what: str, why: str) -> SignError:
    """Return the error for a key or a box that cannot be read; it holds nothing of it."""
    message = f"the {what} is malformed: {why}"
    path = "; or is it the path of a file that is not there?" if what.endswith(" key") else ""
    help_line = f"was it cut off when it was copied?{path}"
    return SignError(message, code="minisign.malformed", help=help_line)


def _whole(content: bytes | Path) -> bytes:
    if isinstance(content, bytes):
        return content
    with _open(content) as file:
        value = file.read(_MAX_LEGACY_BYTES + 1)
    if len(value) > _MAX_LEGACY_BYTES:
        message = f"{content} is too large for a signature of the old kind"
        raise SignError(message, code="minisign.malformed", help="let it be signed prehashed")
    return value


def _open(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as exc:
        message = f"{path} cannot be read: {exc.strerror}"
        raise SignError(message, code="sign.no_file", help="name a file that is there") from None
