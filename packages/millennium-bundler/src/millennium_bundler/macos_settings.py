"""What only macOS packages need: the key `macos` of the manifest."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from millennium_bundler.schema import number, text

_MOST_POINTS = 32_767
_VERSION = r"[0-9]{1,5}(\.[0-9]{1,5}){0,2}"
_PATH = r"[^\x00-\x1f\x7f]*"
_DOMAIN = r"([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9-]+)*)?"

OLDEST_SYSTEM = "10.13"
"""LSMinimumSystemVersion when nobody says."""
ANY_SYSTEM = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A place in a window, in points, from its upper left corner."""

    x: int = number(least=0, most=_MOST_POINTS)
    y: int = number(least=0, most=_MOST_POINTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """The size of a window, in points."""

    width: int = number(least=1, most=_MOST_POINTS)
    height: int = number(least=1, most=_MOST_POINTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class DmgSettings:
    """How the window of a disk image looks.

    Attributes:
        background: PNG behind the icons; a file named like it with "@2x" is used for fine displays.
        window_position: Of the window on the screen.
        app_position: Of the app's icon, its middle.
        application_folder_position: Of the link to /Applications.
    """

    background: str = text("", pattern=_PATH)
    window_position: Point = Point(x=200, y=120)
    window_size: Size = Size(width=660, height=400)
    app_position: Point = Point(x=180, y=170)
    application_folder_position: Point = Point(x=480, y=170)
    icon_size: int = number(128, least=16, most=512)
    compression: Literal["zlib", "bzip2", "lzma"] = "zlib"


@dataclass(frozen=True, slots=True, kw_only=True)
class MacosSettings:
    """What only macOS packages need.

    Attributes:
        frameworks: Paths of ``.framework`` folders or ``.dylib`` files, or names of installed frameworks.
        files: Path below ``Contents`` → file or folder that is put there.
        minimum_system_version: "none" leaves it out.
        bundle_version: CFBundleVersion; the numbers of the app's version when empty.
        license: Text or RTF that must be agreed to before the disk image opens.
        provider_short_name: Of older configurations, and refused: it chose a team of an Apple ID.
        signing_identity: "-" signs without a certificate; a name is one of the keychain's.
        certificate: File with the certificate that signs and its key; APPLE_CERTIFICATE_PASSWORD opens it.
        certificate_chain: Files with those that vouch for it, where it comes without them.
        timestamp_url: Authority that is asked for the time; Apple's for Apple's certificates, "none" for none.
        entitlements: Property list of what the app may do.
        info_plist: Property list that is laid over the one that is made.
    """

    frameworks: tuple[str, ...] = field(default=(), metadata={"pattern": r"[^\x00-\x1f\x7f]+"})
    files: dict[str, str] = field(
        default_factory=dict, metadata={"pattern": r"[^\x00-\x1f\x7f]+", "about": "in Contents"}
    )
    minimum_system_version: str = text(
        OLDEST_SYSTEM,
        pattern=rf"({_VERSION}|{ANY_SYSTEM})?",
        wanted=f"a version of macOS such as 12.0, or {ANY_SYSTEM}",
    )
    bundle_version: str = text(
        "", pattern=rf"({_VERSION})?", wanted="one to three numbers such as 1.2.3"
    )
    exception_domain: str = text(
        "",
        pattern=_DOMAIN,
        about="may be spoken to without TLS",
        wanted="a domain such as example.org, without http://",
    )
    license: str = text("", pattern=_PATH)
    signing_identity: str = text("")
    certificate: str = text("", pattern=_PATH, about=".p12 or PEM; password: a variable")
    certificate_chain: tuple[str, ...] = field(
        default=(), metadata={"pattern": r"[^\x00-\x1f\x7f]+", "about": "PEM or DER"}
    )
    timestamp_url: str = text(
        "",
        pattern=r"(none|https?://[^\s<>\x00-\x1f\x7f]+)?",
        wanted="an address such as http://timestamp.apple.com/ts01, or none",
    )
    provider_short_name: str = text(
        "",
        pattern="",
        wanted="left out: the notary's key belongs to one team, and no Apple ID is asked",
    )
    entitlements: str = text("", pattern=_PATH)
    hardened_runtime: bool = True
    info_plist: str = text("", pattern=_PATH)
    dmg: DmgSettings = DmgSettings()
