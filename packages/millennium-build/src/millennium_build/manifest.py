"""Write ``bundle-manifest.json``, the one file that the bundler reads.

Its schema belongs to millennium-bundler; this module knows only what it writes. Paths in it are
relative to its own folder.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from millennium.config.bundle import BundleConfig
from millennium.config.schema import Config
from millennium_build.errors import OutputError
from millennium_build.freeze.interface import FreezeResult
from millennium_build.verify import Verification

MANIFEST_NAME = "bundle-manifest.json"
SBOM_NAME = "sbom.cdx.json"
SCHEMA = 1

ENGINES: dict[str, dict[str, Any]] = {
    "millennium_runtime_webview": {
        "name": "webkitgtk",
        "debian": ["libwebkit2gtk-4.1-0 (>= 2.40)"],
        "rpm": ["(webkit2gtk4.1 >= 2.40 or libwebkit2gtk-4_1-0 >= 2.40)"],
        "arch": ["webkit2gtk-4.1>=2.40"],
    }
}
"""Top-level package of a runtime → the system packages that bring its engine."""

_RESOURCE_FOLDER = "/usr/lib/{binary}/{path}"


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
    """

    config: Config
    root: Path
    folder: Path
    target: str
    runtime: str
    result: FreezeResult
    verification: Verification
    inputs_digest: str


def binary_name(config: Config) -> str:
    """Return the name of the executable: the product's, as a command is spelt."""
    name = re.sub(r"[^a-z0-9._+]+", "-", config.product_name.lower()).strip("-._+")
    return name or config.identifier.rpartition(".")[2].lower()


def make_manifest(given: ManifestInput) -> bytes:
    """Return the document.

    Raises:
        OutputError: A file that the configuration names for the bundle cannot be read.
    """
    config, bundle, result = given.config, given.config.bundle, given.result
    document: dict[str, Any] = {
        "schema": SCHEMA,
        "identifier": config.identifier,
        "product_name": config.product_name or binary_name(config),
        "binary_name": binary_name(config),
        "version": config.version,
        "description": bundle.short_description or config.description,
        "long_description": bundle.long_description,
        "publisher": config.publisher,
        "email": bundle.email,
        "homepage": config.homepage,
        "license": config.license,
        "license_files": [_relative(given, path) for path in bundle.license_files],
        "copyright": bundle.copyright,
        "category": bundle.category,
        "target": given.target,
        "executable": result.executable.name,
        "executable_sha256": hashlib.sha256(result.executable.read_bytes()).hexdigest(),
        "files": _files(given),
        "icons": [_relative(given, path) for path in bundle.icon],
        "verified": given.verification.verified,
        "verification": _verification(given.verification),
        "engine": ENGINES.get(given.runtime.partition(".")[0].partition(":")[0], {}),
        "sonames": list(result.sonames),
        "symbol_versions": result.symbol_versions,
        "file_associations": _associations(bundle),
        "deep_link_schemes": list(bundle.deep_link_schemes),
        "changelog": _changelog(given),
        "linux": {"deb": _deb(bundle)},
        "sbom": SBOM_NAME,
        "inputs_digest": given.inputs_digest,
    }
    return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False).encode() + b"\n"


def _relative(given: ManifestInput, path: str) -> str:
    return Path(os.path.relpath(given.root / path, given.folder)).as_posix()


def _verification(found: Verification) -> dict[str, Any]:
    if not found.verified:
        return {"reason": found.reason}
    return {
        "engine": found.engine,
        "milliseconds": found.milliseconds,
        "version": found.version,
        "wall_milliseconds": found.wall_milliseconds,
    }


def _associations(bundle: BundleConfig) -> list[dict[str, Any]]:
    return [
        {
            "ext": list(each.ext),
            "name": each.name,
            "description": each.description,
            "role": each.role,
            "mime_type": each.mime_type,
        }
        for each in bundle.file_associations
    ]


def _deb(bundle: BundleConfig) -> dict[str, Any]:
    deb = bundle.deb
    settings: dict[str, Any] = {
        "depends": list(deb.depends),
        "recommends": list(deb.recommends),
        "provides": list(deb.provides),
        "conflicts": list(deb.conflicts),
        "replaces": list(deb.replaces),
    }
    chosen = {"section": deb.section, "priority": deb.priority}
    return settings | {key: value for key, value in chosen.items() if value}


def _files(given: ManifestInput) -> list[dict[str, str]]:
    """List what is installed beside the executable: resources, and the package's own files."""
    bundle = given.config.bundle
    files = [
        _file(given, source, destination)
        for destination, source in sorted(bundle.deb.files.items())
    ]
    resources = bundle.resources
    if not isinstance(resources, dict):
        resources = dict.fromkeys(resources, "")
    for pattern, place in sorted(resources.items()):
        for path in _matches(given, pattern):
            source = path.relative_to(given.root).as_posix()
            inside = f"{place.rstrip('/')}/{path.name}" if place else source
            folder = _RESOURCE_FOLDER.format(binary=binary_name(given.config), path=inside)
            files.append(_file(given, source, folder))
    return files


def _matches(given: ManifestInput, pattern: str) -> list[Path]:
    folder = given.root / pattern
    found = sorted(folder.rglob("*")) if folder.is_dir() else sorted(given.root.glob(pattern))
    files = [path for path in found if path.is_file()]
    if not files:
        raise OutputError(
            f"bundle.resources names {pattern!r}, which matches no file", help="correct the pattern"
        )
    return files


def _file(given: ManifestInput, source: str, destination: str) -> dict[str, str]:
    mode = "0755" if os.access(given.root / source, os.X_OK) else "0644"
    return {"source": _relative(given, source), "destination": destination, "mode": mode}


def _changelog(given: ManifestInput) -> str:
    """Return the changes: the configuration names a file, or holds the text itself."""
    written = given.config.bundle.changelog
    path = given.root / written
    if not written or "\n" in written or not path.is_file():
        return written
    return path.read_text(encoding="utf-8")
