"""The keys of ``bundle`` that are for Linux: deb, rpm, Arch, AppImage, Flatpak."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct


class DebConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """The Debian package.

    Attributes:
        depends: Packages it needs, besides those that are found in the executable.
        recommends: Packages it is better with.
        provides: Names it also answers to.
        conflicts: Packages it cannot be installed beside.
        replaces: Packages whose files it may overwrite.
        packages: Shared library → the package that brings it, where that is not found out.
        files: Place in the package → file or folder of the project.
        section: Of the archive.
        priority: How much a system needs it.
        changelog: A file, or the changes themselves; the common one otherwise.
        desktop_template: A file, taken instead of the entry in the menu that is made.
        pre_install_script: For ``/bin/sh``, before files are unpacked.
        post_install_script: After they are there.
        pre_remove_script: Before they go.
        post_remove_script: After they are gone.
        signature: Whether a signature stands inside, for ``debsig-verify``.
    """

    depends: tuple[str, ...] = ()
    recommends: tuple[str, ...] = ()
    provides: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()
    packages: dict[str, str] = {}
    files: dict[str, str] = {}
    section: str = "utils"
    priority: Literal["optional", "standard", "important", "extra"] = "optional"
    changelog: str = ""
    desktop_template: str = ""
    pre_install_script: str = ""
    post_install_script: str = ""
    pre_remove_script: str = ""
    post_remove_script: str = ""
    signature: bool = False


class RpmConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """The RPM package; relations are ``name``, ``name >= 1.2`` or a condition.

    Attributes:
        license: Default: the app's.
        depends: Packages it needs, besides those that are found in the executable.
        recommends: Packages it is better with.
        provides: Names it also answers to.
        conflicts: Packages it cannot be installed beside.
        obsoletes: Packages that it takes the place of.
        release: Number of this package of one version.
        epoch: Is greater when versions are counted anew.
        files: Place in the package → file or folder of the project.
        desktop_template: A file, taken instead of the entry in the menu that is made.
        pre_install_script: For ``/bin/sh``, before files are unpacked.
        post_install_script: After they are there.
        pre_remove_script: Before they go.
        post_remove_script: After they are gone.
    """

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


class ArchConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """The package for Arch Linux.

    Attributes:
        depends: Packages it needs, besides those that are found in the executable.
        recommends: Packages it is better with, as ``name: why``.
        provides: Names it also answers to.
        conflicts: Packages it cannot be installed beside.
        replaces: Packages that it takes the place of.
        release: Number of this package of one version.
        files: Place in the package → file or folder of the project.
        pre_install_script: For ``/bin/sh``, before files are unpacked.
        post_install_script: After they are there.
        pre_remove_script: Before they go.
        post_remove_script: After they are gone.
    """

    depends: tuple[str, ...] = ()
    recommends: tuple[str, ...] = ()
    provides: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()
    release: str = "1"
    files: dict[str, str] = {}
    pre_install_script: str = ""
    post_install_script: str = ""
    pre_remove_script: str = ""
    post_remove_script: str = ""


class AppimageConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """The AppImage.

    Attributes:
        bundle_media_framework: Of the original; nothing of the system's is packed here.
        files: Place below the AppImage's root → file or folder of the project.
        update_information: ``zsync|URL``, or ``gh-releases-zsync|owner|repository|tag|file``.
        block_kibibytes: What is compressed together: larger is smaller and starts more slowly.
    """

    bundle_media_framework: bool = False
    files: dict[str, str] = {}
    update_information: str = ""
    block_kibibytes: Literal[128, 256, 512, 1024] = 128


class FlatpakConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """The Flatpak bundle.

    Attributes:
        runtime: What it runs in; must have WebKitGTK 4.1.
        runtime_version: Of the runtime.
        sdk: That belongs to the runtime.
        runtime_repository: Where flatpak finds the runtime; empty for none.
        branch: Of the app.
        network: Whether the app reaches the network.
        finish_args: Further permissions, as ``flatpak build-finish`` takes them.
    """

    runtime: str = "org.gnome.Platform"
    runtime_version: str = "50"
    sdk: str = "org.gnome.Sdk"
    runtime_repository: str = "https://flathub.org/repo/flathub.flatpakrepo"
    branch: str = "stable"
    network: bool = False
    finish_args: tuple[str, ...] = ()
