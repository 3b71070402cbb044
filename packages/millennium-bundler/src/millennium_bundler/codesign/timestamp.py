"""Ask an authority to say when it saw a signature (RFC 3161); notarisation takes no code without that."""

from __future__ import annotations

import secrets
import urllib.error
import urllib.request
from collections.abc import Callable

from millennium_bundler.codesign.blobs import sha256
from millennium_bundler.codesign.cms import SHA256_OID, Timestamper
from millennium_bundler.codesign.der import (
    BOOLEAN,
    INTEGER,
    NULL,
    OCTET_STRING,
    SEQUENCE,
    children,
    integer,
    oid,
    tlv,
    walk,
)
from millennium_bundler.errors import SignError

APPLE_URL = "http://timestamp.apple.com/ts01"
"""Apple's own authority; what it answers is signed, so it may be asked without TLS."""

_TIMEOUT_S = 30.0
_MAX_ANSWER_BYTES = 64 * 1024
_NONCE_BITS = 63
_GRANTED = frozenset({0, 1})
_HEADERS = {"Content-Type": "application/timestamp-query"}

Post = Callable[[str, bytes], bytes]
"""Sends a query to an address, gives the answer's body."""


def timestamper(url: str, *, post: Post | None = None) -> Timestamper:
    """Return what asks an authority.

    Args:
        url: Of the authority, http or https.
        post: Sends the query; over the network when None.
    """
    send = post or post_query

    def ask(signature: bytes) -> bytes:
        nonce = secrets.randbits(_NONCE_BITS)
        digest = sha256(signature)
        return _token(send(url, _query(digest, nonce)), digest, nonce)

    return ask


def post_query(url: str, body: bytes) -> bytes:
    """Send a query over the network.

    Raises:
        SignError: Nobody answers, or the answer is too long.
    """
    request = urllib.request.Request(url, data=body, headers=_HEADERS)  # noqa: S310 - checked below
    if not url.startswith(("http://", "https://")):
        raise _refused(f"{url} is no web address")
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as answer:  # noqa: S310 - http or https
            found = bytes(answer.read(_MAX_ANSWER_BYTES + 1))
    except (urllib.error.URLError, OSError, ValueError) as exc:
        raise _refused(f"{url} does not answer: {exc}") from exc
    if len(found) > _MAX_ANSWER_BYTES:
        raise _refused(f"the answer of {url} is too long")
    return found


def _query(digest: bytes, nonce: int) -> bytes:
    imprint = tlv(SEQUENCE, tlv(SEQUENCE, oid(SHA256_OID), tlv(NULL)), tlv(OCTET_STRING, digest))
    return tlv(SEQUENCE, integer(1), imprint, integer(nonce), tlv(BOOLEAN, b"\xff"))


def _token(answer: bytes, digest: bytes, nonce: int) -> bytes:
    try:
        (_, status, _), *rest = children(answer)
        code = int.from_bytes(next(walk(status))[1], "big")
        if code not in _GRANTED or not rest:
            raise _refused(f"the time stamp authority refuses with status {code}")
        token = rest[0][2]
        info = _info(token)
        has_digest = digest in [body for _, body, _ in walk(info[2][1])]
    except (ValueError, IndexError, StopIteration) as exc:
        raise _refused("the answer of the time stamp authority is damaged") from exc
    numbers = [int.from_bytes(body, "big") for tag, body, _ in info if tag == INTEGER]
    if not has_digest or nonce not in numbers:
        raise _refused("the time stamp is of another signature")
    return token


def _info(token: bytes) -> list[tuple[int, bytes, bytes]]:
    """Return the values of what the authority signed: version, policy, imprint, serial, time, nonce."""
    _, (_, wrapped, _) = children(token)
    signed = children(wrapped)
    _, (_, content, _) = walk(signed[2][1])
    text = next(walk(content))[1]
    return children(text)


def _refused(message: str) -> SignError:
    return SignError(
        message,
        code="codesign.timestamp",
        help="try again later, or leave the time stamp out: macos.timestamp_url = 'none'",
    )
