"""Keep large vendored libraries in a folder of the user, so that they are decompressed once.

Frozen as `_millennium_cache`. Nothing in the folder is trusted: a file is copied into a sealed
memory file, and the copy is loaded when its SHA-256 is the one in the executable. A file that was
mapped itself could be changed after the check, even while its code runs. So neither where the
folder is (`XDG_CACHE_HOME`, `HOME`) nor who writes there changes what is loaded. When anything is
in the way, the library is loaded from memory instead.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

# A pipe in the place of a file must not be waited for.
_READ_ONLY = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
_OTHERS_MAY_WRITE = 0o022


def open_cached(
    app: str, digest: str, *, read: Callable[[], bytes], seal: Callable[[int], int]
) -> int:
    """Return a descriptor of a sealed copy of the library, or -1 to load it from memory.

    Args:
        app: Whose cache it is.
        digest: SHA-256 of the library, hexadecimal.
        read: Gives the library from the executable.
        seal: Makes a sealed copy of an open file, and raises OSError for what cannot be the library.
    """
    try:
        path = _folder(app) / digest
        descriptor = _open_verified(path, seal)
        if descriptor < 0:
            _write(path, read())
            descriptor = _open_verified(path, seal)
    except (OSError, RuntimeError):
        return -1
    return descriptor


def _folder(app: str) -> Path:
    """Return the folder, made with no rights for others.

    Raises:
        PermissionError: It belongs to somebody else, or others may write there.
        RuntimeError: The user has no home.
    """
    home = os.environ.get("XDG_CACHE_HOME")
    folder = (Path(home) if home else Path.home() / ".cache") / app / "libraries"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    status = folder.lstat()
    if status.st_uid != os.geteuid() or status.st_mode & _OTHERS_MAY_WRITE:
        raise PermissionError(str(folder))
    return folder


def _open_verified(path: Path, seal: Callable[[int], int]) -> int:
    """Return a descriptor of a sealed copy if its content is what the name says, else -1."""
    try:
        source = os.open(path, _READ_ONLY)
    except FileNotFoundError:
        return -1
    try:
        descriptor = seal(source)
    except OSError:  # of another length, or no file
        return -1
    finally:
        os.close(source)
    with os.fdopen(descriptor, "rb", closefd=False) as file:
        if hashlib.file_digest(file, "sha256").hexdigest() == path.name:
            return descriptor
    os.close(descriptor)
    return -1


def _write(path: Path, data: bytes) -> None:
    temporary = path.with_name(f".{os.getpid()}-{os.urandom(8).hex()}")
    try:
        with os.fdopen(os.open(temporary, _NEW, 0o600), "wb") as file:
            file.write(data)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
