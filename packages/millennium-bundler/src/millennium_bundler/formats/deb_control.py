"""The control file of a .deb: who the package is and what it needs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from millennium_bundler.debian_version import debian_version
from millennium_bundler.desktop import paragraphs, summary
from millennium_bundler.documents import maintainer
from millennium_bundler.elf import Elf, is_elf, read_elf
from millennium_bundler.errors import FormatError
from millennium_bundler.settings import BundleSettings
from millennium_bundler.shlibs import DPKG_INFO, GLIBC, Dpkg, Need, merged
from millennium_bundler.tree import File, Tree

# https://www.debian.org/ports/ for each machine that an ELF header names
ARCHITECTURES = {
    "x86_64": "amd64",
    "aarch64": "arm64",
    "i686": "i386",
    "armv7": "armhf",
    "riscv64": "riscv64",
    "ppc64le": "ppc64el",
    "s390x": "s390x",
}
_KIBIBYTE = 1024
_LINE_CHARS = 76


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """A control file, field by field in the order it is written."""

    fields: dict[str, str]

    def to_bytes(self) -> bytes:
        """Return the file's content."""
        return "".join(f"{name}: {value}\n" for name, value in self.fields.items()).encode()


def package_name(settings: BundleSettings) -> str:
    """Return the package's name: the binary's, in the letters Debian takes.

    The manifest lets a binary's name begin with a letter or digit, as Debian does. One of a single
    character, which Debian does not take, has ``-app`` behind it; the command keeps its own.

    Source: https://www.debian.org/doc/debian-policy/ch-controlfields.html#source
    """
    name = settings.binary_name.lower().replace("_", "-")
    return name if len(name) > 1 else f"{name}-app"


def architecture(settings: BundleSettings) -> str:
    """Return Debian's name of the target's machine.

    Raises:
        FormatError: The target is not a Linux that Debian runs on.
    """
    machine, system, *libc = settings.target.split("-")
    if system != "linux" or machine not in ARCHITECTURES or libc not in ([], ["gnu"]):
        message = f"a .deb cannot carry an executable for {settings.target}"
        raise FormatError(
            message, code="deb.target", help="choose a target such as x86_64-linux-gnu"
        )
    return ARCHITECTURES[machine]


def make_control(settings: BundleSettings, tree: Tree, *, dpkg_info: Path = DPKG_INFO) -> Control:
    """Write the control file.

    Args:
        settings: The manifest.
        tree: Everything that the package installs.
        dpkg_info: Where the dpkg data lies that names the packages of libraries.

    Raises:
        FormatError: Name, version, target or a library cannot be expressed.
    """
    deb = settings.linux.deb
    depends = merged(
        [*_libraries(settings, tree, dpkg_info), *settings.engine.debian, *deb.depends]
    )
    fields = {
        "Package": package_name(settings),
        "Version": debian_version(settings.version),
        "Architecture": architecture(settings),
        "Maintainer": maintainer(settings),
        "Installed-Size": str(_installed_kibibytes(tree)),
        "Depends": ", ".join(depends),
        "Recommends": ", ".join(deb.recommends),
        "Provides": ", ".join(deb.provides),
        "Conflicts": ", ".join(deb.conflicts),
        "Replaces": ", ".join(deb.replaces),
        "Section": deb.section,
        "Priority": deb.priority,
        "Homepage": settings.homepage,
        "Description": _description(settings),
    }
    return Control(fields={name: value for name, value in fields.items() if value})


def parse_control(data: bytes) -> Control:
    """Read a control file back; continued lines keep their leading space."""
    fields: dict[str, str] = {}
    name = ""
    for line in data.decode("utf-8", "replace").splitlines():
        if line.startswith(" "):
            fields[name] = f"{fields.get(name, '')}\n{line}"
            continue
        name, _, value = line.partition(":")
        fields[name] = value.strip()
    return Control(fields=fields)


def _libraries(settings: BundleSettings, tree: Tree, dpkg_info: Path) -> list[str]:
    dpkg = Dpkg(architecture=architecture(settings), folder=dpkg_info)
    carried = {file.path.rpartition("/")[2] for file in tree.files()}
    named = settings.linux.deb.packages
    relations: list[str] = []
    for need in _needs(settings, tree):
        if need.soname in carried:
            continue
        relation = named.get(need.soname) or dpkg.relation(need)
        if relation is None:
            message = f"no Debian package is known to bring {need.soname}"
            help_line = f'name it in the manifest: linux.deb.packages["{need.soname}"] = "package"'
            raise FormatError(message, code="deb.soname", help=help_line)
        relations.append(relation)
    return relations


def _needs(settings: BundleSettings, tree: Tree) -> list[Need]:
    versions = settings.symbol_versions
    libc = {name: versions.get("libc.so.6", "") for name in GLIBC}
    lowest = {**libc, **versions}
    names = dict.fromkeys([*settings.sonames, *versions])
    needs = [Need(soname=name, version=lowest.get(name, "")) for name in names]
    for file in tree.files():
        if is_elf(file.data):
            needs += _own_needs(read_elf(file.data, place=file.path))
    return needs


def _own_needs(elf: Elf) -> list[Need]:
    return [Need(soname=name, nodes=elf.versions.get(name, ())) for name in elf.needed]


def _installed_kibibytes(tree: Tree) -> int:
    sizes = ((len(e.data) + _KIBIBYTE - 1) // _KIBIBYTE if isinstance(e, File) else 1 for e in tree)
    return sum(sizes)


def _description(settings: BundleSettings) -> str:
    parts = paragraphs(settings)
    lines = [f" {line}" if line else " ." for part in parts for line in ("", *_wrapped(part))][1:]
    short = summary(settings)
    return "\n".join([short, *lines])


def _wrapped(paragraph: str) -> list[str]:
    lines: list[str] = [""]
    for word in paragraph.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > _LINE_CHARS:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines
