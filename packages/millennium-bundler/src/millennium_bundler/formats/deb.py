"""The Debian package: written and read without dpkg, on any system.

A .deb is an `ar` archive of three members: `debian-binary`, `control.tar.xz` and `data.tar.xz`. xz, for
gzip is three times as large here and Debian 11 cannot read zstd.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from millennium_bundler.archive.unpack import MAX_BYTES
from millennium_bundler.debian_version import debian_version
from millennium_bundler.documents import changelog, compressed, copyright_file
from millennium_bundler.errors import PackageError
from millennium_bundler.formats.ar import Member, read_ar, write_ar
from millennium_bundler.formats.deb_control import (
    ARCHITECTURES,
    Control,
    architecture,
    make_control,
    package_name,
    parse_control,
)
from millennium_bundler.formats.interface import Finding, Format, Package, Severity
from millennium_bundler.formats.tarball import (
    most_tar_bytes,
    read_tar,
    unpacked,
    write_tar,
    xz,
)
from millennium_bundler.layout import linux_tree, outlined_tree, read_executable, read_extra
from millennium_bundler.scripts import SHELL, read_scripts
from millennium_bundler.settings import BundleSettings, Manifest
from millennium_bundler.shlibs import DPKG_INFO
from millennium_bundler.sign.signing import Signing
from millennium_bundler.tree import Tree

_FORMAT_VERSION = b"2.0\n"
_SIGNATURE = "_gpgorigin"
_MEMBERS = ("debian-binary", "control.tar.xz", "data.tar.xz")
# https://www.debian.org/doc/debian-policy/ch-maintainerscripts.html
_SCRIPTS = {
    "pre_install": "preinst",
    "post_install": "postinst",
    "pre_remove": "prerm",
    "post_remove": "postrm",
}
_GUARDS = {
    "pre_install": '[ "$1" = install ] || [ "$1" = upgrade ]',
    "post_install": '[ "$1" = configure ]',
    "pre_remove": '[ "$1" = remove ]',
    "post_remove": '[ "$1" = remove ]',
}
_LINTIAN_TIMEOUT_S = 300
# A checksum and a path for each file, and scripts: room for some hundred thousand.
_MAX_CONTROL_BYTES = 16 * 1024 * 1024
_SEVERITIES: dict[str, Severity] = {"E": "error", "W": "warning"}


@dataclass(frozen=True, slots=True, kw_only=True)
class DebContents:
    """What a .deb holds.

    Attributes:
        control: The control file.
        tree: The installed files.
        scripts: Maintainer scripts by dpkg's names.
        wants_signature: Whether a signature shall stand inside (`debsig-verify`).
    """

    control: Control
    tree: Tree
    scripts: dict[str, str] = field(default_factory=dict)
    wants_signature: bool = False


class DebFormat(Format[DebContents]):
    """Debian packages.

    Args:
        dpkg_info: Where the dpkg data lies that names the packages of libraries.
    """

    name: ClassVar[str] = "deb"
    machines: ClassVar[tuple[str, ...]] = tuple(ARCHITECTURES)

    def __init__(self, *, dpkg_info: Path = DPKG_INFO) -> None:
        self._dpkg_info = dpkg_info

    def check(self, manifest: Manifest) -> None:
        """Refuse a version, a target, a file, a script or a library that no .deb can carry."""
        settings = manifest.settings
        debian_version(settings.version)
        architecture(settings)
        deb = settings.linux.deb
        read_scripts(manifest, deb.scripts)
        tree = outlined_tree(
            manifest,
            executable=read_executable(manifest),
            files=deb.files,
            desktop_template=deb.desktop_template,
        )
        _add_documents(tree, manifest)
        make_control(settings, tree, dpkg_info=self._dpkg_info)

    def lint(self, path: Path) -> tuple[Finding, ...] | None:
        """Ask lintian for errors and warnings."""
        tool = shutil.which("lintian")
        if tool is None:
            return None
        done = subprocess.run(
            [tool, "--no-cfg", "--no-override", "--tag-display-limit", "0", str(path)],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_LINTIAN_TIMEOUT_S,
            check=False,
            env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8"},
        )
        return tuple(found for line in done.stdout.splitlines() for found in _finding(line))

    def lint_signed(self, path: Path) -> tuple[Finding, ...] | None:
        """Ask nobody: lintian takes the signature for a member that is in the wrong place."""
        del path
        return None

    def _plan(self, manifest: Manifest) -> DebContents:
        tree = self._tree(manifest)
        control = make_control(manifest.settings, tree, dpkg_info=self._dpkg_info)
        scripts = read_scripts(manifest, manifest.settings.linux.deb.scripts).guarded(_GUARDS)
        named = {_SCRIPTS[name]: f"#!{SHELL}\n{text}" for name, text in scripts.items()}
        wants_signature = manifest.settings.linux.deb.signature
        return DebContents(
            control=control, tree=tree, scripts=named, wants_signature=wants_signature
        )

    def _build(self, manifest: Manifest, plan: DebContents) -> Package:
        fields = plan.control.fields
        name = f"{fields['Package']}_{fields['Version']}_{fields['Architecture']}.deb"
        return Package(file_name=name, data=write_deb(plan), warnings=_warnings(manifest.settings))

    def _verify(self, package: Package, plan: DebContents) -> None:
        found = read_deb(package.file, max_bytes=most_tar_bytes(plan.tree))
        if (found.control, found.scripts) != (plan.control, plan.scripts):
            raise _corrupt("its control file or a script differs")
        if (list(found.tree), found.tree.date) != (list(plan.tree), plan.tree.date):
            raise _corrupt("its files differ")

    def _sign(self, package: Package, plan: DebContents, signing: Signing) -> Package:
        # Only on request: an extra member is what debsig-verify wants and lintian complains about;
        # apt trusts the signed index of its archive instead.
        if signing.gpg is None or not plan.wants_signature:
            return package
        members = read_ar(package.file)
        signature = signing.gpg.sign_detached(b"".join(member.data for member in members))
        signed = [*members, Member(name=_SIGNATURE, data=signature)]
        return Package(
            file_name=package.file_name,
            data=write_ar(signed, date=plan.tree.date),
            warnings=package.warnings,
            is_signed=True,
        )

    def _tree(self, manifest: Manifest) -> Tree:
        settings = manifest.settings
        tree = linux_tree(
            manifest,
            read_executable(manifest),
            files=settings.linux.deb.files,
            desktop_template=settings.linux.deb.desktop_template,
        )
        _add_documents(tree, manifest)
        return tree


def _add_documents(tree: Tree, manifest: Manifest) -> None:
    settings = manifest.settings
    folder = f"usr/share/doc/{package_name(settings)}"
    texts = [
        read_extra(manifest.resolve(name), what="licence").decode("utf-8", "replace")
        for name in settings.license_files
    ]
    tree.file(f"{folder}/copyright", copyright_file(settings, texts, date=tree.date))
    version = debian_version(settings.version)
    news = changelog(settings, package=package_name(settings), version=version, date=tree.date)
    tree.file(f"{folder}/changelog.gz", news)
    if settings.sbom:
        sbom = read_extra(manifest.resolve(settings.sbom), what="sbom")
        tree.file(f"{folder}/sbom.cdx.json.gz", compressed(sbom))


def write_deb(contents: DebContents) -> bytes:
    """Return a .deb; the same contents give the same bytes."""
    tree = contents.tree
    sums = "".join(
        f"{hashlib.md5(file.data, usedforsecurity=False).hexdigest()}  {file.path}\n"
        for file in tree.files()
    )
    meta = Tree(date=tree.date)
    meta.file("control", contents.control.to_bytes())
    meta.file("md5sums", sums.encode())
    for name, script in contents.scripts.items():
        meta.file(name, script.encode(), mode=0o755)
    bodies = (_FORMAT_VERSION, xz(write_tar(meta)), xz(write_tar(tree)))
    members = [Member(name=n, data=body) for n, body in zip(_MEMBERS, bodies, strict=True)]
    return write_ar(members, date=tree.date)


def read_deb(data: bytes, *, max_bytes: int = MAX_BYTES) -> DebContents:
    """Read a .deb and check it against its own checksums.

    Args:
        data: The package.
        max_bytes: The most that the archive of its files may have uncompressed.

    Raises:
        PackageError: Not a .deb, damaged, larger, or a checksum differs.
        TreeError: A path leaves its archive, or is taken.
    """
    members = {member.name: member.data for member in read_ar(data)}
    if tuple(members) != _MEMBERS or members["debian-binary"] != _FORMAT_VERSION:
        raise _corrupt(f"its members are {', '.join(members) or 'none'}")
    limits = zip(_MEMBERS[1:], (_MAX_CONTROL_BYTES, max_bytes), strict=True)
    meta, tree = (read_tar(unpacked(name, members[name], max_bytes=most)) for name, most in limits)
    texts = {file.path: file.data for file in meta.files()}
    scripts = texts.keys() & set(_SCRIPTS.values())
    if texts.keys() - scripts != {"control", "md5sums"}:
        raise _corrupt(f"its control archive holds {', '.join(texts) or 'nothing'}")
    _check_sums(texts["md5sums"], tree)
    return DebContents(
        control=parse_control(texts["control"]),
        tree=tree,
        scripts={name: texts[name].decode("utf-8", "replace") for name in scripts},
    )


def _check_sums(sums: bytes, tree: Tree) -> None:
    files = {file.path: file.data for file in tree.files()}
    lines = (line.partition("  ") for line in sums.decode("utf-8", "replace").splitlines())
    listed = {path: digest for digest, _, path in lines}
    for path in sorted(files.keys() | listed.keys()):
        data = files.get(path, b"")
        if listed.get(path) != hashlib.md5(data, usedforsecurity=False).hexdigest():
            raise _corrupt(f"the checksum of {path} differs")


def _finding(line: str) -> tuple[Finding, ...]:
    # A line is severity, package, tag and what it is about.
    letter, _, rest = line.partition(": ")
    _package, _, said = rest.partition(": ")
    tag, _, message = said.partition(" ")
    severity = _SEVERITIES.get(letter)
    if severity is None:
        return ()
    return (Finding(tool="lintian", severity=severity, tag=tag, message=message),)


def _warnings(settings: BundleSettings) -> tuple[str, ...]:
    checks = (
        (settings.email, "no email: the package names noreply at the identifier's domain"),
        (settings.license, "no license: the package says that all rights are reserved"),
        (settings.icons, "no icon: menus show a blank one"),
        (settings.description, "no description: menus show the product's name alone"),
    )
    return tuple(warning for value, warning in checks if not value)


def _corrupt(what: str) -> PackageError:
    return PackageError(f"the package is corrupt: {what}", code="package.corrupt")
