"""The keys of ``bundle``: what the OS packages say and hold.

Those of one system are beside it: `bundle_linux`, `bundle_macos`, `bundle_windows`; signatures and
updates are in `bundle_signing`. `millennium build` carries all into ``bundle-manifest.json``.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from millennium.config.bundle_linux import (
    AppimageConfig,
    ArchConfig,
    DebConfig,
    FlatpakConfig,
    RpmConfig,
)
from millennium.config.bundle_macos import DmgConfig, MacosConfig
from millennium.config.bundle_signing import ReleaseConfig, SigningConfig
from millennium.config.bundle_windows import WindowsConfig


class FileAssociation(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"
):
    """A kind of file the app opens.

    Attributes:
        ext: Extensions, without a dot.
        name: What the kind is called.
        description: For the file manager.
        role: What the app does with such a file.
        mime_type: Empty to leave it to the system.
    """

    ext: tuple[str, ...]
    name: str = ""
    description: str = ""
    role: Literal["editor", "viewer", "shell", "ql-generator", "none"] = "editor"
    mime_type: str = ""


class BundleConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """The packages.

    Attributes:
        active: Whether ``millennium build`` bundles too.
        targets: Formats that ``millennium bundle`` makes when none are named; ``all``, the default,
            for every one that fits. Those of other systems are passed over.
        icon: Image files, the largest first.
        resources: Files, folders or patterns; or a map from these to places in the package.
        copyright: The notice, such as ``2026 Ada Lovelace``.
        category: Of the app, as stores and menus know it.
        short_description: Default: the app's description.
        long_description: Paragraphs, divided by empty lines.
        email: Of the maintainer.
        license_files: Texts that the package carries.
        changelog: A file, or the changes themselves.
        file_associations: Kinds of files the app opens.
        deep_link_schemes: Schemes of links the app opens, such as ``notes``.
        external_bin: Programs installed beside the app's own, each as ``<path>-<target>``.
        create_updater_artifacts: Whether a release for updaters is made beside the packages; in
            archives, with ``v1-compatible``.
        updater: What such a release says.
        signing: Who signs.
        deb: Debian packages.
        rpm: RPM packages.
        arch: Packages for Arch Linux.
        appimage: AppImages.
        flatpak: Flatpak bundles.
        macos: The macOS application.
        dmg: The disk image.
        windows: The Windows installers.
    """

    active: bool = False
    targets: str | tuple[str, ...] = ()
    icon: tuple[str, ...] = ()
    resources: tuple[str, ...] | dict[str, str] = ()
    copyright: str = ""
    category: str = ""
    short_description: str = ""
    long_description: str = ""
    email: str = ""
    license_files: tuple[str, ...] = ()
    changelog: str = ""
    file_associations: tuple[FileAssociation, ...] = ()
    deep_link_schemes: tuple[str, ...] = ()
    external_bin: tuple[str, ...] = ()
    create_updater_artifacts: bool | Literal["v1-compatible"] = False
    updater: ReleaseConfig = ReleaseConfig()
    signing: SigningConfig = SigningConfig()
    deb: DebConfig = DebConfig()
    rpm: RpmConfig = RpmConfig()
    arch: ArchConfig = ArchConfig()
    appimage: AppimageConfig = AppimageConfig()
    flatpak: FlatpakConfig = FlatpakConfig()
    macos: MacosConfig = MacosConfig()
    dmg: DmgConfig = DmgConfig()
    windows: WindowsConfig = WindowsConfig()
