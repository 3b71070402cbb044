"""Files and folders, within the scope of the asking window.

The scope decides on the canonical path, so a link inside it that points outside is refused;
`millennium.files` then opens that path without following any link. Text is UTF-8. Writing replaces
the whole file in one step.
"""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Iterator
from typing import Annotated, Literal

from msgspec import Meta, Struct

from millennium.api.table import Endpoint
from millennium.errors import CommandError
from millennium.files import is_there, list_folder, read_file, replace_file
from millennium.ipc.limits import MAX_BODY_BYTES, MAX_JSON_BYTES, MAX_TEXT_CHARS
from millennium.security.scope import FsScope

PathText = Annotated[str, Meta(min_length=1, max_length=MAX_TEXT_CHARS)]

_CODES = {
    errno.ENOENT: ("fs.not_found", "does not exist"),
    errno.EEXIST: ("fs.exists", "exists already"),
    errno.EACCES: ("fs.denied", "may not be opened by this user"),
    errno.EPERM: ("fs.denied", "may not be opened by this user"),
    errno.EROFS: ("fs.denied", "is on a read-only disk"),
    errno.EISDIR: ("fs.not_a_file", "is not a file"),
    errno.ENOTDIR: ("fs.not_a_folder", "is not a folder"),
    errno.ELOOP: ("fs.link", "is a link"),
    errno.ENOSPC: ("fs.disk_full", "does not fit on the disk"),
}


class FolderEntry(Struct, frozen=True, kw_only=True, rename="camel"):
    """One thing in a folder, as the page sees it."""

    name: str
    path: str
    kind: Literal["file", "directory", "link", "other"]
    is_directory: bool
    is_file: bool


def read_text(scope: FsScope, path: PathText) -> str:
    """Return the text of a file."""
    allowed = scope.check_read(path)
    with _told(path):
        data = read_file(allowed, max_bytes=MAX_JSON_BYTES)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise CommandError("fs.not_text", f"{path} is not UTF-8 text") from None


def read_bytes(scope: FsScope, path: PathText) -> bytes:
    """Return the bytes of a file."""
    allowed = scope.check_read(path)
    with _told(path):
        return read_file(allowed, max_bytes=MAX_BODY_BYTES)


def write_text(scope: FsScope, path: PathText, text: str) -> None:
    """Replace the text of a file, or make the file."""
    allowed = scope.check_write(path)
    with _told(path):
        replace_file(allowed, text.encode())


def write_bytes(scope: FsScope, path: PathText, data: bytes) -> None:
    """Replace the bytes of a file, or make the file."""
    allowed = scope.check_write(path)
    with _told(path):
        replace_file(allowed, data)


def list_entries(scope: FsScope, path: PathText) -> list[FolderEntry]:
    """Return what is in a folder, sorted by name.

    What has no name that is text is left out: no page could say it.
    """
    allowed = scope.check_read(path)
    with _told(path):
        found = list_folder(allowed)
    return [
        FolderEntry(
            name=entry.name,
            path=str(allowed / entry.name),
            kind=entry.kind,
            is_directory=entry.kind == "directory",
            is_file=entry.kind == "file",
        )
        for entry in found
        if _is_text(entry.name)
    ]


def exists(scope: FsScope, path: PathText) -> bool:
    """Whether there is something with this path."""
    allowed = scope.check_read(path)
    with _told(path):
        return is_there(allowed)


COMMANDS = (
    Endpoint(name="fs.read_text", function=read_text),
    Endpoint(name="fs.read_bytes", function=read_bytes),
    Endpoint(name="fs.write_text", function=write_text),
    Endpoint(name="fs.write_bytes", function=write_bytes),
    Endpoint(name="fs.list", function=list_entries),
    Endpoint(name="fs.exists", function=exists),
)


def _is_text(name: str) -> bool:
    return not any("\ud800" <= letter <= "\udfff" for letter in name)


@contextlib.contextmanager
def _told(path: str) -> Iterator[None]:
    """Turn what the system says into a code and a sentence about the path the page gave."""
    try:
        yield
    except OSError as exc:
        code, words = _CODES.get(exc.errno or 0, ("fs.failed", "cannot be used"))
        raise CommandError(code, f"{path} {words}") from exc
