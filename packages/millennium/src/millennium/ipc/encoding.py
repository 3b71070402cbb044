"""Encode what leaves for the page: JSON without a raw newline, as bytes."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from millennium.errors import PayloadError, TooLargeError
from millennium.ipc.hooks import encode_hook
from millennium.ipc.limits import MAX_JSON_BYTES

BYTES_TYPES = (bytes, bytearray, memoryview)

encode: Callable[[object], bytes] = msgspec.json.Encoder(enc_hook=encode_hook).encode
"""Encode a value; raises whatever the value deserves, see `encode_payload`."""


def encode_payload(value: object, what: str) -> bytes:
    """Encode an event's payload or a channel's item.

    Args:
        value: Anything JSON can carry; bytes cannot be.
        what: Names it in the error ("event 'saved'"); the value is never shown.

    Raises:
        PayloadError: It has no JSON form.
        TooLargeError: Its JSON is larger than `MAX_JSON_BYTES`.
    """
    if isinstance(value, BYTES_TYPES):
        raise PayloadError(
            f"{what}: bytes have no JSON form",
            help="return bytes from a command; they travel raw",
        )
    try:
        text = encode(value)
    except Exception as error:  # a value's own code may raise anything while it is read
        raise PayloadError(f"{what}: {type(value).__qualname__} has no JSON form") from error
    if len(text) > MAX_JSON_BYTES:
        raise TooLargeError(f"{what} is larger than {MAX_JSON_BYTES} bytes of JSON")
    return text
