"""Write files so that a reader, and an interrupted build, never leave half of one."""

from __future__ import annotations

import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from millennium_build.errors import OutputError

EXECUTABLE_MODE = 0o755
FILE_MODE = 0o644
_FOLDER_MODE = 0o755


def write_executable(path: Path, data: bytes) -> None:
    """Write an executable file at once.

    Raises:
        OutputError: The folder does not take it.
    """
    _write(path, data, EXECUTABLE_MODE)


def write_file(path: Path, data: bytes) -> None:
    """Write an ordinary file at once.

    Raises:
        OutputError: The folder does not take it.
    """
    _write(path, data, FILE_MODE)


@contextmanager
def replaced_folder(folder: Path) -> Iterator[Path]:
    """Yield an empty folder that takes the place of `folder` when the block succeeds.

    It lies beside it, so relative paths from inside are the same before and after. When the block
    fails or is interrupted, `folder` is as it was.

    Raises:
        OutputError: The folder above does not take it.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        new = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    except OSError as error:
        raise OutputError(
            f"cannot write below {folder.parent}: {error.strerror}", help="check its rights"
        ) from error
    try:
        yield new
        new.chmod(_FOLDER_MODE)
        _swap(new, folder)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _swap(new: Path, folder: Path) -> None:
    """Move `new` to the place of `folder`; afterwards `new` holds what was there."""
    old = new.with_name(f"{new.name}.old")
    if folder.exists():
        folder.replace(old)
    new.replace(folder)
    if old.exists():
        old.replace(new)


def _write(path: Path, data: bytes, mode: int) -> None:
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with temporary.open("xb") as file:
                file.write(data)
            temporary.chmod(mode)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(
            f"cannot write {path}: {error.strerror}", help="check the folder's rights and space"
        ) from error
