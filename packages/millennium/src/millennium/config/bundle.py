"""The keys of ``bundle``: what the OS packages say and hold."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Target = Literal[
    "app", "appimage", "arch", "deb", "dmg", "flatpak", "msi", "nsis", "rpm", "snap", "updater"
]


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
    role: Literal["editor", "viewer", "shell", "none"] = "editor"
    mime_type: str = ""


class DebConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """The Debian package.

    Attributes:
        depends: Packages it needs, besides those that are found in the executable.
        recommends: Packages it is better with.
        provides: Names it also answers to.
        conflicts: Packages it cannot be installed beside.
        replaces: Packages whose files it may overwrite.
        files: Place in the package → file of the project.
        section: Of the archive; empty for ``utils``.
        priority: Empty for ``optional``.
        changelog: A file; the common one otherwise.
        desktop_template: Another template for the entry in the menu.
    """

    depends: tuple[str, ...] = ()
    recommends: tuple[str, ...] = ()
    provides: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()
    files: dict[str, str] = {}
    section: str = ""
    priority: str = ""
    changelog: str = ""
    desktop_template: str = ""
    pre_install_script: str = ""
    post_install_script: str = ""
    pre_remove_script: str = ""
    post_remove_script: str = ""


class RpmConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """The RPM package. `files` maps a place in the package to a file of the project."""

    license: str = ""
    depends: tuple[str, ...] = ()
    recommends: tuple[str, ...] = ()
    provides: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()
    obsoletes: tuple[str, ...] = ()
    release: str = "1"
    epoch: int = 0
    files: dict[str, str] = {}
    desktop_template: str = ""
    pre_install_script: str = ""
    post_install_script: str = ""
    pre_remove_script: str = ""
    post_remove_script: str = ""


class AppimageConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """The AppImage."""

    bundle_media_framework: bool = False
    files: dict[str, str] = {}


class MacosConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """The macOS application.

    Attributes:
        minimum_system_version: Empty to leave the entry out.
        signing_identity: Empty for none.
    """

    frameworks: tuple[str, ...] = ()
    minimum_system_version: str = "10.13"
    exception_domain: str = ""
    license: str = ""
    signing_identity: str = ""
    provider_short_name: str = ""
    entitlements: str = ""
    hardened_runtime: bool = True


class Point(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A place in a disk image's window."""

    x: int
    y: int


class Extent(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The size of a disk image's window."""

    width: int
    height: int


class DmgConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """The disk image's window."""

    background: str = ""
    window_position: Point | None = None
    window_size: Extent = Extent(width=660, height=400)
    app_position: Point = Point(x=180, y=170)
    application_folder_position: Point = Point(x=480, y=170)


class WebviewInstallMode(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"
):
    """How the installer sees to WebView2."""

    type: Literal[
        "skip", "download-bootstrapper", "embed-bootstrapper", "offline-installer", "fixed-runtime"
    ] = "download-bootstrapper"
    silent: bool = True
    path: str = ""


class WixConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """The MSI installer."""

    language: str | tuple[str, ...] | dict[str, dict[str, str]] = "en-US"
    template: str = ""
    upgrade_code: str = ""
    fragment_paths: tuple[str, ...] = ()
    component_group_refs: tuple[str, ...] = ()
    component_refs: tuple[str, ...] = ()
    feature_group_refs: tuple[str, ...] = ()
    feature_refs: tuple[str, ...] = ()
    merge_refs: tuple[str, ...] = ()
    license: str = ""
    enable_elevated_update_task: bool = False
    banner_path: str = ""
    dialog_image_path: str = ""


class NsisConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """The NSIS installer."""

    template: str = ""
    license: str = ""
    header_image: str = ""
    sidebar_image: str = ""
    installer_icon: str = ""
    install_mode: Literal["current-user", "per-machine", "both"] = "current-user"
    languages: tuple[str, ...] = ("English",)
    custom_language_files: dict[str, str] = {}
    display_language_selector: bool = False
    compression: Literal["zlib", "bzip2", "lzma", "none"] = "lzma"
    start_menu_folder: str = ""
    installer_hooks: str = ""
    minimum_webview2_version: str = ""


class WindowsConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """What the Windows installers share."""

    digest_algorithm: str = "sha256"
    certificate_thumbprint: str = ""
    timestamp_url: str = ""
    tsp: bool = False
    sign_command: str = ""
    allow_downgrades: bool = True
    one_file: bool = False
    webview_install_mode: WebviewInstallMode = WebviewInstallMode()
    wix: WixConfig = WixConfig()
    nsis: NsisConfig = NsisConfig()


class BundleConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """The packages.

    Attributes:
        active: Whether ``millennium build`` bundles too.
        targets: Formats; empty for all that this system can make.
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
        external_bin: Sidecars, each as ``<path>-<target>``.
        create_updater_artifacts: Whether updater archives are made beside the packages.
        deb: Debian packages.
        rpm: RPM packages.
        appimage: AppImages.
        macos: The macOS application.
        dmg: The disk image.
        windows: The Windows installers.
    """

    active: bool = False
    targets: tuple[Target, ...] = ()
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
    create_updater_artifacts: bool = False
    deb: DebConfig = DebConfig()
    rpm: RpmConfig = RpmConfig()
    appimage: AppimageConfig = AppimageConfig()
    macos: MacosConfig = MacosConfig()
    dmg: DmgConfig = DmgConfig()
    windows: WindowsConfig = WindowsConfig()
