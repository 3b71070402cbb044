"""The application that every macOS package holds: laid out, and all its code signed."""

from __future__ import annotations

from millennium_bundler.codesign.choose import app_signer, configured_signer
from millennium_bundler.codesign.entitlements import entitlement_blobs, load_entitlements
from millennium_bundler.layout import read_executable
from millennium_bundler.macos_layout import app_tree, outlined_app, read_program, warnings_of
from millennium_bundler.settings import Manifest
from millennium_bundler.tree import Tree


def check_signed_app(manifest: Manifest) -> Tree:
    """Refuse settings that cannot make a signed application; return it with an empty executable and icon.

    Raises:
        FormatError: The target, a name, property list, framework or entitlement is wrong.
        TreeError: A file of these is missing, or two want one place.
        IconError: An icon cannot be drawn.
        SignError: The certificate cannot be opened, or a keychain is asked for where there is none.
    """
    outline = outlined_app(manifest)
    entitlement_blobs(load_entitlements(manifest))
    configured_signer(manifest)
    return outline


def signed_app(manifest: Manifest) -> Tree:
    """Return the application with all its code signed, in a tree whose one folder it is.

    Raises:
        BundleError: It cannot be laid out or signed.
    """
    return app_signer(manifest).sign_app(app_tree(manifest))


def app_warnings(manifest: Manifest) -> tuple[str, ...]:
    """Return what the maker of an app should know."""
    slices = read_program(manifest, read_executable(manifest))
    found = warnings_of(manifest.settings, slices)
    if configured_signer(manifest) is None:
        found += ("signed without an identity: macOS asks before it opens what was downloaded",)
    return found
