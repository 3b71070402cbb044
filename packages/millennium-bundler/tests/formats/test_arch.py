"""The package for Arch Linux, read by our own reader and by pacman."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from millennium_bundler.errors import FormatError, PackageError
from millennium_bundler.formats.arch import ArchFormat, arch_version, read_arch
from millennium_bundler.formats.interface import Package
from millennium_bundler.formats.tarball import write_tar
from millennium_bundler.settings import Manifest
from millennium_bundler.tree import Tree

MakeManifest = Callable[..., Manifest]

needs_pacman = pytest.mark.skipif(shutil.which("pacman") is None, reason="needs pacman")


@pytest.fixture
def complete(make_manifest: MakeManifest) -> Manifest:
    """The manifest of an app that uses all that the package has."""
    manifest = make_manifest(
        license_files=["LICENSE"],
        sbom="sbom.cdx.json",
        sonames=["libc.so.6", "libz.so.1", "libodd.so.7"],
        files=[{"source": "LICENSE", "destination": "/usr/lib/hello/a b#ä"}],
        linux={
            "arch": {
                "depends": ["gtk3>=3.24"],
                "recommends": ["cups: printing"],
                "provides": ["greeter=1"],
                "conflicts": ["goodbye"],
                "replaces": ["hallo"],
                "release": "2",
                "scripts": {"post_install": "post", "post_remove": "post"},
            }
        },
    )
    manifest.resolve("LICENSE").write_text("Do as you like.")
    manifest.resolve("sbom.cdx.json").write_text("{}")
    manifest.resolve("post").write_text("echo there\n")
    return manifest


def made(manifest: Manifest) -> Package:
    [package] = ArchFormat().make(manifest)
    return package


def own(package: Package) -> dict[str, str]:
    return {file.path: file.data.decode("latin-1") for file in read_arch(package.file).meta}


def test_the_package_is_named_after_app_version_and_machine(complete: Manifest):
    assert made(complete).file_name == "hello-1.2.3-2-x86_64.pkg.tar.zst"


def test_the_same_manifest_gives_the_same_bytes(complete: Manifest):
    assert made(complete) == made(complete)


def test_it_says_what_it_needs_and_is(complete: Manifest):
    lines = own(made(complete))[".PKGINFO"].splitlines()
    assert [line for line in lines if line.startswith("depend")] == [
        "depend = glibc>=2.35",
        "depend = gtk3>=3.24",
        "depend = zlib",
    ]
    assert {"optdepend = cups: printing", "provides = greeter=1", "conflict = goodbye"} <= set(
        lines
    )
    assert {"replaces = hallo", "pkgver = 1.2.3-2", "arch = x86_64"} <= set(lines)


def test_a_library_nobody_is_known_for_is_warned_of(complete: Manifest):
    [warning] = made(complete).warnings
    assert "libodd.so.7" in warning


def test_scripts_run_for_upgrades_too(complete: Manifest):
    script = own(made(complete))[".INSTALL"]
    assert script.startswith("post_install() (\nset -e\necho there\n)\n")
    assert "post_upgrade() (" in script
    assert "post_remove() (" in script


def test_without_scripts_there_is_no_file_for_them(make_manifest: MakeManifest):
    assert set(own(made(make_manifest()))) == {".PKGINFO", ".MTREE"}


@needs_pacman
def test_pacman_reads_it_too(complete: Manifest, tmp_path: Path):
    package = made(complete)
    path = tmp_path / package.file_name
    path.write_bytes(package.file)
    said = subprocess.check_output(["pacman", "--query", "--info", "--file", path], text=True)
    assert "Depends On      : glibc>=2.35  gtk3>=3.24  zlib" in said
    assert "Install Script  : Yes" in said


@pytest.mark.parametrize("at", [0, 200, -1], ids=["begin", "middle", "end"])
def test_a_flipped_byte_is_found(complete: Manifest, at: int):
    data = bytearray(made(complete).file)
    data[at] ^= 1
    with pytest.raises(PackageError):
        read_arch(bytes(data))


def test_a_package_without_its_table_is_refused():
    tree = Tree(date=7)
    tree.file("usr/bin/a", b"a")
    with pytest.raises(PackageError, match="table"):
        read_arch(zstandard.compress(write_tar(tree, prefix="")))


def test_a_table_that_is_none_is_refused():
    tree = Tree(date=7)
    tree.file(".MTREE", b"no gzip")
    with pytest.raises(PackageError, match="MTREE cannot be decompressed"):
        read_arch(zstandard.compress(write_tar(tree, prefix="")))


def test_another_description_is_refused(make_manifest: MakeManifest, complete: Manifest):
    format_ = ArchFormat()
    with pytest.raises(PackageError, match="description differs"):
        format_._verify(made(make_manifest()), format_._plan(complete))


def test_other_files_are_refused(complete: Manifest):
    format_ = ArchFormat()
    plan = format_._plan(complete)
    plan.tree.file("usr/bin/more", b"")
    with pytest.raises(PackageError, match="files differ"):
        format_._verify(made(complete), plan)


@pytest.mark.parametrize(
    ("version", "found"),
    [("1.2.3", "1.2.3-1"), ("1.0-rc.1", "1.0rc.1-1")],
    ids=["plain", "before a release"],
)
def test_versions_become_pacmans(make_manifest: MakeManifest, version: str, found: str):
    assert arch_version(make_manifest(version=version).settings) == found


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"target": "x86_64-linux-musl"}, "arch.target"),
        ({"target": "s390x-linux-gnu"}, "arch.target"),
    ],
    ids=["another C library", "machine"],
)
def test_what_pacman_cannot_say_is_named_before_any_work(
    make_manifest: MakeManifest, changes: dict[str, object], code: str
):
    with pytest.raises(FormatError) as caught:
        ArchFormat().check(make_manifest(**changes))
    assert caught.value.code == code


@needs_pacman
def test_pacman_reads_it_and_no_damaged_one(complete: Manifest, tmp_path: Path):
    path = tmp_path / "a.pkg.tar.zst"
    path.write_bytes(made(complete).file)
    assert ArchFormat().lint(path) == ()
    path.write_bytes(made(complete).file[:-200])
    [finding] = ArchFormat().lint(path) or ()
    assert (finding.tool, finding.severity, finding.tag) == ("pacman", "error", "unreadable")


def test_without_pacman_nobody_is_asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert ArchFormat().lint(tmp_path / "a.pkg.tar.zst") is None
