"""A tar.gz for any Linux, with a script that installs and removes it without a package manager.

The archive has one folder: ``install.sh``, a list of checksums, and the files below ``usr``. The script
installs into ``~/.local``, or into ``/usr/local`` for root, and removes exactly what it has put there.
"""

from __future__ import annotations

import hashlib
import re
from importlib.resources import files
from pathlib import Path
from typing import ClassVar

from millennium_bundler.archive.unpack import unpack
from millennium_bundler.documents import compressed
from millennium_bundler.errors import FormatError, PackageError
from millennium_bundler.formats.interface import Finding, Format, Package
from millennium_bundler.formats.linux_lint import lint_archive
from millennium_bundler.formats.tarball import most_tar_bytes, read_tar, write_tar
from millennium_bundler.layout import linux_tree, outlined_tree, read_executable, read_extra
from millennium_bundler.settings import Manifest
from millennium_bundler.tree import Folder, Link, Tree

_ROOT = "usr/"
_SUMS, _SCRIPT = "SHA256SUMS", "install.sh"
_NAME = re.compile(r"[^A-Za-z0-9._+-]+")


class TarFormat(Format[Tree]):
    """Archives with their own installer."""

    name: ClassVar[str] = "tar"

    def check(self, manifest: Manifest) -> None:
        """Refuse what cannot be laid out, and files that can only lie in one place of a system."""
        _add_licences(outlined_tree(manifest), manifest)
        for extra in manifest.settings.files:
            if not extra.destination.startswith(f"/{_ROOT}"):
                message = f"a tar.gz cannot install {extra.destination}: it is not below /usr"
                raise FormatError(
                    message, code="tar.target", help="give it a place below /usr, or make a package"
                )

    def lint(self, path: Path) -> tuple[Finding, ...] | None:
        """Let tar unpack it, sha256sum compare, a shell read the script, and validators the menu entry."""
        return lint_archive(path, script=_SCRIPT, sums=_SUMS)

    def _plan(self, manifest: Manifest) -> Tree:
        settings = manifest.settings
        files_ = linux_tree(manifest, read_executable(manifest))
        _add_licences(files_, manifest)
        top = f"{settings.binary_name}-{settings.version}"
        tree = Tree(date=files_.date)
        sums: list[str] = []
        for entry in files_:
            if isinstance(entry, Folder):
                continue
            if isinstance(entry, Link):
                tree.add(Link(path=f"{top}/{entry.path}", target=entry.target))
                continue
            tree.file(f"{top}/{entry.path}", entry.data, mode=entry.mode)
            sums.append(f"{hashlib.sha256(entry.data).hexdigest()}  {entry.path}\n")
        tree.file(f"{top}/{_SUMS}", "".join(sums).encode())
        tree.file(f"{top}/{_SCRIPT}", _script(manifest), mode=0o755)
        return tree

    def _build(self, manifest: Manifest, plan: Tree) -> Package:
        settings = manifest.settings
        machine = settings.target.split("-")[0]
        return Package(
            file_name=f"{settings.binary_name}-{settings.version}-linux-{machine}.tar.gz",
            data=compressed(write_tar(plan, prefix="")),
        )

    def _verify(self, package: Package, plan: Tree) -> None:
        tar = unpack(package.file, "gzip", max_bytes=most_tar_bytes(plan))
        found = read_tar(tar)
        if (list(found), found.date) != (list(plan), plan.date):
            raise PackageError("the package is corrupt: its files differ", code="package.corrupt")


def _add_licences(tree: Tree, manifest: Manifest) -> None:
    folder = f"usr/share/licenses/{manifest.settings.binary_name}"
    for path in manifest.settings.license_files:
        data = read_extra(manifest.resolve(path), what="licence")
        tree.file(f"{folder}/{_NAME.sub('_', path)}", data)


def _script(manifest: Manifest) -> bytes:
    settings = manifest.settings
    text = files("millennium_bundler.formats").joinpath("install.sh").read_text("utf-8")
    # Both patterns of the schema leave nothing that a shell would read as its own.
    for name, value in (("@BINARY@", settings.binary_name), ("@IDENTIFIER@", settings.identifier)):
        text = text.replace(name, value)
    return text.encode()
