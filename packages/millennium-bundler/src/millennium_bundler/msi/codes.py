"""GUIDs that are the same whenever the same thing is packaged.

1. The upgrade code belongs to the app: all versions, languages and scopes share it.
2. A component's belongs to a path of the app, for one scope and machine.
3. The product's and the package's belong to the content: what differs in one byte is another product, so
   that it may replace the one before.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping, Sequence

from millennium_bundler.msi.schema import Row

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:millennium-bundler:msi")


def guid(*words: str) -> str:
    """Return the GUID of some words, as an .msi spells it."""
    return spelled(str(uuid.uuid5(_NAMESPACE, "\0".join(words))))


def spelled(code: str) -> str:
    """Return a GUID in capitals and braces."""
    return "{" + code.strip("{}").upper() + "}"


def digest(tables: Mapping[str, Sequence[Row]], streams: Mapping[str, bytes]) -> str:
    """Return the SHA-256 of all rows and streams."""
    total = hashlib.sha256()
    for name in sorted(tables):
        for row in sorted(tables[name], key=repr):
            cells = [
                hashlib.sha256(cell).hexdigest() if isinstance(cell, bytes) else cell
                for cell in row
            ]
            total.update(repr((name, cells)).encode())
    for name in sorted(streams):
        total.update(name.encode() + b"\0" + hashlib.sha256(streams[name]).digest())
    return total.hexdigest()
