"""Packages on disk: whole or not at all, and what they weigh.

A file is written beside its place and renamed; a folder likewise, after the old one was moved away.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import stat
import tempfile
from collections.abc import Iterable
from io import BufferedReader
from pathlib import Path

from millennium_bundler.errors import FormatError
from millennium_bundler.formats.interface import Package
from millennium_bundler.tree import Entry, File, Folder, Link, Tree

# Windows has neither of the first two; a link there needs rights that few have.
_PLAIN = os.O_RDONLY | sum(
    getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY")
)

_PARTIAL_CHARS = 16


def write_package(package: Package, folder: Path) -> Path:
    """Write a package into a folder, which is made when it is not there.

    Raises:
        FormatError: It cannot be written; what stood there before stands there still.
    """
    path = folder / package.file_name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if isinstance(package.data, Tree):
            _replace_folder(path, package.data)
        else:
            replace_file(path, package.data, is_program=package.is_program)
    except OSError as exc:
        message = f"{path} cannot be written: {exc.strerror}"
        raise FormatError(message, code="format.write", help="choose another --output") from exc
    return path


def replace_file(path: Path, data: bytes, *, is_program: bool = False) -> None:
    """Write a file whole or not at all, also when Ctrl-C comes in between.

    Raises:
        OSError: As the system says.
    """
    # No longer than the name itself may be: that one can have all the bytes that there are.
    digest = hashlib.sha256(path.name.encode("utf-8", "surrogateescape")).hexdigest()
    partial = path.with_name(f".{digest[:_PARTIAL_CHARS]}.{os.getpid()}.part")
    partial.unlink(missing_ok=True)
    try:
        with partial.open("xb") as file:  # never through a link that somebody put there
            file.write(data)
        if is_program:
            partial.chmod(partial.stat().st_mode | 0o111)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def open_plain(path: Path) -> BufferedReader:
    """Open a file that is one: no link, which leads elsewhere, and no pipe, which would be waited for.

    Raises:
        OSError: It is something else, or cannot be opened.
    """
    if path.is_symlink():  # where the flag below is not known
        raise OSError(errno.ELOOP, "it is a link", str(path))
    file = os.fdopen(os.open(path, _PLAIN), "rb")
    if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        return file
    file.close()
    raise OSError(errno.EINVAL, "it is no plain file", str(path))


def remove_all(paths: Iterable[Path]) -> None:
    """Remove files and folders that are there."""
    for path in paths:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def package_bytes(package: Package) -> int:
    """Return the size of the file, or of all files of a folder, in bytes."""
    if isinstance(package.data, Tree):
        return sum(len(file.data) for file in package.data.files())
    return len(package.data)


def package_digest(package: Package) -> str:
    """Return the SHA-256 of the file, or the digest of a folder; hexadecimal."""
    if isinstance(package.data, Tree):
        return tree_digest(package.data)
    return hashlib.sha256(package.data).hexdigest()


def tree_digest(tree: Tree) -> str:
    """Return one SHA-256 for a folder: of a line an entry, sorted by path.

    A file's line is ``["f", MODE, SHA256, PATH]``, a link's ``["l", TARGET, PATH]``, a folder's ``["d", PATH]``,
    as JSON without spaces: no name can be taken for two parts of a line, or for two lines. Of a mode there is
    no more than whether a file is a program, "755" or "644": who copies a folder may change the rest.
    """
    return _digest_of([_line(entry) for entry in tree])


def folder_digest(folder: Path) -> str:
    """Return what `tree_digest` returns of the tree that a folder was written from.

    Raises:
        OSError: Something cannot be read, or is neither file, folder nor link.
    """
    return _digest_of([_line_on_disk(folder, path) for path in folder.rglob("*")])


def path_digest(path: Path) -> str:
    """Return the SHA-256 of a file, or the digest of a folder; hexadecimal.

    Raises:
        OSError: As `folder_digest`; a link or a pipe is no file.
    """
    if path.is_dir() and not path.is_symlink():
        return folder_digest(path)
    with open_plain(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _digest_of(lines: list[tuple[str, ...]]) -> str:
    texts = (
        json.dumps(line, ensure_ascii=False, separators=(",", ":"))
        for line in sorted(lines, key=lambda line: line[-1])
    )
    text = "".join(f"{line}\n" for line in texts)
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def _line(entry: Entry) -> tuple[str, ...]:
    match entry:
        case File():
            return ("f", _mode(entry.mode), hashlib.sha256(entry.data).hexdigest(), entry.path)
        case Link():
            return ("l", entry.target, entry.path)
        case Folder():
            return ("d", entry.path)


def _line_on_disk(folder: Path, path: Path) -> tuple[str, ...]:
    place, found = path.relative_to(folder).as_posix(), path.lstat()
    if stat.S_ISLNK(found.st_mode):
        return ("l", path.readlink().as_posix(), place)
    if stat.S_ISDIR(found.st_mode):
        return ("d", place)
    with open_plain(path) as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return ("f", _mode(found.st_mode), digest, place)


def _mode(mode: int) -> str:
    return "755" if mode & stat.S_IXUSR else "644"


def _replace_folder(path: Path, tree: Tree) -> None:
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as scratch:
        fresh = Path(scratch) / "fresh"
        fresh.mkdir()
        for entry in tree:
            _write_entry(fresh / entry.path, entry)
        old = Path(scratch) / "old"
        if path.exists():
            path.replace(old)
        try:
            fresh.replace(path)
        except OSError:
            if old.exists():
                old.replace(path)
            raise


def _write_entry(place: Path, entry: Entry) -> None:
    match entry:
        case File():
            place.write_bytes(entry.data)
            place.chmod(entry.mode)
        case Link():
            place.symlink_to(entry.target)
        case Folder():
            place.mkdir()
            place.chmod(entry.mode)
