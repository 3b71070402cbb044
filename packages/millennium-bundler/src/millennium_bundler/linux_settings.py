"""What only Linux packages need: the key `linux` of the manifest, one dataclass a format."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from millennium_bundler.extra_file import ExtraFile
from millennium_bundler.schema import TEXT, number, text

RELATION = r"[a-z0-9][^\x00-\x1f\x7f,]*"
"""How Debian and Arch name a package, perhaps with the version that is needed."""

# It has 1 KiB in the runtime:
# https://github.com/AppImage/AppImageSpec/blob/master/draft.md#update-information
_UPDATE = r"[\x20-\x7e]{0,1023}"
_BRANCH = r"[A-Za-z0-9][A-Za-z0-9._-]*"
_RUNTIME = r"[A-Za-z][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+){2,}"
_FINISH_ARGUMENT = (
    r"--(share|socket|device|allow|filesystem|persist)=[A-Za-z0-9~!/][A-Za-z0-9._~:/@+-]*"
    r"|--(system-)?(talk|own)-name=[A-Za-z0-9_.*-]+"
    r"|--env=[A-Za-z_][A-Za-z0-9_]*=[^\x00-\x1f\x7f]*"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptSettings:
    """Scripts for ``/bin/sh``, each a file beside the manifest."""

    pre_install: str = text("", about="before files are unpacked")
    post_install: str = text("", about="after they are there")
    pre_remove: str = text("", about="before they go")
    post_remove: str = text("", about="after they are gone")


@dataclass(frozen=True, slots=True, kw_only=True)
class DebSettings:
    """What only a Debian package needs."""

    depends: tuple[str, ...] = field(default=(), metadata={"pattern": RELATION})
    recommends: tuple[str, ...] = field(default=(), metadata={"pattern": RELATION})
    provides: tuple[str, ...] = field(default=(), metadata={"pattern": RELATION})
    conflicts: tuple[str, ...] = field(default=(), metadata={"pattern": RELATION})
    replaces: tuple[str, ...] = field(default=(), metadata={"pattern": RELATION})
    section: str = text("utils", pattern=r"([a-z-]+/)?[a-z0-9-]+")
    priority: Literal["optional", "standard", "important", "extra"] = "optional"
    packages: dict[str, str] = field(
        default_factory=dict,
        metadata={"pattern": RELATION, "about": "shared library → Debian package"},
    )
    files: tuple[ExtraFile, ...] = ()
    changelog: str = text("", pattern=TEXT, about="default: that of all packages")
    desktop_template: str = text("", about="file, instead of the desktop entry that is made")
    scripts: ScriptSettings = ScriptSettings()
    signature: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RpmSettings:
    """What only an RPM package needs; relations are ``name``, ``name >= 1.2`` or a condition."""

    license: str = text("", about="default: the app's")
    depends: tuple[str, ...] = ()
    recommends: tuple[str, ...] = ()
    provides: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()
    obsoletes: tuple[str, ...] = ()
    release: str = text("1", pattern=r"[0-9A-Za-z][0-9A-Za-z._+~^]*")
    epoch: int = number(0, least=0, most=2**31 - 1)
    files: tuple[ExtraFile, ...] = ()
    desktop_template: str = text("", about="file, instead of the desktop entry that is made")
    scripts: ScriptSettings = ScriptSettings()


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchSettings:
    """What only a package for Arch Linux needs."""

    depends: tuple[str, ...] = field(default=(), metadata={"pattern": RELATION})
    recommends: tuple[str, ...] = ()
    provides: tuple[str, ...] = field(default=(), metadata={"pattern": RELATION})
    conflicts: tuple[str, ...] = field(default=(), metadata={"pattern": RELATION})
    replaces: tuple[str, ...] = field(default=(), metadata={"pattern": RELATION})
    release: str = text("1", pattern=r"[1-9][0-9]*(\.[0-9]+)?")
    files: tuple[ExtraFile, ...] = ()
    scripts: ScriptSettings = ScriptSettings()


@dataclass(frozen=True, slots=True, kw_only=True)
class AppImageSettings:
    """What only an AppImage needs."""

    files: tuple[ExtraFile, ...] = ()
    update_information: str = text(
        "", pattern=_UPDATE, about="zsync|URL, or gh-releases-zsync|owner|repository|tag|file"
    )
    block_kibibytes: Literal[128, 256, 512, 1024] = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class FlatpakSettings:
    """What only a Flatpak bundle needs."""

    runtime: str = text("org.gnome.Platform", pattern=_RUNTIME)
    runtime_version: str = text("50", pattern=_BRANCH)
    sdk: str = text("org.gnome.Sdk", pattern=_RUNTIME)
    runtime_repository: str = text(
        "https://flathub.org/repo/flathub.flatpakrepo",
        pattern=r"(https://[^\s\x00-\x1f\x7f]+)?",
        about="where flatpak finds the runtime",
    )
    branch: str = text("stable", pattern=_BRANCH)
    network: bool = False
    finish_args: tuple[str, ...] = field(
        default=(), metadata={"pattern": _FINISH_ARGUMENT, "about": "further permissions"}
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class LinuxSettings:
    """What only Linux packages need."""

    deb: DebSettings = DebSettings()
    rpm: RpmSettings = RpmSettings()
    arch: ArchSettings = ArchSettings()
    appimage: AppImageSettings = AppImageSettings()
    flatpak: FlatpakSettings = FlatpakSettings()
