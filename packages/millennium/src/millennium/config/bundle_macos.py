"""The keys of ``bundle`` that are for macOS: the application and the disk image."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct


class MacosConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """The macOS application.

    Attributes:
        frameworks: Paths of ``.framework`` folders and ``.dylib`` files, or names of installed
            frameworks.
        files: Place below ``Contents`` → file or folder of the project.
        minimum_system_version: The oldest macOS it runs on; ``none`` leaves the entry out.
        bundle_version: Number of this build; default: the numbers of the version.
        exception_domain: May be spoken to without TLS.
        license: Text or RTF that must be agreed to before the disk image opens.
        signing_identity: Name of a certificate in the keychain; ``-`` signs without one.
        certificate: A ``.p12`` or PEM file; ``APPLE_CERTIFICATE_PASSWORD`` opens it.
        certificate_chain: Files with those that vouch for it, where it comes without them.
        timestamp_url: Who is asked for the time; default: Apple, for certificates of Apple.
        provider_short_name: Of the original; today's notary does not ask for it.
        entitlements: Property list of what the app may do.
        hardened_runtime: Whether the system guards the app's memory; notarisation asks for it.
        info_plist: Property list that is laid over the one that is made.
    """

    frameworks: tuple[str, ...] = ()
    files: dict[str, str] = {}
    minimum_system_version: str = "10.13"
    bundle_version: str = ""
    exception_domain: str = ""
    license: str = ""
    signing_identity: str = ""
    certificate: str = ""
    certificate_chain: tuple[str, ...] = ()
    timestamp_url: str = ""
    provider_short_name: str = ""
    entitlements: str = ""
    hardened_runtime: bool = True
    info_plist: str = ""


class Point(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A place in a disk image's window."""

    x: int
    y: int


class Extent(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The size of a disk image's window."""

    width: int
    height: int


class DmgConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """The disk image's window.

    Attributes:
        background: PNG behind the icons; ``name@2x.png`` beside it is for fine displays.
        window_position: Of the window on the screen.
        window_size: Without its title bar.
        app_position: Of the app's icon, its middle.
        application_folder_position: Of the link to ``/Applications``.
        icon_size: Of both, in points.
        compression: Every Mac reads ``zlib``; the others are smaller.
    """

    background: str = ""
    window_position: Point = Point(x=200, y=120)
    window_size: Extent = Extent(width=660, height=400)
    app_position: Point = Point(x=180, y=170)
    application_folder_position: Point = Point(x=480, y=170)
    icon_size: int = 128
    compression: Literal["zlib", "bzip2", "lzma"] = "zlib"
