"""The RPM package, version 4 of its form: written and read without rpm, on any system.

An .rpm is a lead, a header of digests and signatures, a header that describes package and files, and a
cpio archive compressed by xz. Version 4, for older systems cannot read 6.

Source: https://rpm-software-management.github.io/rpm/manual/format_v4.html
"""

from __future__ import annotations

import hashlib
import lzma
import os
import shutil
import struct
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from millennium_bundler.archive.cpio import read_cpio, write_cpio
from millennium_bundler.archive.openpgp import EDDSA_ALGORITHMS, signature_algorithm
from millennium_bundler.archive.rpm_header import (
    MAIN_REGION,
    SIGNATURE_REGION,
    Blob,
    Text,
    Texts,
    Value,
    numbers,
    read_header,
    write_header,
)
from millennium_bundler.archive.unpack import MAX_BYTES, unpack
from millennium_bundler.errors import PackageError
from millennium_bundler.formats.interface import Finding, Format, Package
from millennium_bundler.formats.rpm_files import (
    add_documents,
    check_files,
    file_values,
    owned_entries,
    rpm_tree,
    to_members,
)
from millennium_bundler.formats.rpm_tags import (
    SHA256_ALGORITHM,
    RpmTag,
    SignatureTag,
    package_values,
    rpm_machine,
)
from millennium_bundler.formats.tarball import most_tar_bytes
from millennium_bundler.layout import outlined_tree
from millennium_bundler.scripts import read_scripts
from millennium_bundler.settings import Manifest
from millennium_bundler.sign.signing import Signing
from millennium_bundler.tree import Tree

_LEAD = struct.Struct(">4sBBhh66shh16s")
_LEAD_MAGIC = b"\xed\xab\xee\xdb"
_BINARY_PACKAGE, _LINUX, _HEADER_SIGNATURE = 0, 1, 5
_NAME_BYTES = 65
# What rpmbuild uses unless told otherwise on many systems; see tarball for the reasons for xz.
_XZ_PRESET = 6
_RPM_TIMEOUT_S = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class RpmContents:
    """What an .rpm holds.

    Attributes:
        values: The main header's, those of files and payload included.
        tree: The installed files.
    """

    values: dict[int, Value]
    tree: Tree


class RpmFormat(Format[RpmContents]):
    """RPM packages."""

    name: ClassVar[str] = "rpm"

    def check(self, manifest: Manifest) -> None:
        """Refuse relations, versions and targets that rpm cannot express."""
        rpm = manifest.settings.linux.rpm
        read_scripts(manifest, rpm.scripts)
        outline = outlined_tree(manifest, files=rpm.files, desktop_template=rpm.desktop_template)
        add_documents(outline, manifest)
        package_values(manifest.settings, outline)

    def lint(self, path: Path) -> tuple[Finding, ...] | None:
        """Ask rpm whether all digests agree."""
        tool = shutil.which("rpm")
        if tool is None:
            return None
        done = subprocess.run(
            [tool, "--checksig", "--nosignature", str(path)],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_RPM_TIMEOUT_S,
            check=False,
            env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8"},
        )
        if done.returncode == 0:
            return ()
        said = (done.stdout + done.stderr).strip()
        return (Finding(tool="rpm", severity="error", tag="checksig", message=said),)

    def _plan(self, manifest: Manifest) -> RpmContents:
        tree = rpm_tree(manifest)
        scripts = read_scripts(manifest, manifest.settings.linux.rpm.scripts)
        values = package_values(manifest.settings, tree, scripts)
        return RpmContents(
            values={**values, **file_values(owned_entries(tree, manifest.settings), tree.date)},
            tree=tree,
        )

    def _build(self, manifest: Manifest, plan: RpmContents) -> Package:
        version, release = (_text(plan.values[tag]) for tag in (RpmTag.VERSION, RpmTag.RELEASE))
        name = f"{_text(plan.values[RpmTag.NAME])}-{version}-{release}"
        machine = rpm_machine(manifest.settings)
        members = to_members(owned_entries(plan.tree, manifest.settings))
        archive = write_cpio(members, date=plan.tree.date)
        return Package(
            file_name=f"{name}.{machine}.rpm", data=write_rpm(plan.values, archive, name=name)
        )

    def _verify(self, package: Package, plan: RpmContents) -> None:
        # A member of cpio takes less than one of tar.
        found = read_rpm(package.file, max_bytes=most_tar_bytes(plan.tree))
        if {tag: found.values.get(tag) for tag in plan.values} != plan.values:
            raise _corrupt("its header differs")
        if (found.tree.files(), found.tree.date) != (plan.tree.files(), plan.tree.date):
            raise _corrupt("its files differ")

    def _sign(self, package: Package, plan: RpmContents, signing: Signing) -> Package:
        del plan
        if signing.gpg is None:
            return package
        parts = _parts(package.file)
        signature = signing.gpg.sign_detached(parts.header)
        is_eddsa = signature_algorithm(signature) in EDDSA_ALGORITHMS
        tag = SignatureTag.DSA_HEADER if is_eddsa else SignatureTag.RSA_HEADER
        signed = {**parts.signatures, tag: Blob(signature)}
        data = parts.lead + _signature_header(signed) + parts.header + parts.payload
        return Package(
            file_name=package.file_name, data=data, warnings=package.warnings, is_signed=True
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """The four parts of a file, the third and fourth as bytes that were hashed."""

    lead: bytes
    signatures: dict[int, Value]
    header: bytes
    values: dict[int, Value]
    payload: bytes


def write_rpm(values: dict[int, Value], archive: bytes, *, name: str) -> bytes:
    """Return an unsigned .rpm; the same values and archive give the same bytes.

    Args:
        values: Of the main header, but for those that describe the payload.
        archive: cpio.
        name: Name, version and release.
    """
    payload = lzma.compress(archive, preset=_XZ_PRESET, check=lzma.CHECK_CRC32)
    header = write_header({**values, **_payload_values(archive, payload)}, region=MAIN_REGION)
    lead = _LEAD.pack(
        *(_LEAD_MAGIC, 3, 0, _BINARY_PACKAGE, 1, name.encode()[:_NAME_BYTES]),
        *(_LINUX, _HEADER_SIGNATURE, b""),
    )
    signatures = _digests(header, payload, archive_bytes=len(archive))
    return lead + _signature_header(signatures) + header + payload


def read_rpm(data: bytes, *, max_bytes: int = MAX_BYTES) -> RpmContents:
    """Read an .rpm and check every digest in it.

    Args:
        data: The package.
        max_bytes: The most that its payload may have uncompressed.

    Raises:
        PackageError: Not an .rpm of version 4, damaged, larger, or a digest differs.
        TreeError: A path leaves its archive, or is taken.
    """
    parts = _parts(data)
    archive = unpack(parts.payload, "xz", max_bytes=max_bytes, what="its payload")
    expected = _digests(parts.header, parts.payload, archive_bytes=len(archive))
    if {tag: parts.signatures.get(tag) for tag in expected} != expected:
        raise _corrupt("a digest of header or payload differs")
    described = _payload_values(archive, parts.payload)
    if {tag: parts.values.get(tag) for tag in described} != described:
        raise _corrupt("a digest of the payload differs")
    return RpmContents(values=parts.values, tree=check_files(parts.values, read_cpio(archive)))


def _parts(data: bytes) -> _Parts:
    if len(data) < _LEAD.size or not data.startswith(_LEAD_MAGIC):
        raise _corrupt("it does not begin as an .rpm does")
    signatures, end = read_header(data, _LEAD.size, region=SIGNATURE_REGION)
    start = end + -end % 8
    values, end = read_header(data, start, region=MAIN_REGION)
    return _Parts(
        lead=data[: _LEAD.size],
        signatures=signatures,
        header=data[start:end],
        values=values,
        payload=data[end:],
    )


def _digests(header: bytes, payload: bytes, *, archive_bytes: int) -> dict[int, Value]:
    md5 = hashlib.md5(header + payload, usedforsecurity=False).digest()
    return {
        SignatureTag.SHA1: Text(hashlib.sha1(header, usedforsecurity=False).hexdigest()),
        SignatureTag.SHA256: Text(hashlib.sha256(header).hexdigest()),
        SignatureTag.SIZE: numbers(len(header) + len(payload)),
        SignatureTag.MD5: Blob(md5),
        SignatureTag.PAYLOAD_SIZE: numbers(archive_bytes),
    }


def _payload_values(archive: bytes, payload: bytes) -> dict[int, Value]:
    return {
        RpmTag.PAYLOAD_FORMAT: Text("cpio"),
        RpmTag.PAYLOAD_COMPRESSOR: Text("xz"),
        RpmTag.PAYLOAD_FLAGS: Text(str(_XZ_PRESET)),
        RpmTag.PAYLOAD_DIGEST: Texts((hashlib.sha256(payload).hexdigest(),)),
        RpmTag.PAYLOAD_DIGEST_ALGORITHM: numbers(SHA256_ALGORITHM),
        RpmTag.PAYLOAD_DIGEST_INNER: Texts((hashlib.sha256(archive).hexdigest(),)),
    }


def _signature_header(values: dict[int, Value]) -> bytes:
    header = write_header(values, region=SIGNATURE_REGION)
    return header + b"\0" * (-len(header) % 8)


def _text(value: Value) -> str:
    return value.value if isinstance(value, Text) else ""


def _corrupt(what: str) -> PackageError:
    return PackageError(f"the package is corrupt: {what}", code="package.corrupt")
