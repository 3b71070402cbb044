"""What stands beside packages: checksums, signatures, the list of parts, and where they come from.

* ``SHA256SUMS``: of every file beside it, as sha256sum(1) reads it.
* ``sbom.cdx.json``: the executable's parts, as the build wrote them.
* ``provenance.json``: the in-toto statement; ``provenance.intoto.jsonl``, signed, when there is a minisign key.
* ``NAME.minisig``: of every package and of ``SHA256SUMS``, when there is a minisign key.

`verify_folder` reads all of that back.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from millennium_bundler.errors import FormatError, PackageError, SignError
from millennium_bundler.layout import read_executable, read_extra
from millennium_bundler.output import replace_file
from millennium_bundler.provenance import (
    MAX_ENVELOPE_BYTES,
    Subject,
    make_statement,
    open_statement,
    seal_statement,
)
from millennium_bundler.settings import Manifest
from millennium_bundler.sign.minisign import PublicKey, parse_box, verify
from millennium_bundler.sign.minisign_signer import trusted_comment
from millennium_bundler.tree import source_date

SUMS, SBOM = "SHA256SUMS", "sbom.cdx.json"
STATEMENT, ENVELOPE = "provenance.json", "provenance.intoto.jsonl"
BOX = ".minisig"
_MAX_SUMS_BYTES = 1024 * 1024
_MAX_BOX_BYTES = 64 * 1024
_CHUNK_BYTES = 1024 * 1024
# Windows has neither; a link there needs rights that few have. Without the second a pipe would be waited for.
_FLAGS = os.O_RDONLY | sum(
    getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY")
)
_ROW = re.compile(r"(?P<sha256>[0-9a-f]{64})  (?P<name>[^/\\\x00-\x1f\x7f]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What a folder was found to be.

    Attributes:
        files: Names that `SHA256SUMS` lists; each has the content it says.
        is_signed: Whether the key has signed the sums, every package and the provenance.
        unlisted: What else is in the folder; nothing is known of it.
    """

    files: tuple[str, ...]
    is_signed: bool
    unlisted: tuple[str, ...] = ()


def write_attestations(manifest: Manifest, subjects: Sequence[Subject], folder: Path) -> list[Path]:
    """Write what stands beside packages; return it, the checksums last.

    Args:
        manifest: That they were made from; its minisign signer signs.
        subjects: The packages, files alone, that are in the folder.
        folder: That holds them.

    Raises:
        FormatError: A file cannot be written.
        TreeError: The list of parts cannot be read.
        SignError: Signing failed.
    """
    written = _Attestations(manifest, folder)
    settings = manifest.settings
    if settings.sbom:
        written.add(SBOM, read_extra(manifest.resolve(settings.sbom), what="sbom"))
    executable = hashlib.sha256(read_executable(manifest)).hexdigest()
    statement = make_statement(settings, subjects, executable_sha256=executable)
    written.add(STATEMENT, statement + b"\n")
    signer = manifest.signing.minisign
    if signer is not None:
        written.add(ENVELOPE, seal_statement(statement, signer))
        for subject in subjects:
            written.sign(folder / subject.name)
    sums = {subject.name: subject.sha256 for subject in subjects} | written.sums
    lines = "".join(f"{digest}  {name}\n" for name, digest in sorted(sums.items()))
    written.add(SUMS, lines.encode())
    if signer is not None:
        written.sign(folder / SUMS)
    return written.paths


def verify_folder(folder: Path, key: PublicKey | None) -> Verified:
    """Check a folder of packages: its sums, and with a key the signatures and the provenance.

    Raises:
        PackageError: A file is missing, or has other content than the sums say.
        SignError: With a key: something is not signed by it.
    """
    sums = _read_sums(folder)
    for name, expected in sums.items():
        if _digest(folder / name) != expected:
            raise _differs(f"{name} is not the file that {SUMS} was written for")
    if key is not None:
        _check_signatures(folder, sums, key)
    own = {*sums, SUMS, f"{SUMS}{BOX}"}
    unlisted = sorted(path.name for path in folder.iterdir() if path.name not in own)
    return Verified(files=tuple(sums), is_signed=key is not None, unlisted=tuple(unlisted))


class _Attestations:
    """Files that were written so far."""

    def __init__(self, manifest: Manifest, folder: Path) -> None:
        self._signer = manifest.signing.minisign
        self._date = source_date(manifest.settings.source_date)
        self._version = manifest.settings.version
        self._folder = folder
        self.paths: list[Path] = []
        self.sums: dict[str, str] = {}

    def add(self, name: str, data: bytes) -> None:
        path = self._folder / name
        try:
            replace_file(path, data)
        except OSError as exc:
            message = f"{path} cannot be written: {exc.strerror}"
            raise FormatError(message, code="format.write", help="choose another --output") from exc
        self.paths.append(path)
        self.sums[name] = hashlib.sha256(data).hexdigest()

    def sign(self, path: Path) -> None:
        if self._signer is None:
            return
        comment = trusted_comment(path.name, date=self._date, version=self._version)
        self.add(f"{path.name}{BOX}", self._signer.sign_box(path, trusted_comment=comment))


def _check_signatures(folder: Path, sums: dict[str, str], key: PublicKey) -> None:
    _check_box(folder / SUMS, key)
    beside = {STATEMENT, ENVELOPE, SBOM}
    packages = {
        name: digest
        for name, digest in sums.items()
        if name not in beside and not name.endswith(BOX)
    }
    for name in packages:
        _check_box(folder / name, key)
    subjects = open_statement(_read(folder / ENVELOPE, MAX_ENVELOPE_BYTES), key)
    if {subject.name: subject.sha256 for subject in subjects} != packages:
        raise _differs("the provenance names other packages")


def _check_box(path: Path, key: PublicKey) -> None:
    box = _read(path.with_name(f"{path.name}{BOX}"), _MAX_BOX_BYTES)
    comment = verify(parse_box(box.decode("utf-8", "replace")), [key], path)
    # A true signature of another file of ours, under this one's name.
    if f"file:{path.name}" not in comment.split("\t"):
        raise SignError(
            f"the signature beside {path.name} was made for another name",
            code="minisign.bad_signature",
            help="do not trust these files; ask their publisher",
        )


def _read_sums(folder: Path) -> dict[str, str]:
    sums: dict[str, str] = {}
    for line in _read(folder / SUMS, _MAX_SUMS_BYTES).decode("utf-8", "replace").splitlines():
        match = _ROW.fullmatch(line)
        if match is None or match["name"] in sums or match["name"] in {".", ".."}:
            raise _differs(f"{SUMS} has a line that is no sum")
        sums[match["name"]] = match["sha256"]
    if not sums:
        raise _differs(f"{SUMS} is empty")
    return sums


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    try:
        with _open(path) as file:
            while chunk := file.read(_CHUNK_BYTES):
                digest.update(chunk)
    except OSError as exc:
        raise _differs(f"{path.name} is not there: {exc.strerror}") from exc
    return digest.hexdigest()


def _read(path: Path, limit: int) -> bytes:
    try:
        with _open(path) as file:
            data = file.read(limit + 1)
    except OSError as exc:
        raise _differs(f"{path.name} is not there: {exc.strerror}") from exc
    if len(data) > limit:
        raise _differs(f"{path.name} is longer than {limit} bytes")
    return data


def _open(path: Path) -> BinaryIO:
    if path.is_symlink():
        raise _differs(f"{path.name} is no plain file")
    file = os.fdopen(os.open(path, _FLAGS), "rb")
    if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        return file
    file.close()
    raise _differs(f"{path.name} is no plain file")


def _differs(what: str) -> PackageError:
    return PackageError(
        what, code="package.differs", help="fetch the files again, all from one release"
    )
