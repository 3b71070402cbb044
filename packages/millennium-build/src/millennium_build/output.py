"""Write files so that a reader, and an interrupted build, never leave half of one."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from millennium_build.errors import OutputError

EXECUTABLE_MODE = 0o755
FILE_MODE = 0o644


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


def _write(path: Path, data: bytes, mode: int) -> None:
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with temporary.open("xb") as file:
                file.write(data)
                os.fchmod(file.fileno(), mode)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(
            f"cannot write {path}: {error.strerror}", help="check the folder's rights and space"
        ) from error
