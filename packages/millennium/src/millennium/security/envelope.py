"""Encrypted messages between one document and the host: AES-256-GCM, a counter each way.

* A key comes from the document's secret by HKDF-SHA256; the salt is a one-time token, the direction
  its info. So no two directions share a key, and no two documents.
* The nonce is the direction's 96-bit counter. A counter that repeats or steps back is refused.
* Version, window, document and subject (handle and token going up, a call's id coming down) are
  authenticated with it: an envelope opens in its own place only.

As text an envelope is ``counter.base64``, the base64 of ciphertext and tag. The page's side is in
``js/bootstrap``; both are held to the same vectors by ``tests/contract/envelope.json``.
"""

from __future__ import annotations

import hmac
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from dataclasses import dataclass
from typing import Literal

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from millennium.errors import NotAllowedError
from millennium.security.secret import Secret

NONCE_BYTES = 12
MAX_COUNTER = 2**53 - 1  # the largest the page counts exactly
_MAX_COUNTER_CHARS = 16

Direction = Literal["up", "down"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an envelope belongs; authenticated, not encrypted.

    Attributes:
        version: Of the wire.
        label: Of the window; its grammar has no line break.
        document: Serial number of the document in its window.
    """

    version: int
    label: str
    document: int

    def associate(self, subject: str) -> bytes:
        """Return the associated data of an envelope about `subject`."""
        return f"{self.version}\n{self.label}\n{self.document}\n{subject}".encode()


def derive_key(secret: Secret, token: str, direction: Direction) -> Secret:
    """Return the key of one direction; `token` is the salt."""
    # HKDF of one block, as RFC 5869 has it: extract, expand
    extracted = hmac.digest(token.encode(), secret.reveal(), "sha256")
    return Secret(hmac.digest(extracted, f"millennium {direction}\x01".encode(), "sha256"))


class Sealer:
    """Makes the envelopes of one direction; counts them. Thread: main."""

    __slots__ = ("_next", "_place")

    def __init__(self, place: Place, *, start: int = 0) -> None:
        self._place = place
        self._next = start

    def seal(self, key: Secret, subject: str, plaintext: bytes) -> str:
        """Return the next envelope."""
        counter, self._next = self._next, self._next + 1
        sealed = AESGCM(key.reveal()).encrypt(
            _nonce(counter), plaintext, self._place.associate(subject)
        )
        return f"{counter}.{b64encode(sealed).decode('ascii')}"


class Opener:
    """Opens the envelopes of one direction, each counter once and in rising order. Thread: main.

    What does not open changes nothing: a forged counter cannot shut out the true one.
    """

    __slots__ = ("_last", "_place")

    def __init__(self, place: Place) -> None:
        self._place = place
        self._last = -1

    def open(self, key: Secret, subject: str, envelope: str) -> bytes:
        """Return what is inside.

        Raises:
            NotAllowedError: Malformed, tampered with, of another place or subject, or its counter
                repeats or steps back.
        """
        digits, _, text = envelope.partition(".")
        if not (digits.isascii() and digits.isdigit() and len(digits) <= _MAX_COUNTER_CHARS):
            raise NotAllowedError("an envelope has no counter")
        counter = int(digits)
        if not self._last < counter <= MAX_COUNTER:
            raise NotAllowedError("an envelope's counter repeats or steps back")
        try:
            sealed = b64decode(text, validate=True)
            plaintext = AESGCM(key.reveal()).decrypt(
                _nonce(counter), sealed, self._place.associate(subject)
            )
        except (InvalidTag, Base64Error, ValueError):
            raise NotAllowedError("an envelope does not open") from None
        self._last = counter
        return plaintext


def _nonce(counter: int) -> bytes:
    return counter.to_bytes(NONCE_BYTES, "big")
