"""From a manifest to finished packages on disk: choose formats, make, write, lint."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

from millennium_bundler.errors import ExecutableError, FormatError
from millennium_bundler.formats.interface import Finding, Format, Package
from millennium_bundler.settings import Manifest

GROUP = "millennium.formats"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """One finished package.

    Attributes:
        target: Name of its format.
        path: Where it lies.
        sha256: Of the whole file.
        seconds: How long build and own verification took.
        findings: What the outside tool said; None when it was not asked or is not there.
    """

    target: str
    path: Path
    size_bytes: int
    sha256: str
    seconds: float
    warnings: tuple[str, ...]
    findings: tuple[Finding, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleOptions:
    """How to bundle.

    Attributes:
        output: Folder that gets the packages.
        allow_unverified: Accept an executable that its builder could not start.
        with_lint: Ask the outside tools.
        on_step: Told the name of each step as it starts.
    """

    output: Path
    allow_unverified: bool = False
    with_lint: bool = True
    on_step: Callable[[str], None] = lambda _step: None


def find_formats() -> dict[str, EntryPoint]:
    """Return the installed formats by name, sorted; nothing is imported yet.

    Raises:
        FormatError: Two packages bring one name.
    """
    found: dict[str, EntryPoint] = {}
    for point in sorted(entry_points(group=GROUP), key=lambda point: (point.name, point.value)):
        other = found.setdefault(point.name, point)
        if other.value != point.value:
            message = f"format {point.name!r} is both {other.value} and {point.value}"
            raise FormatError(message, code="format.twice", help="uninstall one of the two")
    return found


def load_formats(names: Iterable[str]) -> list[Format[Any]]:
    """Import formats by name, in the order given, each once.

    Raises:
        FormatError: Unknown name.
    """
    found = find_formats()
    loaded: list[Format[Any]] = []
    for name in dict.fromkeys(names):
        if name not in found:
            message = f"format {name!r} is not known"
            raise FormatError(message, code="format.unknown", help=f"known: {', '.join(found)}")
        loaded.append(found[name].load()())
    return loaded


def bundle(manifest: Manifest, formats: list[Format[Any]], options: BundleOptions) -> list[Bundle]:
    """Make one package per format.

    Raises:
        ExecutableError: The executable was never seen to start, and that is not allowed.
        BundleError: A package cannot be made; those already made stay.
    """
    if not (manifest.settings.verified or options.allow_unverified):
        raise ExecutableError(
            "the executable is not verified: nobody has seen it start",
            code="executable.not_verified",
            help="run `millennium build` where a display is, or pass --allow-unverified",
        )
    return [_make_one(manifest, format_, options) for format_ in formats]


def _make_one(manifest: Manifest, format_: Format[Any], options: BundleOptions) -> Bundle:
    options.on_step(f"{format_.name}: write and verify")
    started = time.perf_counter()
    package = format_.make(manifest)
    seconds = time.perf_counter() - started
    path = _write(package, options.output)
    findings = None
    if options.with_lint:
        options.on_step(f"{format_.name}: lint")
        findings = format_.lint(path)
    return Bundle(
        target=format_.name,
        path=path,
        size_bytes=len(package.data),
        sha256=hashlib.sha256(package.data).hexdigest(),
        seconds=seconds,
        warnings=package.warnings,
        findings=findings,
    )


def _write(package: Package, folder: Path) -> Path:
    path = folder / package.file_name
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _replace(path, partial, package.data)
    except OSError as exc:
        message = f"{path} cannot be written: {exc.strerror}"
        raise FormatError(message, code="format.write", help="choose another --output") from exc
    return path


def _replace(path: Path, partial: Path, data: bytes) -> None:
    # Whole or not at all, also when Ctrl-C comes in between.
    try:
        partial.write_bytes(data)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
