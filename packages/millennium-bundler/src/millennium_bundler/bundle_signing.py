"""From settings to signers: fetch the keys that are named, and forget them at the end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from millennium_bundler.codesign.choose import configured_signer
from millennium_bundler.errors import SignError
from millennium_bundler.settings import Manifest
from millennium_bundler.sign.authenticode import CodeKey, CommandFileSigner, Mark, OsslSigner
from millennium_bundler.sign.gpg import GpgKey, GpgSigner
from millennium_bundler.sign.keys import (
    CommandKey,
    FileKey,
    KeySource,
    TokenKey,
    VariableKey,
    is_set,
    read_password,
    read_secret,
)
from millennium_bundler.sign.minisign import parse_public_key
from millennium_bundler.sign.minisign_signer import CommandSigner, open_signer
from millennium_bundler.sign.orderly_end import orderly_end
from millennium_bundler.sign.secret import Secret
from millennium_bundler.sign.signing import BoxSigner, FileSigner, Signing
from millennium_bundler.signing_settings import (
    AuthenticodeSettings,
    FormerKeySettings,
    GpgSettings,
    KeySettings,
    MinisignSettings,
    SigningSettings,
)
from millennium_bundler.tree import source_date

PRIVATE_KEY = VariableKey(
    names=("MILLENNIUM_PRIVATE_KEY", "TAURI_SIGNING_PRIVATE_KEY", "TAURI_PRIVATE_KEY")
)
"""Where a minisign key is looked for when the settings name none."""

KEY_PASSWORD = VariableKey(
    names=(
        "MILLENNIUM_KEY_PASSWORD",
        "TAURI_SIGNING_PRIVATE_KEY_PASSWORD",
        "TAURI_KEY_PASSWORD",
    )
)
"""Where its password is looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningContext:
    """What signers need to know besides the settings.

    Attributes:
        folder: Paths of the settings are relative to it.
        name: Of the app, for Authenticode.
        url: Of the app, for Authenticode.
        date: Seconds since 1970 that signatures carry; the present time when None.
        hidden: Variables that no tool must get; those that the settings name are added.
    """

    folder: Path
    name: str = ""
    url: str = ""
    date: int | None = None
    hidden: frozenset[str] = frozenset()


@contextmanager
def open_signing(settings: SigningSettings, context: SigningContext) -> Iterator[Signing]:
    """Fetch every key that the settings name; leave out what they do not configure.

    Raises:
        SignError: A setting is wrong, a key is not there, or cannot be opened.
    """
    context = replace(context, hidden=context.hidden | _variables(settings))
    with orderly_end(), ExitStack() as stack:
        gpg = _gpg(settings.gpg, context)
        if gpg is not None:
            stack.enter_context(gpg)
        yield Signing(
            authenticode=_authenticode(settings.authenticode, context),
            gpg=gpg,
            minisign=_minisign(settings.minisign, context),
            former=tuple(_former(one, context) for one in settings.minisign.former),
        )


@contextmanager
def signing_for(manifest: Manifest) -> Iterator[Manifest]:
    """Give a manifest the signers that its settings name.

    Raises:
        SignError: As `open_signing`.
    """
    settings = manifest.settings
    context = SigningContext(
        folder=manifest.path.parent,
        name=settings.product_name,
        url=settings.homepage,
        date=source_date(settings.source_date),
    )
    with open_signing(settings.signing, context) as signing:
        codesign = manifest.signing.codesign
        if settings.system == "macos":
            codesign = configured_signer(manifest)
        yield replace(manifest, signing=replace(signing, codesign=codesign))


def key_source(settings: KeySettings, context: SigningContext, *, what: str) -> KeySource | None:
    """Return the one place that key settings name; None when they name none.

    Raises:
        SignError: They name several.
    """
    sources: list[KeySource] = []
    if settings.file:
        sources.append(FileKey(path=context.folder / settings.file))
    if settings.variable:
        sources.append(VariableKey(names=(settings.variable,)))
    if settings.command:
        sources.append(CommandKey(words=settings.command, hidden=context.hidden))
    if settings.pkcs11:
        sources.append(TokenKey(uri=settings.pkcs11))
    if len(sources) > 1:
        message = f"the {what} is said to come from {len(sources)} places"
        raise _bad(message, "name one of file, variable, command and pkcs11")
    return sources[0] if sources else None


def _minisign(settings: MinisignSettings, context: SigningContext) -> BoxSigner | None:
    key = key_source(settings.key, context, what="minisign key")
    if settings.sign_command:
        if key is not None:
            raise _bad("minisign has both a key and a sign command", "name one of them")
        public = parse_public_key(_public(settings, context))
        return CommandSigner(settings.sign_command, public, hidden=context.hidden)
    password = key_source(settings.password, context, what="password of the minisign key")
    if key is None:
        if not is_set(PRIVATE_KEY):
            return None
        key = PRIVATE_KEY
    if password is None and is_set(KEY_PASSWORD, may_be_empty=True):
        password = KEY_PASSWORD
    return open_signer(key, password)


def _former(settings: FormerKeySettings, context: SigningContext) -> BoxSigner:
    key = key_source(settings.key, context, what="former minisign key")
    if key is None:
        raise _bad("a former minisign key names no place", "name one of file, variable and command")
    what = "password of a former minisign key"
    return open_signer(key, key_source(settings.password, context, what=what))


def _public(settings: MinisignSettings, context: SigningContext) -> str:
    if not settings.public_key:
        raise _bad("minisign's sign command has no public key", "set public_key beside it")
    path = context.folder / settings.public_key
    if len(settings.public_key) < 256 and path.is_file():  # noqa: PLR2004 - longer is no file's name
        return path.read_text(encoding="utf-8")
    return settings.public_key


def _gpg(settings: GpgSettings, context: SigningContext) -> GpgSigner | None:
    source = key_source(settings.key, context, what="OpenPGP key")
    if isinstance(source, TokenKey):
        message = "gpg takes no PKCS#11 URI"
        raise _bad(message, "let gnupg-pkcs11-scd serve the token, and name the key by key_id")
    if source is None and not settings.key_id:
        return None
    key = GpgKey(
        name=settings.key_id,
        secret=None if source is None else read_secret(source, what="OpenPGP key"),
        password=_password(settings.password, context, what="password of the OpenPGP key"),
        hidden=context.hidden,
    )
    return GpgSigner(key, date=context.date)


def _authenticode(settings: AuthenticodeSettings, context: SigningContext) -> FileSigner | None:
    source = key_source(settings.key, context, what="Authenticode key")
    mark = Mark(
        name=context.name,
        url=context.url,
        date=context.date,
        digest=settings.digest_algorithm,
        timestamp_url=settings.timestamp_url,
        roots=context.folder / settings.roots if settings.roots else None,
    )
    if settings.sign_command:
        if source is not None:
            raise _bad("Authenticode has both a key and a sign command", "name one of them")
        return CommandFileSigner(settings.sign_command, mark, hidden=context.hidden)
    if source is None:
        return None
    key = CodeKey(
        key=source
        if isinstance(source, TokenKey)
        else read_secret(source, what="Authenticode key"),
        certificate=context.folder / settings.certificate if settings.certificate else None,
        password=_password(settings.password, context, what="password of the Authenticode key"),
        module=context.folder / settings.pkcs11_module if settings.pkcs11_module else None,
    )
    return OsslSigner(key, mark, hidden=context.hidden)


def _variables(settings: SigningSettings) -> frozenset[str]:
    """Return the names of all variables that hold a key or a password."""
    authenticode, gpg, minisign = settings.authenticode, settings.gpg, settings.minisign
    places = [
        *(authenticode.key, authenticode.password, gpg.key, gpg.password),
        *(minisign.key, minisign.password),
        *(place for one in minisign.former for place in (one.key, one.password)),
    ]
    return frozenset(place.variable for place in places if place.variable)


def _password(settings: KeySettings, context: SigningContext, *, what: str) -> Secret | None:
    source = key_source(settings, context, what=what)
    return None if source is None else read_password(source, what=what)


def _bad(message: str, help_line: str) -> SignError:
    return SignError(message, code="sign.settings", help=help_line)
