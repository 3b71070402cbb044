"""The keys of ``bundle.windows``: the .msi package and the NSIS installer."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct


class WebviewInstallMode(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"
):
    """How the installer sees to WebView2.

    Attributes:
        type: What it does where WebView2 is missing.
        silent: Whether WebView2's own installer shows nothing.
        path: ``fixed-runtime``: its folder; ``embed-bootstrapper`` and ``offline-installer``: a
            file of your own.
        url: Where that is fetched from; default: a link of Microsoft's.
        sha256: Of what is fetched; nothing else is taken.
    """

    type: Literal[
        "skip", "download-bootstrapper", "embed-bootstrapper", "offline-installer", "fixed-runtime"
    ] = "download-bootstrapper"
    silent: bool = True
    path: str = ""
    url: str = ""
    sha256: str = ""


class LanguageConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """One language of the .msi package.

    Attributes:
        locale_path: JSON file with texts of the wizard.
    """

    locale_path: str = ""


class WixConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """The .msi package; named as in the original, but made without WiX.

    Attributes:
        language: One, several, or each with texts of its own: a package each.
        template: Of the original.
        version: Of the package, where the app's own does not fit.
        upgrade_code: Of an older installer that is replaced.
        fragment_paths: JSON or TOML files with rows of own.
        component_group_refs: Of the original.
        component_refs: Of the original.
        feature_group_refs: Of the original.
        feature_refs: Of the original.
        merge_refs: Of the original.
        license: RTF or text; default: ``license-files``.
        enable_elevated_update_task: Of the original.
        banner_path: BMP or PNG of 493 x 58.
        dialog_image_path: BMP or PNG of 493 x 312.
        install_scope: For everybody, or for one user.
        start_menu_folder: Folder of the shortcut; default: none.
        desktop_shortcut: Whether the desktop gets one, too.
        add_to_path: Whether the app's folder is added to ``PATH``.
        launch_after_install: Whether the last page offers to start the app.
    """

    language: str | tuple[str, ...] | dict[str, LanguageConfig] = "en-US"
    template: str = ""
    version: str = ""
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
    install_scope: Literal["per-machine", "per-user"] = "per-machine"
    start_menu_folder: str = ""
    desktop_shortcut: bool = False
    add_to_path: bool = False
    launch_after_install: bool = True


class NsisConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """The NSIS installer.

    Attributes:
        template: NSIS script in place of ours, with its places.
        license: RTF or text; default: ``license-files``.
        header_image: BMP or PNG of 150 x 57.
        sidebar_image: BMP or PNG of 164 x 314.
        installer_icon: An ``.ico``; default: the app's.
        install_mode: For one user, for everybody, or as the user says.
        languages: Such as ``de-DE`` or ``German``; the first is taken when none fits.
        custom_language_files: Language → JSON file with texts of the pages.
        display_language_selector: Whether the user is asked.
        compression: Of what is inside.
        start_menu_folder: Folder of the shortcut; default: none.
        desktop_shortcut: Whether the desktop gets one, too.
        launch_after_install: Whether the last page offers to start the app.
        installer_hooks: NSIS file with macros that run before and after.
        minimum_webview2_version: An older WebView2 is brought up to date.
        stub: Machine of the installer itself; every Windows runs ``x86``.
    """

    template: str = ""
    license: str = ""
    header_image: str = ""
    sidebar_image: str = ""
    installer_icon: str = ""
    install_mode: Literal["current-user", "per-machine", "both"] = "current-user"
    languages: tuple[str, ...] = ("en-US",)
    custom_language_files: dict[str, str] = {}
    display_language_selector: bool = False
    compression: Literal["zlib", "bzip2", "lzma", "none"] = "lzma"
    start_menu_folder: str = ""
    desktop_shortcut: bool = False
    launch_after_install: bool = True
    installer_hooks: str = ""
    minimum_webview2_version: str = ""
    stub: Literal["x86", "x86_64"] = "x86"


class WindowsConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """What the Windows installers share.

    Attributes:
        digest_algorithm: Of signatures; the same as in ``signing.authenticode``.
        certificate_thumbprint: Of the original.
        timestamp_url: Who is asked for the time; the same as in ``signing.authenticode``.
        tsp: Of the original; time stamps are those of RFC 3161 anyway.
        sign_command: The same as in ``signing.authenticode``, as one line or as words.
        allow_downgrades: Whether an older version may be installed over a newer one.
        one_file: Of the original; every build is one file.
        webview_install_mode: How the installer sees to WebView2.
        wix: The .msi package.
        nsis: The NSIS installer.
    """

    digest_algorithm: Literal["sha256", "sha384", "sha512"] = "sha256"
    certificate_thumbprint: str = ""
    timestamp_url: str = ""
    tsp: bool = False
    sign_command: str | tuple[str, ...] = ""
    allow_downgrades: bool = False
    one_file: bool = False
    webview_install_mode: WebviewInstallMode = WebviewInstallMode()
    wix: WixConfig = WixConfig()
    nsis: NsisConfig = NsisConfig()
