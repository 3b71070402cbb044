"""The version of an app that is kept in a JSON file, as the ``package.json`` of its page.

``version = "package.json"`` means the value of that file's key ``version``. The file is inside the
project, for a build notices what changes there.

Source: Millennium's own ``package > version``, "a semver number or a path to a JSON file".
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from millennium.config.tree import JSON
from millennium.errors import Location, VersionFileError

MAX_BYTES = 4 * 1024 * 1024  # of the file that says the version
_SUFFIX = ".json"


def is_version_file(written: str) -> bool:
    """Say whether the key ``version`` names a file, not a version."""
    return written.endswith(_SUFFIX)


def read_version(root: Path, written: str, location: Location) -> str:
    """Return the version that the file `written`, relative to `root`, holds.

    Args:
        root: The project's folder.
        written: What the key ``version`` says.
        location: Where it says so.

    Raises:
        VersionFileError: The file is outside the project, missing, too large, no JSON table, or
            its version is missing or no text.
    """
    try:
        return _version_in(_bytes_of(root, written))
    except ValueError as error:
        raise VersionFileError(
            f"version: {written!r} {error}",
            help="name a JSON file of the project that has a 'version', or write the version",
            location=location,
        ) from error


def _bytes_of(root: Path, written: str) -> bytes:
    file = (root / written).resolve()
    if not file.is_relative_to(root.resolve()):
        raise ValueError("is outside the project")
    try:
        with file.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise ValueError(f"cannot be read: {error.strerror}") from error
    if len(data) > MAX_BYTES:
        raise ValueError(f"is larger than {MAX_BYTES} bytes")
    return data


def _version_in(data: bytes) -> str:
    try:
        tree: JSON = msgspec.json.decode(data.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise ValueError(f"is not JSON: {error}") from error
    if not isinstance(tree, dict):
        raise ValueError("holds no table")  # noqa: TRY004 - the file's fault, not the caller's
    found = tree.get("version")
    if not isinstance(found, str):
        raise ValueError("has no 'version' that is text")  # noqa: TRY004 - likewise
    return found
