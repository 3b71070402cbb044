"""One-time tokens of one document: a keyed hash of a counter, each accepted once.

Source: the OTP tokenization of the Rust original, with a keyed hash of a counter as the pad.
"""

from __future__ import annotations

import hmac
from binascii import b2a_base64

from millennium.security.secret import Secret

TOKEN_BYTES = 16
TOKEN_CHARS = 22  # 128 bits in base64 without padding
LOW_TOKENS = 64
REFILL_TOKENS = 128
_NEVER = b"-" * TOKEN_CHARS
_URL_SAFE = bytes.maketrans(b"+/", b"-_")


class TokenPad:
    """The outstanding tokens of one document. Thread: main.

    A token is 128 bits of HMAC-SHA256(document key, counter). It is accepted in any order among
    the outstanding ones, once. A wrong guess burns nothing and learns nothing.
    """

    __slots__ = ("_count", "_key", "_outstanding")

    def __init__(self, key: Secret | None = None) -> None:
        self._key = key or Secret.fresh()
        self._count = 0
        self._outstanding: dict[int, bytes] = {}

    def __len__(self) -> int:
        """Return how many tokens are outstanding."""
        return len(self._outstanding)

    def issue(self, amount: int = REFILL_TOKENS) -> list[str]:
        """Return `amount` fresh tokens, each as ``"number token"``."""
        key, start = self._key.reveal(), self._count
        self._count += amount
        return [self._grant(key, number) for number in range(start, self._count)]

    def burn(self, number: int, token: str) -> bool:
        """Whether this was an outstanding token; from now on it is not.

        Bytes are compared: ``compare_digest`` raises on text that is not ASCII.
        """
        expected = self._outstanding.get(number, _NEVER)
        same = hmac.compare_digest(expected, token.encode("utf-8", "replace"))
        if not same or expected is _NEVER:
            return False
        del self._outstanding[number]
        return True

    def _grant(self, key: bytes, number: int) -> str:
        mac = hmac.digest(key, number.to_bytes(8, "big"), "sha256")[:TOKEN_BYTES]
        token = b2a_base64(mac, newline=False)[:TOKEN_CHARS].translate(_URL_SAFE)
        self._outstanding[number] = token
        return f"{number} {token.decode('ascii')}"
