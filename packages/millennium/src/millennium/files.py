"""Reads, lists and replaces what a canonical, approved path names, following no link on the way.

A scope decides on a canonical path; between that decision and the opening somebody else may put a
link in its place. So:

1. Each folder of the path is opened by its parent's descriptor and must not be a link.
2. The file itself must be a regular one, and no link: it is looked at before it is opened, so that
   no pipe is waited for and no device is touched, and again by its descriptor.
3. A write goes to a fresh file beside the old one, is flushed to the disk and takes its name in one
   step: a reader sees the old text or the new one, never half of either. The new file has the old
   one's permissions, but never its rights to run as somebody else.

Platform-specific:
    Where the system opens nothing by descriptor (Windows), the path is opened as it is, and what was
    opened must then still be what the canonical path names: a link that is there while we look is
    refused, one that was there only between two looks is not seen. To make one there takes a
    right that Windows gives to administrators and developers.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import Literal

from millennium.errors import TooLargeError

HAS_DESCRIPTORS = os.open in os.supports_dir_fd and os.scandir in os.supports_fd
_HAS_FCHMOD = os.chmod in os.supports_fd
MAX_ENTRIES = 100_000

_SAFE = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_READ = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | _SAFE  # a pipe must not keep us waiting
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _SAFE
_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | _SAFE
_NEW_FILE = 0o666
_PERMISSIONS = 0o777


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing in a folder; a link is reported as a link, whatever it points to."""

    name: str
    kind: Literal["file", "directory", "link", "other"]


def open_file(path: Path) -> FileIO:
    """Open a regular file for reading; whoever asked closes it.

    Raises:
        OSError: As the system says; ELOOP for a link, EISDIR for what is not a file.
    """
    with _parent(path) as (name, folder):
        _require_file(os.stat(name, dir_fd=folder, follow_symlinks=False), path)
        file = FileIO(os.open(name, _READ, dir_fd=folder), "rb")
        try:
            status = os.fstat(file.fileno())
            _require_file(status, path)
            if folder is None:
                _require_same(status, path)
        except BaseException:
            file.close()
            raise
    return file


def read_file(path: Path, *, max_bytes: int) -> bytes:
    """Read a regular file.

    Raises:
        TooLargeError: It has more than `max_bytes`.
        OSError: As for `open_file`.
    """
    with open_file(path) as file:
        data = _read_up_to(file.fileno(), max_bytes + 1)
    if len(data) > max_bytes:
        message = f"{path.name} has more than {max_bytes} bytes"
        raise TooLargeError(message, help="read it in Python and send what the page needs")
    return data


def replace_file(path: Path, data: bytes | memoryview) -> None:
    """Write a whole file in one step, keeping the permissions of the old one.

    Raises:
        OSError: As the system says; the old file is untouched then.
    """
    with _parent(path) as (name, folder):
        mode = _old_mode(name, folder, path)
        fresh = str(Path(name).with_name(f".{secrets.token_hex(8)}.new"))
        number = os.open(fresh, _CREATE, _NEW_FILE, dir_fd=folder)
        try:
            with os.fdopen(number, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(number)
                if mode is not None:
                    os.chmod(number if _HAS_FCHMOD else fresh, mode)  # noqa: PTH101 - a descriptor
            os.replace(fresh, name, src_dir_fd=folder, dst_dir_fd=folder)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(fresh, dir_fd=folder)
            raise


def is_there(path: Path) -> bool:
    """Whether there is something of this name, a link included, whatever it leads to.

    Raises:
        OSError: As the system says, unless it says that there is nothing.
    """
    try:
        with _parent(path) as (name, folder):
            os.stat(name, dir_fd=folder, follow_symlinks=False)
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True


def list_folder(path: Path) -> list[Entry]:
    """Return what is in a folder, sorted by name.

    Raises:
        TooLargeError: It has more than `MAX_ENTRIES` entries.
        OSError: As the system says; ENOTDIR for what is not a folder.
    """
    with _opened(path) as folder, os.scandir(path if folder is None else folder) as found:
        entries = [_entry(item) for item, _ in zip(found, range(MAX_ENTRIES + 1), strict=False)]
    if len(entries) > MAX_ENTRIES:
        message = f"{path.name} has more than {MAX_ENTRIES} entries"
        raise TooLargeError(message, help="list it in Python and send what the page needs")
    return sorted(entries, key=lambda entry: entry.name)


@contextlib.contextmanager
def _parent(path: Path) -> Iterator[tuple[str, int | None]]:
    """Give the name to open and the descriptor of its folder; the whole path and None without.

    The name of a root is a dot: it has no other.
    """
    with _opened(path.parent) as folder:
        yield (str(path) if folder is None else path.name or os.curdir), folder


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[int | None]:
    """Open a folder step by step (rule 1); None where the system cannot."""
    if not HAS_DESCRIPTORS:
        _require_canonical(path)
        yield None
        return
    number = os.open(path.anchor, _FOLDER)
    try:
        for part in path.parts[1:]:
            deeper = os.open(part, _FOLDER, dir_fd=number)
            os.close(number)
            number = deeper
        yield number
    finally:
        os.close(number)


def _require_canonical(path: Path) -> None:
    if os.path.realpath(path) != str(path):
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path))


def _require_same(opened: os.stat_result, path: Path) -> None:
    _require_canonical(path)
    if not os.path.samestat(opened, path.stat()):
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path))


def _require_file(status: os.stat_result, path: Path) -> None:
    if stat.S_ISLNK(status.st_mode):
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path))
    if not stat.S_ISREG(status.st_mode):  # (2)
        raise OSError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))


def _read_up_to(number: int, max_bytes: int) -> bytes:
    chunks: list[bytes] = []
    left = max_bytes
    while left and (chunk := os.read(number, min(left, 1 << 20))):
        chunks.append(chunk)
        left -= len(chunk)
    return b"".join(chunks)


def _old_mode(name: str, folder: int | None, path: Path) -> int | None:
    try:
        status = os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return None
    _require_file(status, path)
    return stat.S_IMODE(status.st_mode) & _PERMISSIONS  # (3)


def _entry(item: os.DirEntry[str]) -> Entry:
    kind: Literal["file", "directory", "link", "other"] = "other"
    if item.is_symlink():
        kind = "link"
    elif item.is_dir(follow_symlinks=False):
        kind = "directory"
    elif item.is_file(follow_symlinks=False):
        kind = "file"
    return Entry(name=item.name, kind=kind)
