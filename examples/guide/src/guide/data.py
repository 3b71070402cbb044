"""Bytes, up and down."""

from __future__ import annotations

import hashlib

from guide.app import app
from millennium import CommandError, Request


# --8<-- [start:up]
@app.command
def fingerprint(data: bytes) -> str:
    """Return the SHA-256 of what the page sends."""
    return hashlib.sha256(data).hexdigest()


# --8<-- [end:up]
# --8<-- [start:down]
@app.command
def gradient(width: int, height: int) -> bytes:
    """Return grey pixels, one byte each."""
    return bytes(255 * column // width for _ in range(height) for column in range(width))


# --8<-- [end:down]
# --8<-- [start:request]
@app.command
def upload(request: Request) -> str:
    """Take raw bytes with a header of the page's own."""
    if not request.is_bytes:
        raise CommandError("guide.no_bytes", "Send bytes, please.")
    return f"{request.headers['x-name']}: {len(request.body)} bytes"


# --8<-- [end:request]
