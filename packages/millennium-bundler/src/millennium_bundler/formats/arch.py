"""The package for Arch Linux: written and read without pacman, on any system.

A ``.pkg.tar.zst`` is a tar of ``.PKGINFO`` (who it is), ``.MTREE`` (what every file looks like),
``.INSTALL`` (scripts, where there are some) and the files, compressed by zstd.

Source: https://man.archlinux.org/man/PKGBUILD.5 and https://man.archlinux.org/man/BUILDINFO.5
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import ClassVar

import zstandard

from millennium_bundler.archive.unpack import MAX_BYTES, unpack
from millennium_bundler.desktop import summary
from millennium_bundler.documents import compressed, maintainer
from millennium_bundler.errors import FormatError, PackageError, TreeError
from millennium_bundler.formats.arch_libraries import library_packages
from millennium_bundler.formats.interface import Finding, Format, Package
from millennium_bundler.formats.tarball import most_tar_bytes, read_tar, write_tar
from millennium_bundler.layout import linux_tree, outlined_tree, read_executable, read_extra
from millennium_bundler.scripts import Scripts, read_scripts
from millennium_bundler.settings import BundleSettings, Manifest
from millennium_bundler.tree import Entry, File, Folder, Link, Tree

# https://archlinux.org and its ports: https://archlinuxarm.org, https://archriscv.felixc.at
_MACHINES = {"x86_64": "x86_64", "aarch64": "aarch64", "armv7": "armv7h", "riscv64": "riscv64"}
_VERSION = re.compile(r"[0-9][A-Za-z0-9._+]*")
# What makepkg uses: https://gitlab.archlinux.org/pacman/pacman etc/makepkg.conf.in
_ZSTD_LEVEL = 19
_PACMAN_TIMEOUT_S = 120
_INFO, _TABLE, _INSTALL = ".PKGINFO", ".MTREE", ".INSTALL"
# Functions of .INSTALL; pacman knows upgrades apart, our scripts run for both as dpkg's do.
_FUNCTIONS = {
    "pre_install": ("pre_install", "pre_upgrade"),
    "post_install": ("post_install", "post_upgrade"),
    "pre_remove": ("pre_remove",),
    "post_remove": ("post_remove",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchContents:
    """What the package holds: its own three files, and those that are installed."""

    meta: tuple[File, ...]
    tree: Tree


class ArchFormat(Format[ArchContents]):
    """Packages for Arch Linux."""

    name: ClassVar[str] = "arch"
    machines: ClassVar[tuple[str, ...]] = tuple(_MACHINES)

    def check(self, manifest: Manifest) -> None:
        """Refuse a version, a target, a file or a script that pacman cannot take."""
        arch = manifest.settings.linux.arch
        read_scripts(manifest, arch.scripts)
        outline = outlined_tree(manifest, files=arch.files)
        _add_documents(outline, manifest)
        _refuse_dots(outline)
        arch_version(manifest.settings)
        _machine(manifest.settings)

    def lint(self, path: Path) -> tuple[Finding, ...] | None:
        """Ask pacman whether it can read description and files."""
        tool = shutil.which("pacman")
        if tool is None:
            return None
        with tempfile.TemporaryDirectory(prefix="millennium-pacman-") as folder:
            # A database of its own, and no settings: what is installed here has no say.
            alone = ("--config", os.devnull, "--dbpath", folder)
            done = subprocess.run(
                [tool, *alone, "--query", "--list", "--file", str(path)],
                capture_output=True,
                text=True,
                errors="replace",
                timeout=_PACMAN_TIMEOUT_S,
                check=False,
                env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8"},
            )
        if done.returncode == 0 and not done.stderr.strip():
            return ()
        said = done.stderr.strip() or f"exit code {done.returncode}"
        return (Finding(tool="pacman", severity="error", tag="unreadable", message=said),)

    def _plan(self, manifest: Manifest) -> ArchContents:
        settings = manifest.settings
        tree = _tree(manifest)
        info = File(path=_INFO, data=_package_info(settings, tree))
        scripts = _install_file(read_scripts(manifest, settings.linux.arch.scripts))
        own = (info, File(path=_INSTALL, data=scripts)) if scripts else (info,)
        table = File(path=_TABLE, data=compressed(_table([*own, *tree], tree.date)))
        return ArchContents(meta=(*own, table), tree=tree)

    def _build(self, manifest: Manifest, plan: ArchContents) -> Package:
        settings = manifest.settings
        name = f"{settings.binary_name.lower()}-{arch_version(settings)}-{_machine(settings)}"
        return Package(
            file_name=f"{name}.pkg.tar.zst",
            data=write_arch(plan),
            warnings=_warnings(settings, plan.tree),
        )

    def _verify(self, package: Package, plan: ArchContents) -> None:
        found = read_arch(package.file, max_bytes=most_tar_bytes(_whole(plan)))
        if {file.path: file for file in found.meta} != {file.path: file for file in plan.meta}:
            raise _corrupt("its description differs")
        if (list(found.tree), found.tree.date) != (list(plan.tree), plan.tree.date):
            raise _corrupt("its files differ")


def write_arch(contents: ArchContents) -> bytes:
    """Return a ``.pkg.tar.zst``; the same contents give the same bytes."""
    tar = write_tar(_whole(contents), prefix="")
    return zstandard.ZstdCompressor(level=_ZSTD_LEVEL, threads=0).compress(tar)


def read_arch(data: bytes, *, max_bytes: int = MAX_BYTES) -> ArchContents:
    """Read a ``.pkg.tar.zst`` and check it against its own table.

    Args:
        data: The package.
        max_bytes: The most that its archive may have uncompressed.

    Raises:
        PackageError: Not such a package, damaged, larger, or the table describes other files.
        TreeError: A path leaves its archive, or is taken.
    """
    tar = unpack(data, "zstd", max_bytes=max_bytes)
    whole = read_tar(tar)
    meta = tuple(file for file in whole.files() if file.path.startswith("."))
    tables = [file.data for file in meta if file.path == _TABLE]
    tree = Tree(date=whole.date)
    for entry in whole:
        if not isinstance(entry, Folder) and not entry.path.startswith("."):
            tree.add(entry)
    own = [file for file in meta if file.path != _TABLE]
    table = _table([*own, *tree], tree.date)
    if not tables or unpack(tables[0], "gzip", max_bytes=len(table), what=_TABLE) != table:
        raise _corrupt("its table describes other files")
    return ArchContents(meta=meta, tree=tree)


def arch_version(settings: BundleSettings) -> str:
    """Return pacman's version with its release, so that pre-releases sort first: 1.0-rc.1 → 1.0rc.1-1.

    Raises:
        FormatError: A character that pacman does not take.
    """
    found = settings.version.replace("-", "", 1).replace("-", ".").replace("~", "")
    if not _VERSION.fullmatch(found):
        message = f"{settings.version!r} cannot be a version of a package for Arch"
        raise FormatError(message, code="arch.version", help="use a version such as 1.2.3")
    return f"{found}-{settings.linux.arch.release}"


def _tree(manifest: Manifest) -> Tree:
    settings = manifest.settings
    tree = linux_tree(manifest, read_executable(manifest), files=settings.linux.arch.files)
    _add_documents(tree, manifest)
    return tree


def _add_documents(tree: Tree, manifest: Manifest) -> None:
    settings = manifest.settings
    for path in settings.license_files:
        data = read_extra(manifest.resolve(path), what="licence")
        tree.file(f"usr/share/licenses/{settings.binary_name}/{PurePosixPath(path).name}", data)
    if settings.sbom:
        sbom = read_extra(manifest.resolve(settings.sbom), what="sbom")
        tree.file(f"usr/share/doc/{settings.binary_name}/sbom.cdx.json", sbom)


def _refuse_dots(tree: Tree) -> None:
    """Refuse what pacman takes for a part of the package, not for a file to install: ``/.INSTALL``."""
    for file in tree.files():
        if file.path.startswith("."):
            message = f"a package for Arch cannot install '/{file.path}': pacman keeps such names for itself"
            raise TreeError(message, code="tree.conflict", help="change its destination")


def _whole(contents: ArchContents) -> Tree:
    whole = Tree(date=contents.tree.date)
    for entry in (*contents.meta, *contents.tree):
        if not isinstance(entry, Folder):
            whole.add(entry)
    return whole


def _package_info(settings: BundleSettings, tree: Tree) -> bytes:
    arch = settings.linux.arch
    known, _unknown = library_packages(settings, tree)
    name = settings.binary_name.lower()
    lines = [
        ("pkgname", name),
        ("pkgbase", name),
        ("xdata", "pkgtype=pkg"),
        ("pkgver", arch_version(settings)),
        ("pkgdesc", summary(settings)),
        ("url", settings.homepage),
        ("builddate", str(tree.date)),
        ("packager", maintainer(settings)),
        ("size", str(sum(len(file.data) for file in tree.files()))),
        ("arch", _machine(settings)),
        ("license", settings.license or "LicenseRef-not-specified"),
        *(("replaces", text) for text in sorted(arch.replaces)),
        *(("conflict", text) for text in sorted(arch.conflicts)),
        *(("provides", text) for text in sorted(arch.provides)),
        *(("depend", text) for text in sorted({*known, *settings.engine.arch, *arch.depends})),
        *(("optdepend", text) for text in sorted(arch.recommends)),
    ]
    return "".join(f"{key} = {value}\n" for key, value in lines if value).encode()


def _install_file(scripts: Scripts) -> bytes:
    parts = [
        f"{function}() (\n{text})\n"
        for name, text in scripts.guarded({}).items()
        for function in _FUNCTIONS[name]
    ]
    return "\n".join(parts).encode()


def _table(entries: list[Entry], date: int) -> bytes:
    """Return the uncompressed mtree, whose lines are sorted by path."""
    lines = ["#mtree", "/set type=file uid=0 gid=0 mode=644"]
    lines += [_row(entry, date) for entry in sorted(entries, key=lambda entry: entry.path)]
    return ("\n".join(lines) + "\n").encode()


def _row(entry: Entry, date: int) -> str:
    start = f"./{_escaped(entry.path)} time={date}.0"
    match entry:
        case Folder():
            return f"{start} mode={entry.mode:o} type=dir"
        case Link():
            return f"{start} mode=777 type=link link={_escaped(entry.target)}"
        case File():
            md5 = hashlib.md5(entry.data, usedforsecurity=False).hexdigest()
            sha256 = hashlib.sha256(entry.data).hexdigest()
            size = len(entry.data)
            return f"{start} mode={entry.mode:o} size={size} md5digest={md5} sha256digest={sha256}"


def _escaped(path: str) -> str:
    # As mtree(5): whatever is not a plain printable sign, three octal digits for each byte.
    plain = set(range(0x21, 0x7F)) - set(b"\\#*?[=")
    return "".join(chr(b) if b in plain else f"\\{b:03o}" for b in path.encode())


def _machine(settings: BundleSettings) -> str:
    machine, system, *libc = settings.target.split("-")
    if system != "linux" or machine not in _MACHINES or libc not in ([], ["gnu"]):
        message = f"a package for Arch cannot carry an executable for {settings.target}"
        raise FormatError(
            message, code="arch.target", help="choose a target such as x86_64-linux-gnu"
        )
    return _MACHINES[machine]


def _warnings(settings: BundleSettings, tree: Tree) -> tuple[str, ...]:
    _known, unknown = library_packages(settings, tree)
    if not unknown:
        return ()
    names = ", ".join(sorted(unknown))
    return (f"no package is known to bring {names}: name it in linux.arch.depends",)


def _corrupt(what: str) -> PackageError:
    return PackageError(f"the package is corrupt: {what}", code="package.corrupt")
