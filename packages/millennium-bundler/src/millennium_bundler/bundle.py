"""From a manifest to finished packages on disk: make, lint, sign, write, and what stands beside them.

1. Every format is asked about the settings before any work starts.
2. Each builds, and reads back what it built; then an outside tool is asked, then it is signed, and the tool
   is asked again where the signature is inside. Only then does a package stand in the output.
3. Checksums, lists of parts and provenance come last, of everything that was made.
4. A format that fails leaves nothing and stops no other; one with a bug is one that fails.
5. After Ctrl-C no format begins, and none that is at work writes its package.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from millennium_bundler.attestation import Released, earlier_packages, write_attestations
from millennium_bundler.errors import BundleError, ExecutableError, all_of
from millennium_bundler.formats.interface import Finding, Format
from millennium_bundler.inspection import Inspection
from millennium_bundler.installed_formats import (
    bug_in,
    check_system,
    default_formats,
    find_formats,
    formats_for,
    load_formats,
)
from millennium_bundler.output import (
    package_bytes,
    package_digest,
    path_digest,
    remove_all,
    write_package,
)
from millennium_bundler.provenance import Subject
from millennium_bundler.settings import Manifest
from millennium_bundler.sources import check_sources
from millennium_bundler.tree import source_date
from millennium_bundler.updater.artifacts import MadeBundle
from millennium_bundler.updater.release import Product, Release, check_settings, make_release

__all__ = [
    "Bundle",
    "BundleOptions",
    "Bundles",
    "Failure",
    "bundle",
    "default_formats",
    "find_formats",
    "formats_for",
    "load_formats",
]

_MAX_AT_ONCE = 4
_UPDATES = "release"
# Manifests and signatures of updates.
_OWN_SIGNED = frozenset({".json", ".sig"})


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
        findings: What the outside tool said, before and after signing; None when it was not asked or is not
            there.
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
    failed = _failed_checks(manifest, formats)
    good = [format_ for format_ in formats if format_.name not in failed]
    release = _Release.of(manifest, options)
    stop = threading.Event()
    # Compression is most of the work, and does not hold the interpreter's lock.
    with ThreadPoolExecutor(max_workers=min(os.cpu_count() or 1, _MAX_AT_ONCE)) as pool:
        waiting = [pool.submit(_make, manifest, format_, options, stop) for format_ in good]
        try:
            results = [done.result() for done in waiting]
        except BaseException:  # Ctrl-C above all
            stop.set()
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    made = tuple(made for result in results for made in result.made)
    failures = (*failed.values(), *(failure for result in results for failure in result.failed))
    done = Bundles(made=made, failed=failures)
    return release.finish(done) if made else done


def _failed_checks(manifest: Manifest, formats: list[Format[Any]]) -> dict[str, Failure]:
    """Ask every format about the system, then about the settings; only a bug of its own is its own failure.

    Raises:
        BundleError: A format is for another system, or a setting is wrong.
    """
    failed: dict[str, Failure] = {}
    for ask in (check_system, _check_settings):
        wrong: list[BundleError] = []
        for format_ in formats:
            try:
                ask(manifest, format_)
            except BundleError as error:
                wrong.append(error)
            except Exception as error:  # noqa: BLE001 - a format may be of others' making
                failure = Failure(target=format_.name, error=_bug_of(format_, error))
                failed.setdefault(format_.name, failure)
        if wrong:
            raise all_of(wrong)
    check_sources(manifest)
    return failed


def _check_settings(manifest: Manifest, format_: Format[Any]) -> None:
    format_.check(manifest)


def _make(
    manifest: Manifest, format_: Format[Any], options: BundleOptions, stop: threading.Event
) -> Bundles:
    made: list[Bundle] = []
    options.on_step(format_.name, "write and verify")
    try:
        _make_all(manifest, format_, options, made, stop)
    except Exception as error:  # noqa: BLE001 - a format may be of others' making
        remove_all(one.path for one in made)
        failure = error if isinstance(error, BundleError) else _bug_of(format_, error)
        return Bundles(made=(), failed=(Failure(target=format_.name, error=failure),))
    finally:
        options.on_step(format_.name, "")
    return Bundles(made=tuple(made))


def _make_all(
    manifest: Manifest,
    format_: Format[Any],
    options: BundleOptions,
    made: list[Bundle],
    stop: threading.Event,
) -> None:
    """Append each package when it is written: what there is before a failure must be known."""

    def on_step(step: str) -> None:
        options.on_step(format_.name, step)

    inspection = Inspection(format_, on_step, is_wanted=options.with_lint)
    started = time.perf_counter()
    packages = format_.make(manifest, inspect=inspection.before_signing)
    seconds = time.perf_counter() - started - inspection.seconds
    for package in packages:
        if stop.is_set():
            return
        findings = inspection.findings(package)
        made.append(
            Bundle(
                target=format_.name,
                path=write_package(package, options.output),
                size_bytes=package_bytes(package),
                sha256=package_digest(package),
                seconds=seconds / len(packages),
                is_signed=package.is_signed,
                warnings=package.warnings,
                findings=findings,
            )
        )


def _bug_of(format_: Format[Any], error: Exception) -> BundleError:
    return bug_in(f"the format {format_.name}", error)


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
            released = _released(done, beside)
            beside += write_attestations(self.manifest, released, self.options.output)
        except Exception as error:  # noqa: BLE001 - the packages are made, and are told of
            why = error if isinstance(error, BundleError) else bug_in("the release", error)
            failed = (*failed, Failure(target=_UPDATES, error=why))
        return Bundles(made=done.made, failed=failed, beside=tuple(beside), notes=notes)

    def _updates(self, done: Bundles) -> Release:
        bundles = [MadeBundle(kind=one.target, path=one.path) for one in done.made]
        settings, output = self.manifest.settings.updater, self.options.output
        earlier = earlier_packages(self.manifest, _subjects(done), output)
        product = replace(self.product, earlier={one.name: one.sha256 for one in earlier})
        return make_release(
            product, bundles, self.options.previous, settings, self.manifest.signing
        )


def _released(done: Bundles, updates: list[Path]) -> Released:
    """Sort what was made: packages, what updaters fetch, and what is signed on its own."""
    downloads = [path for path in updates if path.suffix not in _OWN_SIGNED]
    return Released(
        packages=_subjects(done),
        downloads=[Subject(name=path.name, sha256=path_digest(path)) for path in downloads],
        others=[path.name for path in updates if path.suffix in _OWN_SIGNED],
    )


def _subjects(done: Bundles) -> list[Subject]:
    return [
        Subject(name=one.path.name, sha256=one.sha256, is_folder=one.path.is_dir())
        for one in done.made
    ]
