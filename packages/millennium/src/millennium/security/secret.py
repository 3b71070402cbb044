"""A value that must not be seen: prints as ``Secret(…)`` and compares in constant time."""

from __future__ import annotations

import hmac
import secrets
from typing import ClassVar

KEY_BYTES = 32


class Secret:
    """Bytes that no log, traceback or ``repr`` shows."""

    __slots__ = ("_value",)

    def __init__(self, value: bytes) -> None:
        self._value = value

    @classmethod
    def fresh(cls, size: int = KEY_BYTES) -> Secret:
        """Return `size` new random bytes."""
        return cls(secrets.token_bytes(size))

    def reveal(self) -> bytes:
        """Return the bytes; the caller must not store or print them."""
        return self._value

    def __eq__(self, other: object) -> bool:
        """Compare in constant time; anything but a `Secret` is unequal."""
        return isinstance(other, Secret) and hmac.compare_digest(self._value, other._value)

    __hash__: ClassVar[None] = None  # type: ignore[assignment]  # a secret is never a dictionary key

    def __repr__(self) -> str:
        """Return the same text for every secret."""
        return "Secret(…)"
