"""The little of OpenPGP that a package writer must know: which algorithm a signature is of.

Source: https://www.rfc-editor.org/rfc/rfc9580 (packet headers, signature packets)
"""

from __future__ import annotations

from millennium_bundler.errors import SignError

RSA_ALGORITHMS = frozenset({1, 3})
EDDSA_ALGORITHMS = frozenset({17, 22, 27})
"""DSA and the Edwards curves: rpm keeps these in one tag."""

_SIGNATURE_PACKET = 2
_HEAD_BYTES = 3
_VERSIONS = frozenset({4, 6})


def signature_algorithm(packet: bytes) -> int:
    """Return the public-key algorithm of a binary signature packet.

    Raises:
        SignError: Not a signature packet of version 4 or 6.
    """
    body = _body(packet)
    if (
        len(body) < _HEAD_BYTES
        or body[0] not in _VERSIONS
        or body[2] not in RSA_ALGORITHMS | EDDSA_ALGORITHMS
    ):
        raise SignError(
            "the signature is no OpenPGP signature by an RSA, DSA or Ed25519 key",
            code="sign.algorithm",
            help="use an RSA or Ed25519 key",
        )
    return body[2]


def _body(packet: bytes) -> bytes:
    # The old form has the kind in bits 5 to 2 and the size of the length below; the new in 5 to 0.
    if not packet or not packet[0] & 0x80:
        return b""
    if packet[0] & 0x40:
        kind, first = packet[0] & 0x3F, packet[1:2]
        size = 1 if first < b"\xc0" else 2 if first < b"\xe0" else 5
    else:
        kind, size = (packet[0] >> 2) & 0x0F, 1 << (packet[0] & 3)
    return packet[1 + size :] if kind == _SIGNATURE_PACKET else b""
