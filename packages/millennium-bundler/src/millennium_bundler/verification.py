"""Checking what was released, by somebody who trusts a key and nothing else.

A folder:

1. Every file of ``SHA256SUMS`` is there, plain, and has the content that it says.
2. Every package of the provenance is there: a file among the checksums, a folder by its own digest.
3. With a key: it has signed the checksums, every statement of the provenance, and every package under its own
   name and the version of its statement. What it has signed under a package's name is a package.
4. What else lies there is named, and nothing is said about it.

One package, with what stands beside it: the same, of this package.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from millennium_bundler.attestation import BOX
from millennium_bundler.checksums import MAX_SUMS_BYTES, SUMS, differs, is_file_name, parse_sums
from millennium_bundler.errors import SignError
from millennium_bundler.output import open_plain, path_digest
from millennium_bundler.parts_list import ENDING
from millennium_bundler.provenance import (
    ENVELOPE,
    MAX_ENVELOPE_BYTES,
    STATEMENT,
    Statement,
    Subject,
    envelopes,
    open_statement,
    read_statement,
)
from millennium_bundler.sign.minisign import PublicKey, parse_box, verify
from millennium_bundler.sign.minisign_signer import check_name, signed_values

PACKAGE_ENVELOPE = ".intoto.jsonl"
_MAX_BOX_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What was found to be as it was released.

    Attributes:
        files: Names; each has the content that was released under it.
        is_signed: Whether the key has signed all of it.
        apps: Identifier and version of each app; empty where nothing says so.
        unlisted: What else is in the folder; nothing is known of it.
    """

    files: tuple[str, ...]
    is_signed: bool
    apps: tuple[tuple[str, str], ...] = ()
    unlisted: tuple[str, ...] = ()


def verify_folder(folder: Path, key: PublicKey | None) -> Verified:
    """Check a folder of packages.

    Raises:
        PackageError: A file is missing, or has other content than was released.
        SignError: With a key: something is not signed by it. Without: the provenance is malformed.
    """
    sums = parse_sums(_read(folder / SUMS, MAX_SUMS_BYTES))
    for name, expected in sums.items():
        _check(folder / name, expected)
    if key is not None:
        _check_box(folder / SUMS, key)
    statements = _statements(folder, sums, key)
    subjects = [one for statement in statements for one in statement.subjects]
    for subject in subjects:
        _check_subject(folder, subject, sums)
    if key is not None:
        _check_boxes(folder, sums, statements, key)
    folders = [subject.name for subject in subjects if subject.is_folder]
    own = {*sums, *folders, SUMS, f"{SUMS}{BOX}"}
    unlisted = sorted(path.name for path in folder.iterdir() if path.name not in own)
    return Verified(
        files=tuple(sorted((*sums, *folders))),
        is_signed=key is not None,
        apps=_apps(statements),
        unlisted=tuple(unlisted),
    )


def verify_package(path: Path, key: PublicKey | None) -> Verified:
    """Check one package by what stands beside it, wherever both were copied to.

    With a key that is its ``.minisig``, and the provenance as ``NAME.intoto.jsonl`` or
    ``provenance.intoto.jsonl``; its list of parts, where there is one. Without, ``SHA256SUMS``.

    Raises:
        PackageError: Something is missing, or has other content than was released.
        SignError: Something is not signed by the key.
    """
    if not is_file_name(path.name):
        raise differs(f"{path.name!r} is no name that a package is released under")
    if key is None:
        return _by_sums(path)
    statement, subject = _naming(path, key)
    _check(path, subject.sha256)
    if not subject.is_folder:
        _check_box(path, key, version=statement.version)
    parts = path.with_name(f"{path.name}{ENDING}")
    listed = [one for one in statement.byproducts if one.name == parts.name and parts.exists()]
    for one in listed:
        _check(parts, one.sha256)
    return Verified(
        files=(path.name, *(one.name for one in listed)),
        is_signed=True,
        apps=_apps([statement]),
    )


def _by_sums(path: Path) -> Verified:
    sums = parse_sums(_read(path.with_name(SUMS), MAX_SUMS_BYTES))
    if path.is_dir():
        statements = _statements(path.parent, sums, None)
        named = (one for statement in statements for one in statement.subjects)
        sums |= {one.name: one.sha256 for one in named if one.is_folder}
    if path.name not in sums:
        raise differs(f"{SUMS} does not name {path.name}")
    _check(path, sums[path.name])
    return Verified(files=(path.name,), is_signed=False)


def _naming(path: Path, key: PublicKey) -> tuple[Statement, Subject]:
    """Return the statement that names a package, and what it says of it."""
    own = path.with_name(f"{path.name}{PACKAGE_ENVELOPE}")
    found = own if own.exists() else path.with_name(ENVELOPE)
    # All are opened first: a file with a line of somebody else is not the publisher's.
    lines = envelopes(_read(found, MAX_ENVELOPE_BYTES))
    for statement in [open_statement(line, key) for line in lines]:
        for subject in statement.subjects:
            if (subject.name, subject.is_folder) == (path.name, path.is_dir()):
                return statement, subject
    raise differs(f"{found.name} does not name {path.name}")


def _statements(folder: Path, sums: Iterable[str], key: PublicKey | None) -> list[Statement]:
    if key is not None or ENVELOPE in sums:
        lines = envelopes(_read(folder / ENVELOPE, MAX_ENVELOPE_BYTES))
        return [open_statement(line, key) for line in lines]
    if STATEMENT in sums:
        return [read_statement(_read(folder / STATEMENT, MAX_ENVELOPE_BYTES))]
    return []


def _check_subject(folder: Path, subject: Subject, sums: dict[str, str]) -> None:
    if subject.is_folder:
        if not (folder / subject.name).is_dir():
            raise differs(f"{subject.name} is not there")
        _check(folder / subject.name, subject.sha256)
    elif sums.get(subject.name) != subject.sha256:
        raise differs(f"the provenance names another {subject.name} than {SUMS}")


def _check_boxes(
    folder: Path, sums: dict[str, str], statements: list[Statement], key: PublicKey
) -> None:
    versions = dict(_versions(statements))
    boxed = {name.removesuffix(BOX) for name in sums if name.endswith(BOX)}
    if boxed - versions.keys():
        raise differs("the provenance names other packages")
    for name, version in versions.items():
        _check_box(folder / name, key, version=version)
    byproducts = {one.name: one.sha256 for each in statements for one in each.byproducts}
    if any(sums.get(name) != sha256 for name, sha256 in byproducts.items()):
        raise differs("the provenance names other lists of parts")


def _versions(statements: list[Statement]) -> Iterator[tuple[str, str]]:
    for statement in statements:
        for subject in statement.subjects:
            if not subject.is_folder:
                yield subject.name, statement.version


def _apps(statements: list[Statement]) -> tuple[tuple[str, str], ...]:
    return tuple(dict.fromkeys((one.identifier, one.version) for one in statements))


def _check_box(path: Path, key: PublicKey, *, version: str = "") -> None:
    box = _read(path.with_name(f"{path.name}{BOX}"), _MAX_BOX_BYTES)
    comment = verify(parse_box(box.decode("utf-8", "replace")), [key], path)
    check_name(comment, path.name, is_demanded=True)
    if version and signed_values(comment, "version") != [version]:
        raise SignError(
            f"the signature beside {path.name} was made for another version than {version}",
            code="minisign.bad_signature",
            help="do not trust these files; ask their publisher",
        )


def _check(path: Path, expected: str) -> None:
    try:
        found = path_digest(path)
    except OSError as exc:
        raise differs(f"{path.name} is not there as a file: {exc.strerror}") from exc
    if not hmac.compare_digest(found, expected):
        raise differs(f"{path.name} is not what was released under this name")


def _read(path: Path, limit: int) -> bytes:
    try:
        with open_plain(path) as file:
            data = file.read(limit + 1)
    except OSError as exc:
        raise differs(f"{path.name} is not there as a file: {exc.strerror}") from exc
    if len(data) > limit:
        raise differs(f"{path.name} is longer than {limit} bytes")
    return data
