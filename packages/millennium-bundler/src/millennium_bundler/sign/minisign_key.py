"""minisign's secret keys: made, locked with a password, read and used.

New keys are locked with the scrypt cost that `tauri signer` uses (32 MiB, a tenth of a second). minisign's own
keys need 1 GiB; whatever a file asks for is read up to that, and no further.

Source: minisign 0.11 ``src/minisign.c``; libsodium ``crypto_pwhash_scryptsalsa208sha256`` for the cost.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import struct

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from millennium_bundler.errors import SignError
from millennium_bundler.sign.minisign import (
    KEY_ID_BYTES,
    LEGACY,
    PublicKey,
    decode,
    encode,
    key_line,
    malformed,
)
from millennium_bundler.sign.secret import Secret

MAX_SCRYPT_BYTES = 1024 * 1024 * 1024
MAX_SCRYPT_OPERATIONS = 1 << 27

_COMMENT = "untrusted comment: millennium encrypted secret key"
_PLAIN_COMMENT = "untrusted comment: millennium secret key, not encrypted"
_CHECKSUM = b"B2"
_LOCKED = b"Sc"
_OPEN = b"\0\0"
_SALT_BYTES = 32
# N = 32768, r = 8, p = 1, as libsodium's pickparams makes of them.
_OPERATIONS = 1 << 20
_MEMORY_BYTES = 1 << 25
_SEED = slice(8, 40)
_PUBLIC = slice(40, 72)
_SUM = slice(72, 104)
_BODY_BYTES = 104
_BODY_AT = 54
_BLOCK = 8
_MIN_OPERATIONS = 32768


class SecretKey:
    """A key that signs. It prints as ``SecretKey(…)``."""

    __slots__ = ("_key", "public")

    def __init__(self, key: Ed25519PrivateKey, *, key_id: bytes) -> None:
        raw = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self._key = key
        self.public = PublicKey(key_id=key_id, key=raw)

    @classmethod
    def generate(cls) -> SecretKey:
        """Return a new key with a random id."""
        return cls(Ed25519PrivateKey.generate(), key_id=secrets.token_bytes(KEY_ID_BYTES))

    def sign(self, message: bytes) -> bytes:
        """Return the Ed25519 signature of a message, 64 bytes."""
        return self._key.sign(message)

    def locked(self, password: Secret | None) -> Secret:
        """Return the text of a key file.

        Args:
            password: What opens it; None leaves it open to whoever has the file.
        """
        seed = self._key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
        body = self.public.key_id + seed + self.public.key
        body += _sum(body)
        if password is None:
            head = LEGACY + _OPEN + _CHECKSUM + bytes(_SALT_BYTES) + struct.pack("<QQ", 0, 0)
            return Secret(f"{_PLAIN_COMMENT}\n{encode(head + body)}\n".encode())
        salt = secrets.token_bytes(_SALT_BYTES)
        cost = struct.pack("<QQ", _OPERATIONS, _MEMORY_BYTES)
        stream = _stretched(password, salt, cost)
        head = LEGACY + _LOCKED + _CHECKSUM + salt + cost
        return Secret(f"{_COMMENT}\n{encode(head + _xor(body, stream))}\n".encode())

    def __repr__(self) -> str:
        """Return the same text for every key."""
        return "SecretKey(…)"


def is_locked(text: Secret) -> bool:
    """Tell whether a key file needs a password.

    Raises:
        SignError: It is no key file.
    """
    return _blob(text)[2:4] == _LOCKED


def open_key(text: Secret, password: Secret | None) -> SecretKey:
    """Open a key file: minisign's, Tauri's or ours.

    Args:
        text: The file, or Tauri's base64 of it.
        password: What locks it; not asked for when the file is not locked.

    Raises:
        SignError: It is no key file, asks for too much memory, or the password is missing or wrong.
    """
    blob = _blob(text)
    body = blob[_BODY_AT:]
    if blob[2:4] == _LOCKED:
        if password is None:
            raise _wrong_password("the minisign key is locked, and no password was given")
        body = _xor(body, _stretched(password, blob[6:38], blob[38:_BODY_AT]))
    key_id, seed = body[:KEY_ID_BYTES], body[_SEED]
    # minisign writes no checksum into a key that is not locked.
    is_unchecked = blob[2:4] == _OPEN and not any(body[_SUM])
    if not is_unchecked and not hmac.compare_digest(body[_SUM], _sum(body[: _SUM.start])):
        raise _wrong_password("the password does not open the minisign key")
    key = SecretKey(Ed25519PrivateKey.from_private_bytes(seed), key_id=key_id)
    if not hmac.compare_digest(key.public.key, body[_PUBLIC]):
        raise malformed("secret key", "its public part is another key's")
    return key


def _blob(text: Secret) -> bytes:
    try:
        shown = text.reveal().decode("ascii")
    except UnicodeDecodeError:
        raise malformed("secret key", "it is not text") from None
    blob = decode(key_line(shown, what="secret key"), what="secret key")
    if len(blob) != _BODY_AT + _BODY_BYTES or (blob[:2], blob[4:6]) != (LEGACY, _CHECKSUM):
        raise malformed("secret key", "it is not an Ed25519 key of minisign")
    if blob[2:4] not in {_LOCKED, _OPEN}:
        raise malformed("secret key", "it is locked in a way that is not known")
    return blob


def _sum(body: bytes) -> bytes:
    return hashlib.blake2b(LEGACY + body, digest_size=32).digest()


def _xor(left: bytes, right: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(left, right, strict=True))


def _stretched(password: Secret, salt: bytes, cost: bytes) -> bytes:
    n, p = _parameters(*struct.unpack("<QQ", cost))
    if 128 * n * _BLOCK > MAX_SCRYPT_BYTES or 4 * n * _BLOCK * p > MAX_SCRYPT_OPERATIONS:
        raise SignError(
            f"the key file asks for more than {MAX_SCRYPT_BYTES >> 20} MiB, or for too much time, to be opened",
            code="minisign.too_costly",
            help="change its password with `minisign -C`, or make a new key",
        )
    return Scrypt(salt=salt, length=_BODY_BYTES, n=n, r=_BLOCK, p=p).derive(password.reveal())


def _parameters(operations: int, memory: int) -> tuple[int, int]:
    """Return N and p, as libsodium's ``pickparams`` does; r is always 8."""
    operations = max(operations, _MIN_OPERATIONS)
    if operations < memory // 32:
        return _power(operations // (_BLOCK * 4)), 1
    n = _power(memory // (_BLOCK * 128))
    return n, max(min(operations // 4 // n, 0x3FFFFFFF) // _BLOCK, 1)


def _power(limit: int) -> int:
    """Return the first power of two, from 2 on, that is more than half of a limit."""
    exponent = 1
    while exponent < 63 and 1 << exponent <= limit // 2:  # noqa: PLR2004 - of 64 bits
        exponent += 1
    return 1 << exponent


def _wrong_password(message: str) -> SignError:
    help_line = "set MILLENNIUM_KEY_PASSWORD, or name where the password comes from"
    return SignError(message, code="sign.password", help=help_line)
