"""What stands beside packages: checksums, signatures, lists of parts, and where they come from.

* ``NAME.cdx.json``: the parts of a package, from what the build wrote about the executable.
* ``provenance.json``, the in-toto statement about all packages; with a minisign key ``provenance.intoto.jsonl``
  instead, signed, a line for each system that was bundled into the folder.
* ``NAME.minisig``: of every package, every download and delta of the updater, and of ``SHA256SUMS``, when there
  is a minisign key.
* ``SHA256SUMS``: of every file, as sha256sum(1) reads it. A folder has none: the statement has its digest.

All of that is about this run's packages and what earlier runs have left of the same release
(`millennium_bundler.earlier_runs`). `millennium_bundler.verification` reads it back.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from millennium_bundler.checksums import SUMS, is_file_name, write_sums
from millennium_bundler.earlier_runs import WholeRelease, join_earlier
from millennium_bundler.errors import FormatError
from millennium_bundler.layout import read_executable, read_extra
from millennium_bundler.output import path_digest, replace_file
from millennium_bundler.parts_list import ENDING, parts_list
from millennium_bundler.provenance import (
    ENVELOPE,
    STATEMENT,
    Statement,
    Subject,
    make_statement,
    read_statement,
    seal_statement,
)
from millennium_bundler.settings import Manifest
from millennium_bundler.sign.minisign import parse_public_key
from millennium_bundler.sign.minisign_signer import trusted_comment
from millennium_bundler.sign.signing import BoxSigner
from millennium_bundler.tree import source_date

BOX, UPDATE_BOX = ".minisig", ".sig"


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """What a run has made, before anything stands beside it.

    Attributes:
        packages: What users install.
        downloads: Archives and deltas that updaters fetch.
        others: Names of what is signed on its own: manifests and signatures of updates.
    """

    packages: Sequence[Subject]
    downloads: Sequence[Subject] = ()
    others: Sequence[str] = ()

    @property
    def subjects(self) -> tuple[Subject, ...]:
        """All that the statement is about."""
        return (*self.packages, *self.downloads)


def write_attestations(manifest: Manifest, released: Released, folder: Path) -> list[Path]:
    """Write what stands beside packages; return it, the checksums last.

    Args:
        manifest: That they were made from; its minisign signer signs.
        released: What is in the folder.
        folder: That holds it.

    Raises:
        FormatError: A file cannot be written, or has a name that no list of checksums can hold.
        TreeError: The list of parts cannot be read.
        SignError: Signing failed.
    """
    _check_names(released.subjects)
    written = _Attestations(manifest, folder)
    parts = [*written.parts(released.packages)]
    whole = _whole_release(manifest, released.subjects, folder, parts=parts)
    written.state(whole.statements)
    written.sign_each(released.subjects)
    written.keep(whole.kept)
    written.see(released.others)
    written.list_files()
    return written.paths


def earlier_packages(
    manifest: Manifest, packages: Sequence[Subject], folder: Path
) -> tuple[Subject, ...]:
    """Return what earlier runs have made that stays in the release beside packages of this run."""
    return _whole_release(manifest, packages, folder).kept


def _whole_release(
    manifest: Manifest, made: Sequence[Subject], folder: Path, *, parts: Sequence[Subject] = ()
) -> WholeRelease:
    executable = hashlib.sha256(read_executable(manifest)).hexdigest()
    statement = make_statement(
        manifest.settings, made, executable_sha256=executable, byproducts=parts
    )
    signer = manifest.signing.minisign
    key = parse_public_key(signer.public_key) if signer else None
    return join_earlier(read_statement(statement), folder, key)


class _Attestations:
    """Files that were written so far."""

    def __init__(self, manifest: Manifest, folder: Path) -> None:
        self._manifest = manifest
        self._signer = manifest.signing.minisign
        self._date = source_date(manifest.settings.source_date)
        self._folder = folder
        self._sums: dict[str, str] = {}
        self.paths: list[Path] = []

    def add(self, name: str, data: bytes) -> Subject:
        path = self._folder / name
        with _naming(path):
            replace_file(path, data)
        self.paths.append(path)
        self._sums[name] = hashlib.sha256(data).hexdigest()
        return Subject(name=name, sha256=self._sums[name])

    def parts(self, packages: Sequence[Subject]) -> Iterator[Subject]:
        settings = self._manifest.settings
        if not settings.sbom:
            return
        build = read_extra(self._manifest.resolve(settings.sbom), what="sbom")
        for package in packages:
            data = parts_list(build, package, version=settings.version)
            yield self.add(f"{package.name}{ENDING}", data)

    def state(self, statements: Iterable[Statement]) -> None:
        """Write the provenance; list what it names."""
        signer = self._signer
        if signer is None:
            name, stale = STATEMENT, ENVELOPE
            lines = [one.data + b"\n" for one in statements]
        else:
            name, stale = ENVELOPE, STATEMENT
            lines = [seal_statement(one.data, signer) for one in statements]
        # What an earlier run, with or without a key, has left says something else.
        with _naming(self._folder / stale):
            (self._folder / stale).unlink(missing_ok=True)
        self.add(name, b"".join(lines))
        for one in statements:
            named = (*one.subjects, *one.byproducts)
            self._sums |= {each.name: each.sha256 for each in named if not each.is_folder}

    def sign_each(self, subjects: Iterable[Subject]) -> None:
        """Write a signature beside each that is a file."""
        for one in subjects:
            if self._signer is not None and not one.is_folder:
                box = self._box(one.name, self._folder / one.name, self._signer)
                self.add(f"{one.name}{BOX}", box)

    def keep(self, subjects: Iterable[Subject]) -> None:
        """List the signatures of what earlier runs have made; make those that have gone."""
        for one in subjects:
            box, update_box = (self._folder / f"{one.name}{ending}" for ending in (BOX, UPDATE_BOX))
            if self._signer is not None and box.is_file():
                self.see([box.name])
            else:
                self.sign_each([one])
            self.see([update_box.name] if update_box.is_file() else ())

    def see(self, names: Iterable[str]) -> None:
        """List what others have written."""
        for name in names:
            with _naming(self._folder / name):
                self._sums[name] = path_digest(self._folder / name)

    def list_files(self) -> None:
        """Write the checksums, and right behind them their signature."""
        data = write_sums(self._sums)
        box = self._box(SUMS, data, self._signer) if self._signer else None
        self.add(SUMS, data)
        if box is not None:
            self.add(f"{SUMS}{BOX}", box)

    def _box(self, name: str, data: bytes | Path, signer: BoxSigner) -> bytes:
        version = self._manifest.settings.version
        comment = trusted_comment(name, date=self._date, version=version)
        return signer.sign_box(data, trusted_comment=comment)


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as exc:
        message = f"{path} cannot be read or written: {exc.strerror}"
        raise FormatError(message, code="format.write", help="choose another --output") from exc


def _check_names(subjects: Sequence[Subject]) -> None:
    odd = next((one.name for one in subjects if not is_file_name(one.name)), None)
    if odd is not None:
        message = f"{odd!r} is no name that a list of checksums can hold"
        raise FormatError(message, code="format.write", help="change the name of the app")
