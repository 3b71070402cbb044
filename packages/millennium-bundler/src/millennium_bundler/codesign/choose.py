"""Who signs an application: whoever is configured, else nobody in particular."""

from __future__ import annotations

from millennium_bundler.codesign.entitlements import load_entitlements
from millennium_bundler.codesign.own import OwnSigner
from millennium_bundler.settings import Manifest
from millennium_bundler.sign.signing import AppSigner


def app_signer(manifest: Manifest) -> AppSigner:
    """Return the signer of an application; without a configured one, it signs without an identity.

    Raises:
        FormatError: The entitlements are no property list.
        TreeError: They cannot be read.
    """
    return manifest.signing.codesign or OwnSigner(
        entitlements=load_entitlements(manifest), hardened=False
    )
