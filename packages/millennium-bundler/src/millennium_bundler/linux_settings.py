"""What only Linux packages need: the key `linux` of the manifest, one dataclass a format."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from millennium_bundler.extra_file import ExtraFile
from millennium_bundler.schema import TEXT, number, text

# https://www.debian.org/doc/debian-policy/ch-relationships.html, https://man.archlinux.org/man/PKGBUILD.5
_DEBIAN = (
    r"[a-z0-9][a-z0-9+.-]+(:[a-z0-9-]+)?( ?\((<<|<=|=|>=|>>) ?[0-9A-Za-z][0-9A-Za-z.+:~-]*\))?"
)
_DEBIAN_RELATION = rf"{_DEBIAN}( ?\| ?{_DEBIAN})*"
_ARCH_RELATION = r"[a-z0-9@_+][A-Za-z0-9@._+-]*(([<>]=?|=)[0-9A-Za-z][0-9A-Za-z.:_+~-]*)?"

# It has 1 KiB in the runtime:
# https://github.com/AppImage/AppImageSpec/blob/master/draft.md#update-information
_UPDATE = r"[\x20-\x7e]{0,1023}"
_MOST_RELEASE_CHARS = 32
_MOST_RUNTIME_CHARS, _MOST_BRANCH_CHARS = 200, 64
_BRANCH = r"[A-Za-z0-9][A-Za-z0-9._-]*"
_RUNTIME = r"[A-Za-z][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+){2,}"
_FINISH_ARGUMENT = (
    r"--(share|socket|device|allow|filesystem|persist)=[A-Za-z0-9~!/][A-Za-z0-9._~:/@+-]*"
    r"|--(system-)?(talk|own)-name=[A-Za-z0-9_.*-]+"
    r"|--env=[A-Za-z_][A-Za-z0-9_]*=[^\x00-\x1f\x7f]*"
)


def debian_packages() -> Any:  # noqa: ANN401 - as dataclasses.field
    """Declare a field for packages as Debian names them, each perhaps with a version or another one."""
    wanted = "one package such as curl, curl (>= 8.0) or curl | wget"
    return field(default=(), metadata={"pattern": _DEBIAN_RELATION, "wanted": wanted})


def arch_packages() -> Any:  # noqa: ANN401 - as dataclasses.field
    """Declare a field for packages as Arch names them, each perhaps with a version."""
    wanted = "one package such as curl or curl>=8.0"
    return field(default=(), metadata={"pattern": _ARCH_RELATION, "wanted": wanted})


def _runtime(default: str) -> Any:  # noqa: ANN401 - as dataclasses.field
    wanted = "a name of three parts or more, such as org.gnome.Platform"
    return text(default, pattern=_RUNTIME, wanted=wanted, most=_MOST_RUNTIME_CHARS)


def _branch(default: str) -> Any:  # noqa: ANN401 - as dataclasses.field
    wanted = "letters, digits and ._- such as 24.08"
    return text(default, pattern=_BRANCH, wanted=wanted, most=_MOST_BRANCH_CHARS)


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

    depends: tuple[str, ...] = debian_packages()
    recommends: tuple[str, ...] = debian_packages()
    provides: tuple[str, ...] = debian_packages()
    conflicts: tuple[str, ...] = debian_packages()
    replaces: tuple[str, ...] = debian_packages()
    section: str = text(
        "utils", pattern=r"([a-z-]+/)?[a-z0-9-]+", wanted="a section of Debian such as utils"
    )
    priority: Literal["optional", "standard", "important", "extra"] = "optional"
    packages: dict[str, str] = field(
        default_factory=dict,
        metadata={
            "pattern": _DEBIAN_RELATION,
            "about": "shared library → Debian package",
            "wanted": "one package such as libfoo1",
        },
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
    release: str = text(
        "1",
        pattern=r"[0-9A-Za-z][0-9A-Za-z._+~^]*",
        wanted="a release such as 1 or 1.fc42",
        most=_MOST_RELEASE_CHARS,
    )
    epoch: int = number(0, least=0, most=2**31 - 1)
    files: tuple[ExtraFile, ...] = ()
    desktop_template: str = text("", about="file, instead of the desktop entry that is made")
    scripts: ScriptSettings = ScriptSettings()


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchSettings:
    """What only a package for Arch Linux needs."""

    depends: tuple[str, ...] = arch_packages()
    recommends: tuple[str, ...] = ()
    provides: tuple[str, ...] = arch_packages()
    conflicts: tuple[str, ...] = arch_packages()
    replaces: tuple[str, ...] = arch_packages()
    release: str = text(
        "1",
        pattern=r"[1-9][0-9]*(\.[0-9]+)?",
        wanted="a number such as 1",
        most=_MOST_RELEASE_CHARS,
    )
    files: tuple[ExtraFile, ...] = ()
    scripts: ScriptSettings = ScriptSettings()


@dataclass(frozen=True, slots=True, kw_only=True)
class AppImageSettings:
    """What only an AppImage needs."""

    files: tuple[ExtraFile, ...] = ()
    update_information: str = text(
        "",
        pattern=_UPDATE,
        about="zsync|URL, or gh-releases-zsync|owner|repository|tag|file",
        wanted="at most 1023 characters of ASCII",
    )
    block_kibibytes: Literal[128, 256, 512, 1024] = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class FlatpakSettings:
    """What only a Flatpak bundle needs."""

    runtime: str = _runtime("org.gnome.Platform")
    runtime_version: str = _branch("50")
    sdk: str = _runtime("org.gnome.Sdk")
    runtime_repository: str = text(
        "https://flathub.org/repo/flathub.flatpakrepo",
        pattern=r"(https://[^\s\x00-\x1f\x7f]+)?",
        about="where flatpak finds the runtime",
        wanted="an address that begins with https://",
    )
    branch: str = _branch("stable")
    network: bool = False
    finish_args: tuple[str, ...] = field(
        default=(),
        metadata={
            "pattern": _FINISH_ARGUMENT,
            "about": "further permissions",
            "wanted": "one that flatpak build-finish takes, such as --filesystem=xdg-documents",
        },
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class LinuxSettings:
    """What only Linux packages need."""

    deb: DebSettings = DebSettings()
    rpm: RpmSettings = RpmSettings()
    arch: ArchSettings = ArchSettings()
    appimage: AppImageSettings = AppImageSettings()
    flatpak: FlatpakSettings = FlatpakSettings()
