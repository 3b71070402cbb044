"""A value that must not be seen: it prints as ``Secret(…)``, and tools get it by a pipe or a private file.

No command line and no variable carries one: both can be read beside the process, and both end up in logs.
"""

from __future__ import annotations

import hmac
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from millennium_bundler.errors import SignError

_MASK = b"Secret(\xe2\x80\xa6)"
# Shorter ones would be found by chance in every text.
_MIN_MASKED_BYTES = 4
# Folders that lie in memory, so that no disk keeps what was in them.
_IN_MEMORY = ("/dev/shm",)  # noqa: S108 - the folder made inside is private


class Secret:
    """Bytes that no log, error or ``repr`` shows."""

    __slots__ = ("_value",)

    def __init__(self, value: bytes) -> None:
        self._value = value

    def reveal(self) -> bytes:
        """Return the bytes; the caller must not store or print them."""
        return self._value

    def __eq__(self, other: object) -> bool:
        """Compare in constant time; anything but a `Secret` is unequal."""
        return isinstance(other, Secret) and hmac.compare_digest(self._value, other._value)

    __hash__ = None  # type: ignore[assignment]  # a secret is never a dictionary key

    def __repr__(self) -> str:
        """Return the same text for every secret."""
        return "Secret(…)"


def masked(text: bytes, secrets: tuple[Secret, ...]) -> bytes:
    """Return a text in which the secrets, and each of their lines, cannot be read."""
    parts = {part for secret in secrets for part in (secret.reveal(), *secret.reveal().split())}
    for part in sorted(parts, key=len, reverse=True):
        if len(part) >= _MIN_MASKED_BYTES:
            text = text.replace(part, _MASK)
    return text


@contextmanager
def private_folder() -> Iterator[Path]:
    """Make a folder that nobody else can look into, in memory where there is such a place.

    It is gone at the end, whatever happened.
    """
    parent = next((place for place in _IN_MEMORY if os.access(place, os.W_OK)), None)
    folder = Path(tempfile.mkdtemp(prefix="millennium-", dir=parent))  # mode 0700
    try:
        yield folder
    finally:
        # What a key agent removes at the same moment is gone either way.
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def work_folder() -> Iterator[Path]:
    """Make a folder for what is signed, which may be too large for memory; private, and gone at the end.

    Raises:
        SignError: Something in it cannot be written or read.
    """
    try:
        with tempfile.TemporaryDirectory(prefix="millennium-") as folder:  # mode 0700
            yield Path(folder)
    except OSError as exc:
        message = f"a temporary file cannot be written or read: {exc.strerror}"
        help_line = "is there room for twice the file in the folder for temporary files (TMPDIR)?"
        raise SignError(message, code="sign.no_file", help=help_line) from exc


def write_private(path: Path, data: bytes, *, replace: bool = False) -> Path:
    """Write a file that only its owner can read, whole or not at all; return its path.

    Args:
        path: The file, which must not exist.
        data: What it holds.
        replace: Put it in the place of one that exists, whole or not at all.

    Raises:
        FileExistsError: It exists, and may not be replaced.
        OSError: It cannot be written.
    """
    target = path.with_name(f".{path.name}.{os.getpid()}.part") if replace else path
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    descriptor = os.open(target, flags, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as out:
            out.write(data)
        if replace:
            target.replace(path)
    except BaseException:  # Ctrl-C, too
        target.unlink(missing_ok=True)
        raise
    return path
