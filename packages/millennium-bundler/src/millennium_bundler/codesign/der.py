"""As much of DER as a signature takes: writing, and walking through what others wrote.

Source: ITU-T X.690.
"""

from __future__ import annotations

from collections.abc import Iterator

INTEGER, BIT_STRING, OCTET_STRING, NULL, OID, UTF8 = 0x02, 0x03, 0x04, 0x05, 0x06, 0x0C
BOOLEAN, UTC_TIME, SEQUENCE, SET = 0x01, 0x17, 0x30, 0x31
CONTEXT_0, CONTEXT_1, CONTEXT_16, APPLICATION_16 = 0xA0, 0xA1, 0xB0, 0x70
_LONG, _SHORT_MAX = 0x80, 0x7F


def tlv(tag: int, *parts: bytes) -> bytes:
    """Return one value: tag, length, content."""
    body = b"".join(parts)
    if len(body) <= _SHORT_MAX:
        return bytes([tag, len(body)]) + body
    size = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
    return bytes([tag, _LONG | len(size)]) + size + body


def integer(value: int) -> bytes:
    """Return an INTEGER."""
    return tlv(INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True))


def oid(dotted: str) -> bytes:
    """Return an OBJECT IDENTIFIER."""
    return tlv(OID, oid_body(dotted))


def oid_body(dotted: str) -> bytes:
    """Return the content of an OBJECT IDENTIFIER."""
    first, second, *rest = (int(part) for part in dotted.split("."))
    return b"".join(_base128(arc) for arc in (40 * first + second, *rest))


def set_of(*items: bytes) -> bytes:
    """Return a SET OF, in the order that DER asks for."""
    return tlv(SET, *sorted(items))


def walk(data: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Return the values that stand side by side: tag, content, all of it.

    Raises:
        ValueError: A value goes beyond the end.
    """
    at = 0
    while at < len(data):
        if len(data) < at + 2:
            raise ValueError("cut off")
        tag, size, start = data[at], data[at + 1], at + 2
        if size & _LONG:
            count = size & _SHORT_MAX
            size = int.from_bytes(data[start : start + count], "big")
            start += count
        end = start + size
        if end > len(data):
            raise ValueError("cut off")
        yield tag, data[start:end], data[at:end]
        at = end


def children(data: bytes) -> list[tuple[int, bytes, bytes]]:
    """Return what lies in the first value; see `walk`."""
    return list(walk(next(walk(data))[1]))


def _base128(value: int) -> bytes:
    digits = [value & _SHORT_MAX]
    while value := value >> 7:
        digits.append(_LONG | value & _SHORT_MAX)
    return bytes(reversed(digits))
