"""Packages on disk: whole or not at all, and what they weigh.

A file is written beside its place and renamed; a folder likewise, after the old one was moved away.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

from millennium_bundler.errors import FormatError
from millennium_bundler.formats.interface import Package
from millennium_bundler.tree import Entry, File, Folder, Link, Tree


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
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        partial.write_bytes(data)
        if is_program:
            partial.chmod(partial.stat().st_mode | 0o111)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


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
    """Return one SHA-256 for a folder: of a line an entry, which says kind, mode, content and path.

    A file's line is ``f MODE SHA256 PATH``, a link's ``l TARGET PATH``, a folder's ``d MODE PATH``,
    with modes in octal, sorted by path.
    """
    lines = "".join(f"{_line(entry)}\n" for entry in tree)
    return hashlib.sha256(lines.encode()).hexdigest()


def _line(entry: Entry) -> str:
    match entry:
        case File():
            return f"f {entry.mode:o} {hashlib.sha256(entry.data).hexdigest()} {entry.path}"
        case Link():
            return f"l {entry.target} {entry.path}"
        case Folder():
            return f"d {entry.mode:o} {entry.path}"


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
