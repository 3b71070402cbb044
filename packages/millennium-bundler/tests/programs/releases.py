"""Manifests of one release: with a list of parts, with a key, and of what is another release."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from millennium_bundler.settings import Manifest
from millennium_bundler.sign.minisign_key import SecretKey
from millennium_bundler.sign.minisign_signer import KeySigner
from millennium_bundler.sign.signing import Signing

KEY = SecretKey.generate()
SBOM = {
    "bomFormat": "CycloneDX",
    "specVersion": "1.6",
    "metadata": {"component": {"bom-ref": "org.example.Hello"}},
    "components": [],
    "dependencies": [],
}


def with_parts(make_manifest: Callable[..., Manifest]) -> Manifest:
    """The manifest of an app that has a list of parts."""
    manifest = make_manifest(sbom="parts.json")
    manifest.resolve("parts.json").write_text(json.dumps(SBOM))
    return manifest


def with_key(manifest: Manifest) -> Manifest:
    """The same with a key."""
    return replace(manifest, signing=Signing(minisign=KeySigner(KEY)))


def for_windows(manifest: Manifest) -> Manifest:
    """The same version for another system."""
    return replace(manifest, settings=replace(manifest.settings, target="x86_64-windows-msvc"))


def next_version(_folder: Path, manifest: Manifest) -> Manifest:
    """The version after it."""
    return replace(manifest, settings=replace(manifest.settings, version="1.2.4"))


def other_app(_folder: Path, manifest: Manifest) -> Manifest:
    """Another app of this version."""
    return replace(manifest, settings=replace(manifest.settings, identifier="org.example.Bye"))


def other_key(_folder: Path, manifest: Manifest) -> Manifest:
    """The same app, signed by another."""
    return replace(manifest, signing=Signing(minisign=KeySigner(SecretKey.generate())))
