"""What a build may take over from the one before: bytes under a key made of their inputs.

An entry is written under another name first and then moved, so a reader never sees half of one;
each starts with its own digest, and one that does not fit is as good as absent. Losing the whole
folder costs time, never correctness.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

_DIGEST_SIZE = 16


def default_folder() -> Path:
    """Return the folder of this user's build caches."""
    home = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(home) / "millennium-build"


def key_of(*inputs: str | bytes | int) -> str:
    """Digest inputs so that no two lists of them give the same key by being joined."""
    digest = hashlib.blake2b(digest_size=20)
    for item in inputs:
        data = item if isinstance(item, bytes) else str(item).encode()
        digest.update(len(data).to_bytes(8, "little") + data)
    return digest.hexdigest()


class Cache:
    """A folder of entries, shared by all builds of one user."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get_or_make(self, kind: str, key: str, make: Callable[[], bytes]) -> bytes:
        """Return the entry, making and keeping it first when it is not there."""
        found = self.get(kind, key)
        if found is not None:
            return found
        made = make()
        self.put(kind, key, made)
        return made

    def get(self, kind: str, key: str) -> bytes | None:
        """Return an entry, or None when it is absent or damaged."""
        try:
            stored = self._path(kind, key).read_bytes()
        except OSError:
            return None
        data = stored[_DIGEST_SIZE:]
        return data if stored[:_DIGEST_SIZE] == _digest(data) else None

    def put(self, kind: str, key: str, data: bytes) -> None:
        """Keep an entry; a full or read-only disk is not an error of the build."""
        path = self._path(kind, key)
        temporary = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            try:
                temporary.write_bytes(_digest(data) + data)
                temporary.replace(path)
            finally:
                temporary.unlink(missing_ok=True)

    def _path(self, kind: str, key: str) -> Path:
        return self._folder / kind / key[:2] / key[2:]


def _digest(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=_DIGEST_SIZE).digest()
