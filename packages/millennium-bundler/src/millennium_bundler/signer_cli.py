"""`millennium signer`, which makes and uses minisign keys, and `millennium sign`, which signs what was made.

Exit codes: 0 done · 1 failed · 2 wrong usage · 4 a signature does not verify.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import click

from millennium_bundler.app_signing import is_app, plan_app, sign_app
from millennium_bundler.bundle_signing import (
    KEY_PASSWORD,
    PRIVATE_KEY,
    SigningContext,
    open_signing,
    signing_for,
)
from millennium_bundler.codesign.choose import signer_of_variables
from millennium_bundler.command_errors import shows_errors, unverified_if
from millennium_bundler.errors import SignError
from millennium_bundler.file_signing import plan_signatures, take_step
from millennium_bundler.settings import load_manifest
from millennium_bundler.sign.keys import FileKey, is_set, read_password, read_secret
from millennium_bundler.sign.minisign import (
    parse_box,
    read_public_key,
    verify,
    wrapped,
)
from millennium_bundler.sign.minisign_key import SecretKey, is_locked, open_key
from millennium_bundler.sign.minisign_signer import KeySigner, check_name, trusted_comment
from millennium_bundler.sign.secret import Secret, write_private
from millennium_bundler.sign.signing import Signing
from millennium_bundler.signing_settings import SigningSettings
from millennium_bundler.tree import source_date

_shown = shows_errors(
    unverified_if(
        "minisign.other_key", "minisign.other_name", "minisign.bad_signature", "sign.not_valid"
    )
)
_HOW = frozenset({"authenticode", "codesign", "gpg", "minisign"})
_MAX_TEXT_BYTES = 64 * 1024
_PATH = click.Path(path_type=Path)
_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
_FILE_OR_APP = click.Path(path_type=Path, exists=True)


@click.group()
def signer() -> None:
    """Make minisign keys, sign and verify with them."""


@signer.command("generate", short_help="Make a key pair.")
@click.option(
    "-w", "--write-keys", "path", type=_PATH, required=True, help="The key file; .pub beside it."
)
@click.option("-f", "--force", is_flag=True, help="Replace keys that are there.")
@click.option("--no-password", is_flag=True, help="Leave the key open to whoever has the file.")
@click.option("--plain", is_flag=True, help="Write as minisign does, not as tauri signer.")
@_shown
def generate(path: Path, *, force: bool, no_password: bool, plain: bool) -> None:
    """Make a key pair; the password comes from MILLENNIUM_KEY_PASSWORD, or is asked for."""
    public_path = path.with_name(f"{path.name}.pub")
    taken = [str(one) for one in (path, public_path) if os.path.lexists(one)]
    if taken and not force:
        message = f"{' and '.join(taken)} would be overwritten"
        raise SignError(message, code="sign.exists", help="choose another name, or pass --force")
    password = None if no_password else _new_password()
    key = SecretKey.generate()
    secret, public = key.locked(password).reveal(), key.public.text
    if not plain:
        secret, public = wrapped(secret.decode()).encode(), wrapped(public)
    _write(path, secret, is_private=True, replace=force)
    _write(public_path, public.encode(), is_private=False, replace=force)
    lost = "it: without it" if no_password else "it, and its password: without them"
    click.echo(f"secret key: {path}: keep {lost} no update can be made")
    click.echo(f"public key: {public_path}: {key.public.name}")
    click.echo(wrapped(key.public.text))


@signer.command("sign", short_help="Sign files with a minisign key.")
@click.argument("files", nargs=-1, required=True, type=_FILE)
@click.option("-f", "--private-key-path", "path", type=_PATH, help="The key file.")
@click.option("--plain", is_flag=True, help="Write FILE.minisig as minisign does, not FILE.sig.")
@click.option("--comment", default="", help="Trusted comment instead of date and name.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@_shown
def sign_files(
    files: tuple[Path, ...], path: Path | None, comment: str, *, plain: bool, as_json: bool
) -> None:
    """Sign files; the key comes from --private-key-path or MILLENNIUM_PRIVATE_KEY."""
    key = KeySigner(_open_key(path))
    signed: list[dict[str, str]] = []
    for file in files:
        text = comment or trusted_comment(file.name, date=_date())
        box = key.sign_box(file, trusted_comment=text).decode()
        target = file.with_name(f"{file.name}.{'minisig' if plain else 'sig'}")
        _write(target, (box if plain else wrapped(box)).encode(), is_private=False, replace=True)
        signed.append({"file": str(file), "signature": str(target), "key_id": key.key_id})
    if as_json:
        click.echo(json.dumps({"signed": signed}, indent=2))
        return
    for one in signed:
        click.echo(one["signature"])


@signer.command("verify", short_help="Verify a file, its signature and its name.")
@click.argument("file", type=_FILE)
@click.option("-p", "--public-key", required=True, help="A .pub file, or the key's one line.")
@click.option("-x", "--signature", type=_FILE, help="FILE.sig or FILE.minisig when not given.")
@click.option("--name", default="", help="What the file was called, if you have renamed it.")
@_shown
def verify_file(file: Path, public_key: str, signature: Path | None, name: str) -> None:
    """Verify a file, its signature and its name; print the trusted comment."""
    key = read_public_key(public_key)
    box = parse_box(_read(signature or _signature_of(file)))
    comment = verify(box, [key], file)
    check_name(comment, name or file.name)
    click.echo(comment)


@signer.command("public", short_help="Print a public key in minisign's form.")
@click.argument("file", type=_FILE)
@click.option("--plain", is_flag=True, help="Print as minisign does, not as tauri signer.")
@_shown
def public(file: Path, *, plain: bool) -> None:
    """Print the public key of a .pub file, or of a token's key in PEM, in minisign's form."""
    key = read_public_key(str(file))
    click.echo(key.text if plain else wrapped(key.text), nl=not plain)


@click.command("sign", short_help="Sign made files, inside and beside them.")
@click.argument("files", nargs=-1, required=True, type=_FILE_OR_APP)
@click.option("--manifest", type=_FILE, help="A bundle-manifest.json that says who signs.")
@click.option("--only", default="", metavar="A,B", help="authenticode, codesign, gpg, minisign.")
@click.option("--dry-run", is_flag=True, help="List what would be signed, and sign nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@_shown
def sign(
    files: tuple[Path, ...], manifest: Path | None, only: str, *, dry_run: bool, as_json: bool
) -> None:
    """Sign made files with all that is configured: inside where they can, and beside them."""
    wanted = frozenset(name.strip() for name in only.split(",") if name.strip())
    if wanted - _HOW:
        message = f"there is no signer {', '.join(sorted(wanted - _HOW))}"
        raise click.BadParameter(message, param_hint="--only")
    _refuse_folders(files)
    apps = tuple(path for path in files if is_app(path))
    rest = tuple(path for path in files if path not in apps)
    rows: list[dict[str, str]] = []
    with _signing(manifest) as (signing, identifier):
        chosen = _only(signing, wanted or _HOW)
        steps = plan_signatures(rest, chosen, identifier=identifier, date=_date())
        for app in apps:
            rows += _told(_sign_app(app, chosen, dry_run=dry_run), as_json=as_json)
        for step in steps:
            row = {"how": step.how, "file": str(step.file), "target": str(step.target)}
            rows += _told([row], as_json=as_json)
            if not dry_run:
                take_step(step)
    if as_json:
        click.echo(json.dumps({"signed": not dry_run, "signatures": rows}, indent=2))


def _only(signing: Signing, wanted: frozenset[str]) -> Signing:
    return Signing(
        authenticode=signing.authenticode if "authenticode" in wanted else None,
        codesign=signing.codesign if "codesign" in wanted else None,
        gpg=signing.gpg if "gpg" in wanted else None,
        minisign=signing.minisign if "minisign" in wanted else None,
    )


def _told(rows: list[dict[str, str]], *, as_json: bool) -> list[dict[str, str]]:
    """Show signatures as they are made, unless all come at the end."""
    for row in () if as_json else rows:
        click.echo(f"{row['how']:<12}  {row['file']}" + _arrow(row))
    return rows


def _refuse_folders(files: tuple[Path, ...]) -> None:
    folder = next((path for path in files if path.is_dir() and not is_app(path)), None)
    if folder is not None:
        message = f"{folder} is a folder, and no application of macOS"
        raise click.BadParameter(message, param_hint="FILES")


def _sign_app(path: Path, signing: Signing, *, dry_run: bool) -> list[dict[str, str]]:
    """Sign an application from the inside out; return what was, or would be, signed."""
    steps = plan_app(path)
    if signing.codesign is None and not dry_run:
        raise SignError(
            f"nobody is configured who could sign {path}",
            code="sign.settings",
            help="set APPLE_CERTIFICATE and APPLE_CERTIFICATE_PASSWORD",
        )
    if signing.codesign is not None and not dry_run:
        sign_app(path, signing.codesign, date=_date())
    return [
        {"how": "codesign", "file": str(step.path), "target": str(step.path), "part": step.part}
        for step in steps
    ]


def _arrow(row: dict[str, str]) -> str:
    return "" if row["target"] == row["file"] else f" -> {Path(row['target']).name}"


@contextmanager
def _signing(path: Path | None) -> Iterator[tuple[Signing, str]]:
    if path is None:
        context = SigningContext(folder=Path.cwd(), date=_date())
        with open_signing(SigningSettings(), context) as signing:
            yield replace(signing, codesign=signer_of_variables(date=_date())), ""
        return
    with signing_for(load_manifest(path)) as manifest:
        yield manifest.signing, manifest.settings.identifier


def _signature_of(file: Path) -> Path:
    candidates = [file.with_name(f"{file.name}.{ending}") for ending in ("sig", "minisig")]
    found = next((path for path in candidates if path.is_file()), None)
    if found is None:
        message = f"there is no signature beside {file}"
        raise SignError(message, code="sign.no_file", help="name it: --signature FILE")
    return found


def _open_key(path: Path | None) -> SecretKey:
    source = PRIVATE_KEY if path is None else FileKey(path=path)
    text = read_secret(source, what="minisign key")
    password = None
    if is_locked(text):
        password = _given_password() or _asked_password("Password of the minisign key")
    return open_key(text, password)


def _new_password() -> Secret:
    given = _given_password()
    if given is not None:
        return given
    if not sys.stdin.isatty():
        raise SignError(
            "there is no password for the new key, and nobody to ask",
            code="sign.password",
            help="set MILLENNIUM_KEY_PASSWORD, or pass --no-password",
        )
    text = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    return Secret(str(text).encode())


def _given_password() -> Secret | None:
    if not is_set(KEY_PASSWORD, may_be_empty=True):
        return None
    return read_password(KEY_PASSWORD, what="password of the minisign key")


def _asked_password(question: str) -> Secret | None:
    if not sys.stdin.isatty():
        return None
    text = click.prompt(question, hide_input=True, default="", show_default=False, err=True)
    return Secret(str(text).encode())


def _date() -> int:
    now = int(time.time())
    return source_date(now)


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(_MAX_TEXT_BYTES).decode("utf-8", "replace")
    except OSError as exc:
        message = f"{path} cannot be read: {exc.strerror}"
        raise SignError(message, code="sign.no_file", help="name a file that is there") from None


def _write(path: Path, data: bytes, *, is_private: bool, replace: bool) -> None:
    try:
        write_private(path, data, replace=replace)
        if not is_private:
            path.chmod(0o644)
    except FileExistsError:
        message = f"{path} would be overwritten"
        raise SignError(message, code="sign.exists", help="pass --force") from None
    except OSError as exc:
        message = f"{path} cannot be written: {exc.strerror}"
        raise SignError(message, code="sign.no_file", help="choose another place") from None
