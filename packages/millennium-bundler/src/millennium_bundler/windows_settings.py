"""What only Windows installers need, as keys of the manifest.

Names are those of `bundle.windows` in an app's configuration. Paths are relative to the manifest.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from millennium_bundler.schema import text

WebviewMode = Literal[
    "skip", "download_bootstrapper", "embed_bootstrapper", "offline_installer", "fixed_runtime"
]
InstallScope = Literal["per_machine", "per_user"]
InstallMode = Literal["current_user", "per_machine", "both"]
Compression = Literal["zlib", "bzip2", "lzma", "none"]
InstallerStub = Literal["x86", "x86_64"]

LANGUAGE = r"[a-z]{2,3}-[A-Z]{2}"
_MOST_VERSION_CHARS = 64
_PATH = r"[^\x00-\x1f\x7f]*"
_LANGUAGE_OR_NAME = r"[a-z]{2,3}-[A-Z]{2}|[A-Z][A-Za-z]+"
_URL = r"(https?://[^\s<>\x00-\x1f\x7f]+)?"
_SHA256 = r"([0-9a-f]{64})?"
_CODE = r"(\{?[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}\}?)?"


@dataclass(frozen=True, slots=True, kw_only=True)
class WebviewInstallSettings:
    """How the installer sees to WebView2, which Windows 11 has and Windows 10 mostly has."""

    mode: WebviewMode = "download_bootstrapper"
    silent: bool = True
    path: str = text(
        "",
        pattern=_PATH,
        about="fixed_runtime: its folder; embed_bootstrapper and offline_installer: a file of your own",
    )
    url: str = text(
        "",
        pattern=_URL,
        about="where to fetch the file; default: Microsoft's link; fixed_runtime: a .cab or .zip",
        wanted="an address such as https://example.org/file.exe",
    )
    sha256: str = text(
        "",
        pattern=_SHA256,
        about="of what is fetched; nothing else is taken",
        wanted="64 digits of 0-9 and a-f",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class MsiSettings:
    """The .msi packages: one a language."""

    language: tuple[str, ...] = field(
        default=("en-US",),
        metadata={
            "pattern": LANGUAGE,
            "about": "one package each",
            "wanted": "a language such as en-US",
        },
    )
    locales: dict[str, str] = field(
        default_factory=dict,
        metadata={"pattern": _PATH, "about": "language → JSON file with texts of the wizard"},
    )
    install_scope: InstallScope = "per_machine"
    version: str = text(
        "",
        pattern=r"[0-9.]*",
        about="where the app's own does not fit",
        wanted="numbers such as 1.2.3",
        most=_MOST_VERSION_CHARS,
    )
    upgrade_code: str = text(
        "",
        pattern=_CODE,
        about="of an older installer to replace",
        wanted="a code such as 01234567-89ab-cdef-0123-456789abcdef",
    )
    license: str = text("", pattern=_PATH, about="RTF or text; default: license_files")
    banner_path: str = text("", pattern=_PATH, about="BMP or PNG of 493 x 58")
    dialog_image_path: str = text("", pattern=_PATH, about="BMP or PNG of 493 x 312")
    start_menu_folder: str = text("", about="folder of the shortcut; default: none")
    desktop_shortcut: bool = False
    add_to_path: bool = False
    launch_after_install: bool = True
    fragment_paths: tuple[str, ...] = field(
        default=(), metadata={"pattern": _PATH, "about": "JSON or TOML with rows of own"}
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class NsisSettings:
    """The setup.exe: one for all languages."""

    install_mode: InstallMode = "current_user"
    languages: tuple[str, ...] = field(
        default=("en-US",),
        metadata={
            "pattern": _LANGUAGE_OR_NAME,
            "about": "en-US or English; the first is default",
            "wanted": "a language such as en-US or English",
        },
    )
    custom_language_files: dict[str, str] = field(
        default_factory=dict,
        metadata={"pattern": _PATH, "about": "language → JSON file with texts of our pages"},
    )
    display_language_selector: bool = False
    compression: Compression = "lzma"
    license: str = text("", pattern=_PATH, about="RTF or text; default: license_files")
    header_image: str = text("", pattern=_PATH, about="BMP or PNG of 150 x 57")
    sidebar_image: str = text("", pattern=_PATH, about="BMP or PNG of 164 x 314")
    installer_icon: str = text("", pattern=_PATH, about=".ico; default: the app's")
    start_menu_folder: str = text("", about="folder of the shortcut; default: none")
    desktop_shortcut: bool = False
    launch_after_install: bool = True
    installer_hooks: str = text(
        "",
        pattern=_PATH,
        about="NSIS file with macros NSIS_HOOK_PREINSTALL, _POSTINSTALL, _PREUNINSTALL, _POSTUNINSTALL",
    )
    template: str = text("", pattern=_PATH, about="NSIS script in place of ours, with its places")
    minimum_webview2_version: str = text(
        "",
        pattern=r"([0-9]+(\.[0-9]+){0,3})?",
        wanted="a version such as 110.0.1587.40",
        most=_MOST_VERSION_CHARS,
    )
    stub: InstallerStub = "x86"


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowsSettings:
    """What the Windows installers share, and what each needs alone."""

    allow_downgrades: bool = False
    webview_install: WebviewInstallSettings = WebviewInstallSettings()
    msi: MsiSettings = MsiSettings()
    nsis: NsisSettings = NsisSettings()
