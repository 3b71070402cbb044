"""`millennium ledger`: enter what was released, prove it, and check proofs.

Exit codes: 0 done · 1 failed · 2 wrong usage · 4 a file, a proof or the ledger does not hold.
"""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import asdict
from pathlib import Path

import click

from millennium_bundler.bundle_signing import signing_for
from millennium_bundler.command_errors import shows_errors, unverified_if
from millennium_bundler.errors import LedgerError, SignError
from millennium_bundler.ledger.entry import LedgerEntry
from millennium_bundler.ledger.head import HEAD
from millennium_bundler.ledger.log import HeadSigner, Ledger, append, read_head, read_ledger
from millennium_bundler.ledger.proof import (
    MAX_PROOF_BYTES,
    ReleasedFile,
    parse_growth,
    parse_proof,
    prove,
    prove_growth,
    verify_growth,
    verify_proof,
)
from millennium_bundler.output import replace_file
from millennium_bundler.settings import Manifest, load_manifest
from millennium_bundler.sign.minisign import parse_public_key, read_public_key
from millennium_bundler.sign.minisign_signer import trusted_comment
from millennium_bundler.sign.signing import BoxSigner
from millennium_bundler.tree import source_date

_shown = shows_errors(
    unverified_if(
        "ledger.not_valid", "ledger.other_log", "minisign.bad_signature", "minisign.other_key"
    )
)
_CHUNK_BYTES = 1024 * 1024
_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
_FOLDER = click.Path(path_type=Path, file_okay=False)


@click.group(short_help="Keep an append-only log of released files.")
def ledger() -> None:
    """Keep an append-only log of released files, and prove what is in it."""


@ledger.command("append", short_help="Enter released files.")
@click.argument("files", nargs=-1, required=True, type=_FILE)
@click.option("--ledger", "folder", type=_FOLDER, required=True, help="The ledger's folder.")
@click.option("--manifest", type=_FILE, required=True, help="The bundle-manifest.json: app, key.")
@click.option("--origin", default="", help="Name of a new ledger; else the app's identifier.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@_shown
def append_files(
    files: tuple[Path, ...], folder: Path, manifest: Path, origin: str, *, as_json: bool
) -> None:
    """Enter released files; the key is the manifest's, or MILLENNIUM_PRIVATE_KEY."""
    now = source_date(int(time.time()))
    with signing_for(load_manifest(manifest)) as signing:
        entries = [_entry(path, signing, now) for path in files]
        signer = _signer(signing.signing.minisign)
        made = append(
            folder,
            entries,
            by=HeadSigner(
                key=parse_public_key(signer.public_key),
                sign=lambda data: signer.sign_box(
                    data, trusted_comment=trusted_comment(HEAD, date=now)
                ),
                date=now,
            ),
            origin=origin or _known_origin(folder) or signing.settings.identifier,
        )
    _show_head(made, as_json=as_json)


@ledger.command("prove")
@click.argument("file", type=_FILE)
@click.option("--ledger", "folder", type=_FOLDER, required=True, help="The ledger's folder.")
@click.option("-p", "--public-key", required=True, help="A .pub file, or the key's one line.")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="FILE.proof.json if not given."
)
@_shown
def prove_file(file: Path, folder: Path, public_key: str, output: Path | None) -> None:
    """Write the proof that a file is in the ledger."""
    whole = read_ledger(folder, read_public_key(public_key))
    found = prove(whole, _digest(file), name=file.name)
    target = output or file.with_name(f"{file.name}.proof.json")
    _write(target, found.to_bytes())
    click.echo(str(target))


@ledger.command("verify", short_help="Check a file by its proof alone.")
@click.argument("file", type=_FILE)
@click.option("--proof", type=_FILE, help="FILE.proof.json when not given.")
@click.option("-p", "--public-key", required=True, help="A .pub file, or the key's one line.")
@click.option("--name", default="", help="What the file was called, if you have renamed it.")
@click.option("--origin", default="", help="The ledger that it must be in.")
@click.option("--json", "as_json", is_flag=True, help="Print the entry as JSON.")
@_shown
def verify_file(
    file: Path, proof: Path | None, public_key: str, *, as_json: bool, **expected: str
) -> None:
    """Check that a file was released under its name, by its proof alone: no ledger, no network."""
    document = parse_proof(_read(proof or file.with_name(f"{file.name}.proof.json")))
    released = ReleasedFile(name=expected["name"] or file.name, sha256=_digest(file))
    key = read_public_key(public_key)
    entry = verify_proof(document, released, key=key, origin=expected["origin"])
    head = document.signed.head
    if as_json:
        click.echo(json.dumps({**asdict(entry), "origin": head.origin}, indent=2))
        return
    said = f"version {entry.version} of {entry.identifier}, as released"
    click.echo(f"{entry.name}: {said}; in the ledger {head.origin}")


@ledger.command("check", short_help="Check a whole ledger, and that it only grew.")
@click.argument("folder", type=_FOLDER)
@click.option("-p", "--public-key", required=True, help="A .pub file, or the key's one line.")
@click.option("--since", type=_FILE, help="A head.json kept from before.")
@click.option("--origin", default="", help="The ledger that it must be.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write the proof of growth.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@_shown
def check(
    folder: Path,
    public_key: str,
    since: Path | None,
    output: Path | None,
    *,
    as_json: bool,
    **expected: str,
) -> None:
    """Check a whole ledger; with --since, that it grew from an older head by additions alone."""
    key = read_public_key(public_key)
    found = read_ledger(folder, key, **expected)
    if found.head is None:
        message = f"there is no ledger in {folder}"
        raise LedgerError(message, code="ledger.missing", help="name a ledger's folder")
    if since is not None:
        growth = prove_growth(found, read_head(since))
        verify_growth(growth, key)
        if output is not None:
            _write(output, growth.to_bytes())
    _show_head(found, as_json=as_json)


@ledger.command("verify-growth", short_help="Check a proof of growth alone.")
@click.argument("proof", type=_FILE)
@click.option("-p", "--public-key", required=True, help="A .pub file, or the key's one line.")
@_shown
def verify_growth_file(proof: Path, public_key: str) -> None:
    """Check a proof of growth that `ledger check --since` has written."""
    growth = parse_growth(_read(proof))
    verify_growth(growth, read_public_key(public_key))
    old, new = growth.old.head.size, growth.signed.head.size
    click.echo(f"grew from {old} to {new} entries by additions alone")


def _entry(path: Path, manifest: Manifest, date: int) -> LedgerEntry:
    return LedgerEntry(
        identifier=manifest.settings.identifier,
        version=manifest.settings.version,
        name=path.name,
        sha256=_digest(path),
        length=path.stat().st_size,
        date=date,
    )


def _known_origin(folder: Path) -> str:
    """Return what a ledger is called already; it is read, and checked, when it is appended to."""
    return read_head(folder / HEAD).head.origin if (folder / HEAD).exists() else ""


def _signer(signer: BoxSigner | None) -> BoxSigner:
    if signer is None:
        raise SignError(
            "a ledger's head must be signed: there is no minisign key",
            code="sign.settings",
            help="set MILLENNIUM_PRIVATE_KEY; make a key: millennium signer generate",
        )
    return signer


def _show_head(found: Ledger, *, as_json: bool) -> None:
    size = len(found.entries)
    if found.head is None:  # nothing was appended to nothing
        return
    root, origin = found.head.head.root.hex(), found.head.head.origin
    if as_json:
        click.echo(json.dumps({"origin": origin, "size": size, "root": root}, indent=2))
        return
    click.echo(f"{size} {'entry' if size == 1 else 'entries'}  {root}")


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_PROOF_BYTES + 1)
    except OSError as exc:
        message = f"{path} cannot be read: {exc.strerror}"
        raise LedgerError(message, code="ledger.missing", help="name it: --proof FILE") from exc


def _write(path: Path, data: bytes) -> None:
    try:
        replace_file(path, data)
    except OSError as exc:
        message = f"{path} cannot be written: {exc.strerror}"
        raise LedgerError(message, code="ledger.write", help="choose another --output") from exc
