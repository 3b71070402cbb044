"""From a manifest to finished packages on disk: choose formats, make, write, lint."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

from millennium_bundler.attestation import write_attestations
from millennium_bundler.errors import BundleError, ExecutableError, FormatError
from millennium_bundler.formats.interface import Finding, Format, Package
from millennium_bundler.output import package_bytes, package_digest, remove_all, write_package
from millennium_bundler.provenance import Subject
from millennium_bundler.settings import Manifest
from millennium_bundler.sources import check_sources
from millennium_bundler.tree import source_date
from millennium_bundler.updater.artifacts import MadeBundle
from millennium_bundler.updater.release import Product, Release, check_settings, make_release

GROUP = "millennium.formats"
_MAX_AT_ONCE = 4
_UPDATES = "release"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """One finished package.

    Attributes:
        target: Name of its format.
        path: Where it lies.
        size_bytes: Of the file; of all files of a folder.
        sha256: Of the whole file; of a folder, see `millennium_bundler.output.tree_digest`.
        seconds: How long build and own verification took.
        is_signed: Whether it carries a signature inside.
        findings: What the outside tool said; None when it was not asked or is not there.
    """

    target: str
    path: Path
    size_bytes: int
    sha256: str
    seconds: float
    is_signed: bool
    warnings: tuple[str, ...]
    findings: tuple[Finding, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A format that made nothing, or only a part of its packages.

    Attributes:
        target: Name of the format.
        error: Why.
    """

    target: str
    error: BundleError


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundles:
    """What came of a run, in the order of the formats.

    Attributes:
        made: The packages.
        failed: Formats that made none.
        beside: Checksums, signatures, provenance and what updaters fetch.
        notes: What the maker should know of these, one line each.
    """

    made: tuple[Bundle, ...]
    failed: tuple[Failure, ...] = ()
    beside: tuple[Path, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleOptions:
    """How to bundle.

    Attributes:
        output: Folder that gets the packages.
        allow_unverified: Accept an executable that its builder could not start.
        with_lint: Ask the outside tools.
        previous: Folder of the release before, for deltas; None for none.
        on_step: Told the format and the step as each starts, from several threads; an empty step means
            that the format has ended.
    """

    output: Path
    allow_unverified: bool = False
    with_lint: bool = True
    previous: Path | None = None
    on_step: Callable[[str, str], None] = lambda _format, _step: None


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


def formats_for(manifest: Manifest) -> list[Format[Any]]:
    """Import every installed format that can carry the manifest's executable, sorted by name."""
    return [one for one in load_formats(find_formats()) if one.carries(manifest.settings)]


def default_formats(manifest: Manifest) -> list[Format[Any]]:
    """Import the formats that a manifest's `targets` name; all that fit, if it names none.

    Those of other systems and machines are passed over: one configuration serves all.

    Raises:
        FormatError: A name is not known, or none is for the executable's target.
    """
    settings = manifest.settings
    if not settings.targets:
        return formats_for(manifest)
    found = [one for one in load_formats(settings.targets) if one.carries(settings)]
    if not found:
        message = (
            f"none of {', '.join(settings.targets)} carries an executable for {settings.target}"
        )
        known = ", ".join(one.name for one in formats_for(manifest))
        raise FormatError(
            message, code="format.system", help=f"add one of {known} to bundle.targets"
        )
    return found


def bundle(manifest: Manifest, formats: list[Format[Any]], options: BundleOptions) -> Bundles:
    """Make the packages of each format, several formats at a time.

    A format that fails leaves no file of its own behind and does not stop the others.

    Raises:
        ExecutableError: The executable was never seen to start, and that is not allowed.
        BundleError: A setting is wrong; no work was started.
    """
    if not (manifest.settings.verified or options.allow_unverified):
        raise ExecutableError(
            "the executable is not verified: nobody has seen it start",
            code="executable.not_verified",
            help="run `millennium build` where a display is, or pass --allow-unverified",
        )
    check_sources(manifest)
    for format_ in formats:
        _check(manifest, format_)
    release = _Release.of(manifest, options)
    # Compression is most of the work, and does not hold the interpreter's lock.
    with ThreadPoolExecutor(max_workers=min(os.cpu_count() or 1, _MAX_AT_ONCE)) as pool:
        waiting = [pool.submit(_make, manifest, format_, options) for format_ in formats]
        results = [done.result() for done in waiting]
    made = tuple(made for result in results for made in result.made)
    failed = tuple(failure for result in results for failure in result.failed)
    return (
        release.finish(Bundles(made=made, failed=failed))
        if made
        else Bundles(made=(), failed=failed)
    )


def _check(manifest: Manifest, format_: Format[Any]) -> None:
    target = manifest.settings.target
    if not format_.carries(manifest.settings):
        message = f"{format_.name} cannot carry an executable for {target}"
        known = ", ".join(found.name for found in formats_for(manifest))
        raise FormatError(message, code="format.system", help=f"for {target}: {known}")
    format_.check(manifest)


def _make(manifest: Manifest, format_: Format[Any], options: BundleOptions) -> Bundles:
    made: list[Bundle] = []
    try:
        options.on_step(format_.name, "write and verify")
        started = time.perf_counter()
        packages = format_.make(manifest)
        seconds = (time.perf_counter() - started) / len(packages)
        for package in packages:  # not extend(): what was written before a failure must be known
            made.append(_finish(format_, package, options, seconds))  # noqa: PERF401
    except BundleError as error:
        remove_all(one.path for one in made)
        return Bundles(made=(), failed=(Failure(target=format_.name, error=error),))
    finally:
        options.on_step(format_.name, "")
    return Bundles(made=tuple(made))


def _finish(
    format_: Format[Any], package: Package, options: BundleOptions, seconds: float
) -> Bundle:
    path = write_package(package, options.output)
    findings = None
    if options.with_lint:
        options.on_step(format_.name, "lint")
        findings = _ask(format_, path)
    return Bundle(
        target=format_.name,
        path=path,
        size_bytes=package_bytes(package),
        sha256=package_digest(package),
        seconds=seconds,
        is_signed=package.is_signed,
        warnings=package.warnings,
        findings=findings,
    )


def _ask(format_: Format[Any], path: Path) -> tuple[Finding, ...] | None:
    """Ask the outside tool; one that breaks down says nothing about the package, which is made."""
    try:
        return format_.lint(path)
    except (OSError, subprocess.SubprocessError) as exc:
        said = f"no answer: {exc}"
        return (Finding(tool=format_.name, severity="warning", tag="no-answer", message=said),)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Release:
    """What is made of finished packages."""

    manifest: Manifest
    options: BundleOptions
    product: Product
    wants_updates: bool

    @classmethod
    def of(cls, manifest: Manifest, options: BundleOptions) -> _Release:
        """Refuse settings of updates before any work starts."""
        settings = manifest.settings
        date = source_date(settings.source_date)
        product = Product(
            identifier=settings.identifier,
            version=settings.version,
            target=settings.target,
            notes=settings.changelog,
            date=date,
            published=source_date(int(time.time())),
            output=options.output,
        )
        wants_updates = settings.updater.artifacts != "none"
        if wants_updates:
            check_settings(product, settings.updater, manifest.signing)
        return cls(manifest=manifest, options=options, product=product, wants_updates=wants_updates)

    def finish(self, done: Bundles) -> Bundles:
        """Write what stands beside packages; what fails here is a failure of its own."""
        beside: list[Path] = []
        notes: tuple[str, ...] = ()
        failed = done.failed
        try:
            if self.wants_updates:
                self.options.on_step(_UPDATES, "archives, deltas and manifest")
                release = self._updates(done)
                beside += release.files
                notes = release.warnings
                self.options.on_step(_UPDATES, "")
            beside += write_attestations(self.manifest, self._subjects(done), self.options.output)
        except BundleError as error:
            failed = (*failed, Failure(target=_UPDATES, error=error))
        return Bundles(made=done.made, failed=failed, beside=tuple(beside), notes=notes)

    def _updates(self, done: Bundles) -> Release:
        bundles = [MadeBundle(kind=one.target, path=one.path) for one in done.made]
        settings = self.manifest.settings.updater
        return make_release(
            self.product, bundles, self.options.previous, settings, self.manifest.signing
        )

    def _subjects(self, done: Bundles) -> list[Subject]:
        files = [one for one in done.made if one.path.is_file()]
        return [Subject(name=one.path.name, sha256=one.sha256) for one in files]
