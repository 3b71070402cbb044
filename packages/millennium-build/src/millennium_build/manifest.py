"""Write ``bundle-manifest.json``, the one file that the bundler reads.

Its schema belongs to millennium-bundler; this module knows only what it writes. Paths in it are
relative to its own folder.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from millennium.config.schema import Config
from millennium.config.spelling import as_written, to_camel
from millennium_build.bundle_place import Place
from millennium_build.bundle_settings import bundle_settings, written_keys
from millennium_build.freeze.interface import FreezeResult
from millennium_build.verify import Verification

MANIFEST_NAME = "bundle-manifest.json"
SBOM_NAME = "sbom.cdx.json"
SCHEMA = 1

# Letters of Latin alphabets that are not a letter of ours with a mark.
_LETTERS = str.maketrans({"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th"})

ENGINES: dict[str, dict[str, Any]] = {
    "millennium_runtime_webview": {
        "name": "webkitgtk",
        "debian": ["libwebkit2gtk-4.1-0 (>= 2.40)"],
        "rpm": ["(webkit2gtk4.1 >= 2.40 or libwebkit2gtk-4_1-0 >= 2.40)"],
        "arch": ["webkit2gtk-4.1>=2.40"],
    }
}
"""Top-level package of a runtime → the system packages that bring its engine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestInput:
    """What a manifest is made of.

    Attributes:
        config: Of the app.
        root: Its project's folder.
        folder: Where the manifest will be.
        target: Such as ``x86_64-linux-gnu``.
        runtime: ``module:Class`` of the window runtime.
        result: Of the freezer.
        verification: Of the artifact.
        inputs_digest: Changes whenever an input of the build does.
        config_file: Where the configuration is; errors of the bundler name it, and keys as it spells them.
        bundle: What `bundle_keys` returned before the executable was made.
    """

    config: Config
    root: Path
    folder: Path
    target: str
    runtime: str
    result: FreezeResult
    verification: Verification
    inputs_digest: str
    config_file: Path
    bundle: dict[str, Any]

    @property
    def place(self) -> Place:
        """Where the files that the configuration names lie."""
        binary = binary_name(self.config)
        return Place(root=self.root, folder=self.folder, target=self.target, binary=binary)


def binary_name(config: Config) -> str:
    """Return the name of the executable: the product's, as a command is spelt."""
    letters = unicodedata.normalize("NFKD", config.product_name).casefold().translate(_LETTERS)
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    name = re.sub(r"[^a-z0-9._+]+", "-", bare).strip("-._+")
    return name or config.identifier.rpartition(".")[2].lower()


def bundle_keys(config: Config, place: Place) -> dict[str, Any]:
    """Return what the configuration says of packages, and look for what they shall hold.

    Args:
        config: Of the app.
        place: Of a manifest: its folder need not be there.

    Raises:
        OutputError: A file that the configuration names for the bundle is not there or cannot be read.
    """
    return {"files": _files(config, place), **bundle_settings(config.bundle, place)}


def make_manifest(given: ManifestInput) -> bytes:
    """Return the document."""
    config, result = given.config, given.result
    document: dict[str, Any] = {
        "schema": SCHEMA,
        "identifier": config.identifier,
        "product_name": config.product_name or binary_name(config),
        "binary_name": binary_name(config),
        "version": config.version,
        "description": config.description,
        "publisher": config.publisher,
        "homepage": config.homepage,
        "license": config.license,
        "target": given.target,
        "executable": result.executable.name,
        "executable_sha256": hashlib.sha256(result.executable.read_bytes()).hexdigest(),
        "verified": given.verification.verified,
        "verification": _verification(given.verification),
        "engine": ENGINES.get(given.runtime.partition(".")[0].partition(":")[0], {}),
        "sonames": list(result.sonames),
        "symbol_versions": result.symbol_versions,
        "sbom": SBOM_NAME,
        "source": _source(given),
        "inputs_digest": given.inputs_digest,
        **given.bundle,
    }
    if config.updater.pubkey:
        updater = document.get("updater", {})
        document["updater"] = {**updater, "public_key": config.updater.pubkey}
    return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False).encode() + b"\n"


def _files(config: Config, place: Place) -> list[dict[str, str]]:
    bundle = config.bundle
    return [*place.resources(bundle.resources), *place.sidecars(bundle.external_bin)]


def _source(given: ManifestInput) -> dict[str, Any]:
    is_toml = given.config_file.suffix == ".toml"
    return {
        "file": given.place.relative(str(given.config_file)),
        "spelling": "kebab" if is_toml else "camel",
        "keys": written_keys(given.config.bundle, as_written if is_toml else to_camel),
    }


def _verification(found: Verification) -> dict[str, Any]:
    if not found.verified:
        return {"reason": found.reason}
    return {
        "engine": found.engine,
        "milliseconds": found.milliseconds,
        "version": found.version,
        "wall_milliseconds": found.wall_milliseconds,
    }
