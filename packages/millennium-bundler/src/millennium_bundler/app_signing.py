"""Signing applications that lie on the disk, and listing what would be signed."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from millennium_bundler.codesign.bundle import signing_steps
from millennium_bundler.codesign.codesign_tool import read_tree, write_tree
from millennium_bundler.codesign.own import moved
from millennium_bundler.errors import SignError
from millennium_bundler.sign.signing import AppSigner

ENDING = ".app"


@dataclass(frozen=True, slots=True, kw_only=True)
class AppStep:
    """One signature inside an application.

    Attributes:
        path: Of the code or bundle.
        part: What it is: library, helper, framework, bundle, app.
        identifier: What its signature calls it.
    """

    path: Path
    part: str
    identifier: str


def is_app(path: Path) -> bool:
    """Tell whether a path is the folder of an application."""
    return path.suffix == ENDING and path.is_dir()


def plan_app(path: Path) -> tuple[AppStep, ...]:
    """Return the signatures that an application gets, from the inside out.

    Raises:
        FormatError: It is no application.
        ExecutableError: A file of code is not well-formed.
    """
    return tuple(
        AppStep(path=path / step.path, part=step.part.value, identifier=step.identifier)
        for step in signing_steps(read_tree(path, date=0))
    )


def sign_app(path: Path, signer: AppSigner, *, date: int) -> None:
    """Sign an application in its place; it is exchanged whole or not at all.

    Args:
        path: The ``.app`` folder.
        signer: Who signs.
        date: Seconds since 1970 that the signatures name.

    Raises:
        FormatError: It is no application.
        ExecutableError: A file of code is not well-formed.
        SignError: It cannot be signed, read or written.
    """
    signed = signer.sign_app(moved(read_tree(path, date=date), "", f"{path.name}/"))
    new = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        new.mkdir()
        write_tree(moved(signed, f"{path.name}/", ""), new)
        _exchange(path, new)
    except OSError as exc:
        message = f"{exc.filename or path} cannot be read or written: {exc.strerror}"
        raise SignError(message, code="sign.no_file", help="sign a copy of your own") from exc
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _exchange(path: Path, new: Path) -> None:
    """Put a folder in the place of another, which comes back when that fails."""
    old = path.with_name(f".{path.name}.{os.getpid()}.old")
    path.rename(old)
    try:
        new.rename(path)
    except OSError:
        old.rename(path)
        raise
    shutil.rmtree(old)
