"""The keys of ``bundle.signing`` and ``bundle.updater``: who signs, and what updaters are told.

Nothing here is a secret: a configuration names the places of keys and passwords, never the keys.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct


class KeyConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """Where a key or a password comes from: one of these, or nothing.

    Attributes:
        file: Of the project.
        variable: Of the environment; holds the secret, or a key file's path.
        command: Words of what prints the secret.
        pkcs11: PKCS#11 URI, without a PIN.
    """

    file: str = ""
    variable: str = ""
    command: tuple[str, ...] = ()
    pkcs11: str = ""


class AuthenticodeConfig(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"
):
    """Signatures in Windows programs and installers.

    Attributes:
        certificate: PEM file: yours first, then its chain.
        key: That signs.
        password: Of the key.
        pkcs11_module: Library that speaks to the token.
        sign_command: Signs the file at ``%1`` or ``{file}`` in its place, instead of a key.
        digest_algorithm: Of signatures.
        timestamp_url: RFC 3161 service; empty for no time stamp.
        roots: PEM file: the signature must lead to one of these.
    """

    certificate: str = ""
    key: KeyConfig = KeyConfig()
    password: KeyConfig = KeyConfig()
    pkcs11_module: str = ""
    sign_command: tuple[str, ...] = ()
    digest_algorithm: Literal["sha256", "sha384", "sha512"] = "sha256"
    timestamp_url: str = ""
    roots: str = ""


class GpgConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """OpenPGP signatures of packages and repositories.

    Attributes:
        key_id: A key of your own keyring.
        key: A key that is not in it.
        password: Of the key.
    """

    key_id: str = ""
    key: KeyConfig = KeyConfig()
    password: KeyConfig = KeyConfig()


class FormerKeyConfig(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"
):
    """A minisign key that was used before.

    Attributes:
        key: That signed.
        password: Of the key.
    """

    key: KeyConfig
    password: KeyConfig = KeyConfig()


class MinisignConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """Signatures beside every package, and those of the updater.

    Attributes:
        key: That signs; default: ``MILLENNIUM_PRIVATE_KEY``.
        password: Of the key; default: ``MILLENNIUM_KEY_PASSWORD``.
        sign_command: Reads bytes and writes their Ed25519 signature, instead of a key.
        public_key: Of the sign command: the key's line, its file's text, or its file.
        former: Keys used before, which sign update manifests, too.
    """

    key: KeyConfig = KeyConfig()
    password: KeyConfig = KeyConfig()
    sign_command: tuple[str, ...] = ()
    public_key: str = ""
    former: tuple[FormerKeyConfig, ...] = ()


class SigningConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """Who signs what.

    Attributes:
        authenticode: Windows programs and installers.
        gpg: Linux packages.
        minisign: Everything.
    """

    authenticode: AuthenticodeConfig = AuthenticodeConfig()
    gpg: GpgConfig = GpgConfig()
    minisign: MinisignConfig = MinisignConfig()


class ReleaseConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """What a release tells those who have an older version; ``updater.pubkey`` is checked with it.

    Attributes:
        channel: Name of the line of releases.
        base_url: Folder that the files are fetched from.
        next_public_keys: Keys that apps shall trust from now on, too.
        retired_public_keys: Keys that apps shall trust no more from now on.
        expires_after_days: When a manifest is no longer believed.
        minimum_version: Older apps cannot take it.
        with_deltas: Whether differences to the last release are made.
    """

    channel: str = "stable"
    base_url: str = ""
    next_public_keys: tuple[str, ...] = ()
    retired_public_keys: tuple[str, ...] = ()
    expires_after_days: int = 90
    minimum_version: str = ""
    with_deltas: bool = True
