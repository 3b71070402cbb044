"""What `bundle-manifest.json` says: the one file that the bundler reads.

The schema belongs to this distribution; `millennium build` writes the file, and so can anybody who
has an executable. All paths are relative to the manifest's folder. Reading is strict
(`millennium_bundler.schema`); errors name the key.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from millennium_bundler.errors import BundleError, ManifestError
from millennium_bundler.extra_file import ExtraFile
from millennium_bundler.linux_settings import LinuxSettings, arch_packages, debian_packages
from millennium_bundler.macos_settings import MacosSettings
from millennium_bundler.schema import JSON, NAME, TEXT, FreeForm, decode, number, text
from millennium_bundler.schema import json_schema as schema_of
from millennium_bundler.sign.signing import Signing
from millennium_bundler.signing_settings import SigningSettings
from millennium_bundler.tree import MAX_DATE
from millennium_bundler.updater_settings import UpdaterSettings
from millennium_bundler.windows_settings import WindowsSettings
from millennium_bundler.written_keys import (
    SourceSettings,
    known_keys,
    tell_as_written,
    text_as_written,
)

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
_TARGET = r"[a-z0-9_]+-((linux|windows)(-[a-z0-9]+)?|apple-darwin)"
# The longest name of a file that is made of these is below 255 bytes, the most that file systems take:
# NAME_VERSION_MACHINE-setup.exe.zip.from-VERSION.zst.minisig of a delta.
_MOST_NAME_CHARS = 75
_MOST_VERSION_CHARS = 64
_MOST_IDENTIFIER_CHARS = 155


@dataclass(frozen=True, slots=True, kw_only=True)
class FileAssociation:
    """A kind of document that the app opens."""

    ext: tuple[str, ...] = field(
        metadata={
            "pattern": r"[A-Za-z0-9][A-Za-z0-9._+-]*",
            "wanted": "the end of a file's name without its dot, such as md",
            "most_chars": _MOST_NAME_CHARS,
        }
    )
    mime_type: str = text(
        "", pattern=_MIME, wanted="a MIME type such as text/markdown", most=_MOST_NAME_CHARS
    )
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
    debian: tuple[str, ...] = debian_packages()
    rpm: tuple[str, ...] = field(
        default=(),
        metadata={"pattern": r"[^\x00-\x1f\x7f,]+", "wanted": "a package such as curl >= 8.0"},
    )
    arch: tuple[str, ...] = arch_packages()


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleSettings:
    """The whole manifest, as a value."""

    schema: Literal[1]
    identifier: str = text(
        pattern=_IDENTIFIER,
        about="reverse domain name",
        wanted="a reverse domain name such as org.example.notes",
        most=_MOST_IDENTIFIER_CHARS,
    )
    product_name: str = text(pattern=NAME, about="what people call the app", most=_MOST_NAME_CHARS)
    binary_name: str = text(
        pattern=_BINARY,
        about="the command in /usr/bin",
        wanted="a command's name of letters, digits and ._+- such as notes",
        most=_MOST_NAME_CHARS,
    )
    version: str = text(
        pattern=r"[0-9][A-Za-z0-9.+~-]*",
        wanted="a version such as 1.2.3",
        most=_MOST_VERSION_CHARS,
    )
    target: str = text(
        pattern=_TARGET,
        about="x86_64-linux-gnu",
        wanted="a target such as x86_64-linux-gnu, x86_64-windows-msvc or aarch64-apple-darwin",
        most=_MOST_VERSION_CHARS,
    )
    executable: str = text(pattern=NAME)
    executable_sha256: str = text("", pattern=_SHA256, wanted="64 digits of 0-9 and a-f")
    description: str = text("", about="one line")
    long_description: str = text("", pattern=TEXT, about="paragraphs, parted by empty lines")
    publisher: str = text("")
    email: str = text("", pattern=_ADDRESS, wanted="an address such as ada@example.org")
    homepage: str = text(
        "", pattern=_HOMEPAGE, wanted="an address such as https://example.org/notes"
    )
    license: str = text("", about="SPDX expression")
    license_files: tuple[str, ...] = field(default=(), metadata={"pattern": NAME})
    copyright: str = text("")
    category: str = text("", about="Utility, Office, Game, …")
    files: tuple[ExtraFile, ...] = ()
    icons: tuple[str, ...] = field(default=(), metadata={"pattern": NAME})
    verified: bool = False
    verification: FreeForm = field(default_factory=FreeForm)
    engine: EngineSettings = EngineSettings()
    sonames: tuple[str, ...] = field(
        default=(), metadata={"about": "system libraries loaded beyond the executable's own"}
    )
    symbol_versions: dict[str, str] = field(
        default_factory=dict,
        metadata={"pattern": r"[0-9][0-9A-Za-z.]*", "wanted": "a version such as 2.35"},
    )
    file_associations: tuple[FileAssociation, ...] = ()
    deep_link_schemes: tuple[str, ...] = field(
        default=(),
        metadata={
            "pattern": _SCHEME,
            "wanted": "the start of links in small letters, without ://, such as notes",
            "most_chars": _MOST_NAME_CHARS,
        },
    )
    targets: tuple[str, ...] = field(
        default=(),
        metadata={
            "pattern": _FORMAT,
            "about": "formats to make; none: all that fit",
            "wanted": "a format such as deb",
        },
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
    source: SourceSettings = field(
        default_factory=SourceSettings,
        metadata={"about": "the configuration that this was made of, for errors"},
    )

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
        """Return where a path of the manifest points, without the ``..`` that only make it long."""
        place = self.path.parent / relative
        short = Path(os.path.normpath(place))
        # Behind a link to a folder, `..` is another folder than the one before.
        return short if os.path.realpath(short) == os.path.realpath(place) else place

    def as_written(self, said: str) -> str:
        """Return a text whose keys are those of the configuration that this was made of, if of one."""
        return text_as_written(said, self.settings.source, known_keys(BundleSettings))

    def tell_as_written(self, error: BundleError) -> None:
        """Let an error speak of that configuration."""
        source = self.settings.source
        tell_as_written(error, source, known_keys(BundleSettings), self.path)


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
        message = f"schema {str(value['schema'])[:40]!r} is not known; this version reads 1"
        raise ManifestError(
            message, code="manifest.schema", help="pip install -U millennium-bundler", place=place
        )
    try:
        settings = decode(BundleSettings, value, place=place)
    except ManifestError as error:
        tell_as_written(error, _source(value), known_keys(BundleSettings), path)
        raise
    return Manifest(settings=settings, path=path)


def json_schema() -> dict[str, JSON]:
    """Return the JSON Schema of `bundle-manifest.json`."""
    return schema_of(BundleSettings)


def _parse(body: bytes, place: str) -> JSON:
    try:
        value: JSON = json.loads(body, parse_constant=_refuse_constant)
    except json.JSONDecodeError as exc:
        message = f"not JSON: {exc.msg}"
        place = f"{place}:{exc.lineno}:{exc.colno}"
        raise ManifestError(message, code="manifest.not_json", place=place) from exc
    except (UnicodeDecodeError, RecursionError) as exc:
        raise ManifestError("not JSON in UTF-8", code="manifest.not_json", place=place) from exc
    except ValueError as exc:
        message = "not JSON: a number that is none, or has thousands of digits"
        raise ManifestError(message, code="manifest.not_json", place=place) from exc
    return value


def _source(value: JSON) -> SourceSettings:
    """Return what a manifest that cannot be read was made of, if that can be read."""
    try:
        found = value.get("source", {}) if isinstance(value, dict) else {}
        return decode(SourceSettings, found, place="")
    except ManifestError:
        return SourceSettings()


def _refuse_constant(word: str) -> None:
    """Refuse NaN and Infinity, which Python reads and JSON has not."""
    raise ValueError(word)
