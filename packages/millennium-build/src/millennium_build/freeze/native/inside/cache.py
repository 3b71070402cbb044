"""Keep large vendored libraries in a folder of the user, so that they are decompressed once.

Frozen as `_millennium_cache`. Nothing in the folder is trusted: a file is loaded only when its
SHA-256 is the one in the executable, and through the descriptor that was read for that. So where
the folder is (`XDG_CACHE_HOME`, `HOME`) cannot change what is loaded. When anything is in the way,
the library is loaded from memory instead.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable

_READ_ONLY = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW


def open_cached(app: str, digest: str, read: Callable[[], bytes]) -> int:
    """Return a descriptor of the library with this digest, or -1 to load it from memory."""
    try:
        folder = _folder(app)
        path = f"{folder}/{digest}"
        descriptor = _open_verified(path, digest)
        if descriptor < 0:
            _write(folder, path, read())
            descriptor = _open_verified(path, digest)
    except OSError:
        return -1
    return descriptor


def _folder(app: str) -> str:
    """Return the folder, made with no rights for others.

    Raises:
        PermissionError: It belongs to somebody else, or others may write there.
    """
    home = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    folder = f"{home}/{app}/libraries"
    os.makedirs(folder, mode=0o700, exist_ok=True)
    status = os.stat(folder, follow_symlinks=False)
    if status.st_uid != os.geteuid() or status.st_mode & 0o022:
        raise PermissionError(folder)
    return folder


def _open_verified(path: str, digest: str) -> int:
    try:
        descriptor = os.open(path, _READ_ONLY)
    except FileNotFoundError:
        return -1
    with open(descriptor, "rb", closefd=False) as file:
        if hashlib.file_digest(file, "sha256").hexdigest() == digest:
            return descriptor
    os.close(descriptor)
    return -1


def _write(folder: str, path: str, data: bytes) -> None:
    temporary = f"{folder}/.{os.getpid()}-{os.urandom(8).hex()}"
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with open(descriptor, "wb") as file:
            file.write(data)
        os.replace(temporary, path)
    except OSError:
        if os.path.exists(temporary):
            os.unlink(temporary)
        raise
