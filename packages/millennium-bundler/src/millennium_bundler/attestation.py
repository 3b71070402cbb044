"""What stands beside packages: checksums, signatures, lists of parts, and where they come from.

* ``NAME.cdx.json``: the parts of a package, from what the build wrote about the executable.
* ``provenance.json``, the in-toto statement about all packages; with a minisign key ``provenance.intoto.jsonl``
  instead, signed, a line for each system that was bundled into the folder.
* ``NAME.minisig``: of every package, every download and delta of the updater, and of ``SHA256SUMS``, when there
  is a minisign key.
* ``SHA256SUMS``: of every file, as sha256sum(1) reads it. A folder has none: the statement has its digest.

What an earlier run has made of the same version for another system stays, if it is signed by the same key and is
there as it was. `millennium_bundler.verification` reads all of that back.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from millennium_bundler.checksums import SUMS, is_file_name, write_sums
from millennium_bundler.errors import FormatError, SignError
from millennium_bundler.layout import read_executable, read_extra
from millennium_bundler.output import open_plain, path_digest, replace_file
from millennium_bundler.parts_list import ENDING, parts_list
from millennium_bundler.provenance import (
    MAX_ENVELOPE_BYTES,
    Statement,
    Subject,
    make_statement,
    open_statement,
    seal_statement,
)
from millennium_bundler.settings import Manifest
from millennium_bundler.sign.minisign import PublicKey, parse_public_key
from millennium_bundler.sign.minisign_signer import trusted_comment
from millennium_bundler.sign.signing import BoxSigner
from millennium_bundler.tree import source_date

STATEMENT, ENVELOPE = "provenance.json", "provenance.intoto.jsonl"
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
    subjects = released.subjects
    _check_names(subjects)
    written = _Attestations(manifest, folder)
    parts = [*written.parts(released.packages)]
    executable = hashlib.sha256(read_executable(manifest)).hexdigest()
    statement = make_statement(
        manifest.settings, subjects, executable_sha256=executable, byproducts=parts
    )
    signer = manifest.signing.minisign
    written.remove(STATEMENT if signer else ENVELOPE)
    if signer is None:
        written.add(STATEMENT, statement + b"\n")
    else:
        kept = _kept(folder, manifest, signer)
        lines = (seal_statement(statement, signer), *(line for line, _ in kept))
        written.add(ENVELOPE, b"".join(lines))
        for _, other in kept:
            written.keep(other)
        for subject in subjects:
            if not subject.is_folder:
                written.sign(subject.name)
    written.see(released.others)
    written.list_files(subjects)
    return written.paths


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

    def remove(self, name: str) -> None:
        """Remove what an earlier run, with or without a key, has left: it says something else."""
        with _naming(self._folder / name):
            (self._folder / name).unlink(missing_ok=True)

    def parts(self, packages: Sequence[Subject]) -> Iterator[Subject]:
        settings = self._manifest.settings
        if not settings.sbom:
            return
        build = read_extra(self._manifest.resolve(settings.sbom), what="sbom")
        for package in packages:
            data = parts_list(build, package, version=settings.version)
            yield self.add(f"{package.name}{ENDING}", data)

    def sign(self, name: str) -> None:
        if self._signer is None:
            return
        version = self._manifest.settings.version
        comment = trusted_comment(name, date=self._date, version=version)
        box = self._signer.sign_box(self._folder / name, trusted_comment=comment)
        self.add(f"{name}{BOX}", box)

    def keep(self, statement: Statement) -> None:
        """List what is there of another system."""
        for one in (*statement.subjects, *statement.byproducts):
            names = (one.name, f"{one.name}{BOX}", f"{one.name}{UPDATE_BOX}")
            self.see(name for name in names if (self._folder / name).is_file())

    def see(self, names: Iterable[str]) -> None:
        """List what others have written."""
        for name in names:
            with _naming(self._folder / name):
                self._sums[name] = path_digest(self._folder / name)

    def list_files(self, subjects: Sequence[Subject]) -> None:
        """Write the checksums, and a signature of them."""
        self._sums |= {one.name: one.sha256 for one in subjects if not one.is_folder}
        self.add(SUMS, write_sums(self._sums))
        self.sign(SUMS)


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


def _kept(folder: Path, manifest: Manifest, signer: BoxSigner) -> list[tuple[bytes, Statement]]:
    """Return what the folder has of this version for other systems, if it is there as it was."""
    try:
        with open_plain(folder / ENVELOPE) as file:
            lines = file.read(MAX_ENVELOPE_BYTES).splitlines()
    except OSError:
        return []
    key = parse_public_key(signer.public_key)
    opened = [(line, _opened(line, key)) for line in lines]
    settings = manifest.settings
    return [
        (line + b"\n", statement)
        for line, statement in opened
        if statement is not None
        and statement.target != settings.target
        and (statement.identifier, statement.version) == (settings.identifier, settings.version)
        and all(_is_as_released(folder, one) for one in statement.subjects)
    ]


def _opened(line: bytes, key: PublicKey) -> Statement | None:
    try:
        return open_statement(line, key)
    except SignError:  # of somebody else, or of another make: not ours to repeat
        return None


def _is_as_released(folder: Path, subject: Subject) -> bool:
    try:
        return path_digest(folder / subject.name) == subject.sha256
    except OSError:
        return False
