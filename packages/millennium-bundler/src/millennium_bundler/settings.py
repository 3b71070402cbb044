"""What `bundle-manifest.json` says: the one file that the bundler reads.

The schema belongs to this distribution; `millennium build` writes the file, and so can anybody who
has an executable. All paths are relative to the manifest's folder. Reading is strict
(`millennium_bundler.schema`); errors name the key.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from millennium_bundler.errors import ManifestError
from millennium_bundler.extra_file import ExtraFile
from millennium_bundler.linux_settings import RELATION, LinuxSettings
from millennium_bundler.macos_settings import MacosSettings
from millennium_bundler.schema import JSON, TEXT, FreeForm, decode, number, text
from millennium_bundler.schema import json_schema as schema_of
from millennium_bundler.sign.signing import Signing
from millennium_bundler.signing_settings import SigningSettings
from millennium_bundler.tree import MAX_DATE
from millennium_bundler.updater_settings import UpdaterSettings
from millennium_bundler.windows_settings import WindowsSettings

System = Literal["linux", "macos", "windows"]

MANIFEST_NAME = "bundle-manifest.json"
MAX_MANIFEST_BYTES = 4 * 1024 * 1024

_IDENTIFIER = r"[A-Za-z][A-Za-z0-9-]*(\.[A-Za-z0-9-]+)+"
_BINARY = r"[A-Za-z0-9][A-Za-z0-9._+-]*"
_SHA256 = r"([0-9a-f]{64})?"
_MIME = r"([A-Za-z0-9][A-Za-z0-9!#$&^_.+-]*/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]*)?"
_SCHEME = r"[a-z][a-z0-9+.-]*"
_ADDRESS = r"([A-Za-z0-9._%+'-]+@[A-Za-z0-9.-]+)?"
_HOMEPAGE = r"(https?://[^\s<>\x00-\x1f\x7f]+)?"
_FORMAT = r"[a-z0-9][a-z0-9._-]*"
_PATH = r"[^\x00-\x1f\x7f]+"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileAssociation:
    """A kind of document that the app opens."""

    ext: tuple[str, ...] = field(metadata={"pattern": r"[A-Za-z0-9][A-Za-z0-9._+-]*"})
    mime_type: str = text("", pattern=_MIME)
    name: str = text("")
    description: str = text("")
    role: Literal["editor", "viewer", "shell", "ql-generator", "none"] = "editor"


@dataclass(frozen=True, slots=True, kw_only=True)
class ManOption:
    """One option of the command line, for the man page."""

    flag: str = text()
    about: str = text("", pattern=TEXT)


@dataclass(frozen=True, slots=True, kw_only=True)
class ManPage:
    """What the man page says beyond name and description."""

    synopsis: str = text("")
    options: tuple[ManOption, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineSettings:
    """The system webview, and which packages bring it on each family of systems."""

    name: str = text("")
    debian: tuple[str, ...] = field(default=(), metadata={"pattern": RELATION})
    rpm: tuple[str, ...] = field(default=(), metadata={"pattern": r"[^\x00-\x1f\x7f,]+"})
    arch: tuple[str, ...] = field(default=(), metadata={"pattern": RELATION})


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleSettings:
    """The whole manifest, as a value."""

    schema: Literal[1]
    identifier: str = text(pattern=_IDENTIFIER, about="reverse domain name")
    product_name: str = text(pattern=r"[^\x00-\x1f\x7f]+", about="what people call the app")
    binary_name: str = text(pattern=_BINARY, about="the command in /usr/bin")
    version: str = text(pattern=r"[0-9][A-Za-z0-9.+~-]*")
    target: str = text(pattern=r"[a-z0-9_]+-[a-z0-9]+(-[a-z0-9]+)?", about="x86_64-linux-gnu")
    executable: str = text(pattern=_PATH)
    executable_sha256: str = text("", pattern=_SHA256)
    description: str = text("", about="one line")
    long_description: str = text("", pattern=TEXT, about="paragraphs, parted by empty lines")
    publisher: str = text("")
    email: str = text("", pattern=_ADDRESS)
    homepage: str = text("", pattern=_HOMEPAGE)
    license: str = text("", about="SPDX expression")
    license_files: tuple[str, ...] = field(default=(), metadata={"pattern": _PATH})
    copyright: str = text("")
    category: str = text("", about="Utility, Office, Game, …")
    files: tuple[ExtraFile, ...] = ()
    icons: tuple[str, ...] = field(default=(), metadata={"pattern": _PATH})
    verified: bool = False
    verification: FreeForm = field(default_factory=FreeForm)
    engine: EngineSettings = EngineSettings()
    sonames: tuple[str, ...] = field(
        default=(), metadata={"about": "system libraries loaded beyond the executable's own"}
    )
    symbol_versions: dict[str, str] = field(
        default_factory=dict, metadata={"pattern": r"[0-9][0-9A-Za-z.]*"}
    )
    file_associations: tuple[FileAssociation, ...] = ()
    deep_link_schemes: tuple[str, ...] = field(default=(), metadata={"pattern": _SCHEME})
    targets: tuple[str, ...] = field(
        default=(), metadata={"pattern": _FORMAT, "about": "formats to make; none: all that fit"}
    )
    changelog: str = text("", pattern=TEXT, about="this version's changes, one a line")
    man: ManPage = ManPage()
    linux: LinuxSettings = field(default_factory=LinuxSettings)
    windows: WindowsSettings = field(default_factory=WindowsSettings)
    macos: MacosSettings = field(default_factory=MacosSettings)
    signing: SigningSettings = field(default_factory=SigningSettings)
    updater: UpdaterSettings = field(default_factory=UpdaterSettings)
    sbom: str = text("", about="CycloneDX file")
    inputs_digest: str = text("")
    source_date: int = number(0, least=0, most=MAX_DATE)

    @property
    def system(self) -> System:
        """The system that the executable is for."""
        words = self.target.split("-")
        if "windows" in words:
            return "windows"
        return "macos" if "apple" in words else "linux"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """A manifest that was read: its settings, where it lies, and who signs what it becomes.

    Attributes:
        may_fetch: Whether a format may use the network for what the settings pin.
    """

    settings: BundleSettings
    path: Path
    signing: Signing = field(default_factory=Signing)
    may_fetch: bool = True

    def resolve(self, relative: str) -> Path:
        """Return where a path of the manifest points."""
        return self.path.parent / relative


def load_manifest(path: Path) -> Manifest:
    """Read and check a manifest file.

    Raises:
        ManifestError: Missing, too large, not JSON, or a key breaks the schema.
    """
    place = str(path)
    try:
        body = path.read_bytes()
    except OSError as exc:
        message = f"no manifest at {path}: {exc.strerror}"
        raise ManifestError(
            message, code="manifest.missing", help="run `millennium build`, or name one: --manifest"
        ) from exc
    if len(body) > MAX_MANIFEST_BYTES:
        message = f"the manifest is larger than {MAX_MANIFEST_BYTES} bytes"
        raise ManifestError(message, code="manifest.not_json", place=place)
    value = _parse(body, place)
    if isinstance(value, dict) and value.get("schema", 1) != 1:
        message = f"schema {value['schema']!r} is not known; this version reads 1"
        raise ManifestError(
            message, code="manifest.schema", help="pip install -U millennium-bundler", place=place
        )
    return Manifest(settings=decode(BundleSettings, value, place=place), path=path)


def json_schema() -> dict[str, JSON]:
    """Return the JSON Schema of `bundle-manifest.json`."""
    return schema_of(BundleSettings)


def _parse(body: bytes, place: str) -> JSON:
    try:
        value: JSON = json.loads(body)
    except json.JSONDecodeError as exc:
        message = f"not JSON: {exc.msg}"
        place = f"{place}:{exc.lineno}:{exc.colno}"
        raise ManifestError(message, code="manifest.not_json", place=place) from exc
    except (UnicodeDecodeError, RecursionError) as exc:
        raise ManifestError("not JSON in UTF-8", code="manifest.not_json", place=place) from exc
    return value
