"""Who signs, as keys of the manifest: where keys come from, and what else a signature says.

Nothing here is a secret: a manifest names the places of keys and passwords, never the keys themselves.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from millennium_bundler.schema import text

_PATH = r"[^\x00-\x1f\x7f]*"
_VARIABLE = r"([A-Za-z_][A-Za-z0-9_]*)?"
_URL = r"(https?://[^\s<>\x00-\x1f\x7f]+)?"
_URI = r"(pkcs11:[\x21-\x7e]+)?"
_KEY_ID = r"([^\x00-\x1f\x7f-][^\x00-\x1f\x7f]*)?"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeySettings:
    """Where a key or a password comes from; exactly one of these, or nothing."""

    file: str = text("", pattern=_PATH, about="relative to the manifest")
    variable: str = text(
        "",
        pattern=_VARIABLE,
        about="holds the secret, or a key file's path",
        wanted="the name of an environment variable",
    )
    command: tuple[str, ...] = field(
        default=(), metadata={"pattern": r"[^\x00]+", "about": "words of what prints the secret"}
    )
    pkcs11: str = text(
        "",
        pattern=_URI,
        about="PKCS#11 URI, without a PIN",
        wanted="an address that begins with pkcs11:",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthenticodeSettings:
    """Signatures in Windows programs and installers."""

    certificate: str = text("", pattern=_PATH, about="PEM file: yours first, then its chain")
    key: KeySettings = KeySettings()
    password: KeySettings = KeySettings()
    pkcs11_module: str = text("", pattern=_PATH, about="library that speaks to the token")
    sign_command: tuple[str, ...] = field(
        default=(),
        metadata={"pattern": r"[^\x00]+", "about": "signs the file at %1 or {file} in its place"},
    )
    digest_algorithm: Literal["sha256", "sha384", "sha512"] = "sha256"
    timestamp_url: str = text(
        "",
        pattern=_URL,
        about="RFC 3161 service; none: no time stamp",
        wanted="an address such as http://timestamp.example.org",
    )
    roots: str = text("", pattern=_PATH, about="PEM file: the signature must lead to one of these")


@dataclass(frozen=True, slots=True, kw_only=True)
class GpgSettings:
    """OpenPGP signatures of packages and repositories."""

    key_id: str = text(
        "",
        pattern=_KEY_ID,
        about="a key of your own keyring",
        wanted="a fingerprint or an address, without a dash before it",
    )
    key: KeySettings = KeySettings()
    password: KeySettings = KeySettings()


@dataclass(frozen=True, slots=True, kw_only=True)
class FormerKeySettings:
    """A minisign key that was used before."""

    key: KeySettings
    password: KeySettings = KeySettings()


@dataclass(frozen=True, slots=True, kw_only=True)
class MinisignSettings:
    """Signatures beside every package, and those of the updater.

    Without any key, MILLENNIUM_PRIVATE_KEY and MILLENNIUM_KEY_PASSWORD are looked at.
    """

    key: KeySettings = KeySettings()
    password: KeySettings = KeySettings()
    sign_command: tuple[str, ...] = field(
        default=(),
        metadata={"pattern": r"[^\x00]+", "about": "reads bytes, writes their Ed25519 signature"},
    )
    public_key: str = text("", about="line, file text in base64, or path; with sign_command")
    former: tuple[FormerKeySettings, ...] = field(
        default=(), metadata={"about": "keys used before, which sign update manifests, too"}
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningSettings:
    """Who signs what."""

    authenticode: AuthenticodeSettings = AuthenticodeSettings()
    gpg: GpgSettings = GpgSettings()
    minisign: MinisignSettings = MinisignSettings()
