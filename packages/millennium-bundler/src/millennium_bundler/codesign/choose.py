"""Who signs an application: whoever is configured, else nobody in particular.

In this order:

1. The signer that the manifest was given.
2. A certificate with its key: of the settings, or of APPLE_CERTIFICATE (the .p12 file in base64, or its path) and
   APPLE_CERTIFICATE_PASSWORD.
3. An identity of the keychain, by name: `macos.signing_identity` or APPLE_SIGNING_IDENTITY; on macOS alone.
4. No identity: the code is signed "ad hoc".
"""

from __future__ import annotations

import base64
import binascii
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from cryptography import x509

from millennium_bundler.codesign.cms import Timestamper
from millennium_bundler.codesign.codesign_tool import CodesignTool
from millennium_bundler.codesign.entitlements import load_entitlements
from millennium_bundler.codesign.identity import Identity, load_identity, read_certificates
from millennium_bundler.codesign.notary import ApiKey, Notary, NotaryTool
from millennium_bundler.codesign.notary_service import NotaryService
from millennium_bundler.codesign.own import OwnSigner
from millennium_bundler.codesign.timestamp import APPLE_URL, timestamper
from millennium_bundler.errors import SignError
from millennium_bundler.info_plist import write_plist
from millennium_bundler.layout import read_extra
from millennium_bundler.settings import Manifest
from millennium_bundler.sign.keys import FileKey, KeySource, VariableKey, read_password, read_secret
from millennium_bundler.sign.secret import Secret
from millennium_bundler.sign.signing import AppSigner
from millennium_bundler.tree import source_date

CERTIFICATE, PASSWORD = "APPLE_CERTIFICATE", "APPLE_CERTIFICATE_PASSWORD"
IDENTITY = "APPLE_SIGNING_IDENTITY"
API_KEY, API_KEY_PATH, API_ISSUER = "APPLE_API_KEY", "APPLE_API_KEY_PATH", "APPLE_API_ISSUER"
KEYCHAIN_PROFILE = "APPLE_KEYCHAIN_PROFILE"
NOBODY = "-"
NO_STAMP = "none"


def app_signer(manifest: Manifest) -> AppSigner:
    """Return the signer of an application.

    Raises:
        FormatError: The entitlements are no property list.
        TreeError: They cannot be read.
        SignError: The certificate cannot be opened, or a keychain is asked for where there is none.
    """
    return configured_signer(manifest) or OwnSigner(
        entitlements=load_entitlements(manifest), hardened=False
    )


def configured_signer(manifest: Manifest) -> AppSigner | None:
    """Return the signer that is configured; None when code is signed without an identity.

    Raises:
        FormatError, TreeError, SignError: See `app_signer`.
    """
    if manifest.signing.codesign is not None:
        return manifest.signing.codesign
    macos = manifest.settings.macos
    if macos.certificate:
        return _own(FileKey(path=manifest.resolve(macos.certificate)), manifest)
    if CERTIFICATE in os.environ:
        return _own(VariableKey(names=(CERTIFICATE,)), manifest)
    name = os.environ.get(IDENTITY, macos.signing_identity)
    if name in {"", NOBODY}:
        return None
    entitlements = load_entitlements(manifest)
    return CodesignTool(
        identity=_on_a_mac(name),
        entitlements=write_plist(entitlements) if entitlements else b"",
        hardened=macos.hardened_runtime,
        with_timestamp=macos.timestamp_url != NO_STAMP,
    )


def signer_of_variables(*, date: int) -> AppSigner | None:
    """Return the signer that variables alone configure; None when they name none.

    Raises:
        SignError: The certificate cannot be opened, or a keychain is asked for where there is none.
    """
    if CERTIFICATE in os.environ:
        identity = _identity(VariableKey(names=(CERTIFICATE,)), ())
        return OwnSigner(identity=identity, date=date, timestamper=_stamps("", identity))
    name = os.environ.get(IDENTITY, NOBODY)
    return None if name in {"", NOBODY} else CodesignTool(identity=_on_a_mac(name))


def configured_notary(environment: Mapping[str, str]) -> Notary | None:
    """Return the notary that variables name; None when they name none.

    Args:
        environment: APPLE_API_KEY (its number), APPLE_API_KEY_PATH and APPLE_API_ISSUER: over the web, from any
            system. Or, on a Mac, APPLE_KEYCHAIN_PROFILE.

    Raises:
        SignError: Something of the three is missing, or a keychain is asked for where there is none.
    """
    if API_KEY_PATH in environment:
        number, issuer = environment.get(API_KEY, ""), environment.get(API_ISSUER, "")
        if not number or not issuer:
            raise SignError(
                f"{API_KEY_PATH} is set, {API_ISSUER if number else API_KEY} is not",
                code="sign.settings",
                help="App Store Connect shows both beside the key",
            )
        access = ApiKey(path=Path(environment[API_KEY_PATH]), id=number, issuer=issuer)
        is_mac = sys.platform == "darwin"
        return NotaryTool(access=access) if is_mac else NotaryService(access=access)
    profile = environment.get(KEYCHAIN_PROFILE, "")
    return NotaryTool(access=_on_a_mac(profile)) if profile else None


def _own(source: KeySource, manifest: Manifest) -> OwnSigner:
    macos = manifest.settings.macos
    chain = tuple(
        certificate
        for name in macos.certificate_chain
        for certificate in _certificates(manifest.resolve(name))
    )
    identity = _identity(source, chain)
    return OwnSigner(
        identity=identity,
        entitlements=load_entitlements(manifest),
        hardened=macos.hardened_runtime,
        date=source_date(manifest.settings.source_date),
        timestamper=_stamps(macos.timestamp_url, identity),
    )


def _certificates(path: Path) -> tuple[x509.Certificate, ...]:
    return read_certificates(read_extra(path, what="certificate"), place=str(path))


def _identity(source: KeySource, chain: tuple[x509.Certificate, ...]) -> Identity:
    password = Secret(b"")
    if PASSWORD in os.environ:
        password = read_password(VariableKey(names=(PASSWORD,)), what="password of the certificate")
    value = _unpacked(read_secret(source, what="certificate"))
    return load_identity(value, password, others=chain)


def _stamps(url: str, identity: Identity) -> Timestamper | None:
    url = url or (APPLE_URL if identity.is_apple else NO_STAMP)
    return None if url == NO_STAMP else timestamper(url)


def _on_a_mac(name: str) -> str:
    if sys.platform != "darwin":
        raise SignError(
            f"the identity {name!r} is in a keychain, and only a Mac has one",
            code="sign.unsupported",
            help=f"export it as .p12 and set {CERTIFICATE} and {PASSWORD}",
        )
    return name


def _unpacked(value: Secret) -> Secret:
    """Return a .p12 file that is in base64, as variables hold it, as it is."""
    try:
        return Secret(base64.b64decode(b"".join(value.reveal().split()), validate=True))
    except binascii.Error:
        return value
