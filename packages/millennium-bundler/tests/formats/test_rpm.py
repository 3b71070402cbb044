"""The RPM package, read by our own reader and by rpm."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from millennium_bundler.archive.rpm_header import Text, Texts
from millennium_bundler.errors import BundleError, FormatError, PackageError, SignError
from millennium_bundler.formats import rpm_files
from millennium_bundler.formats.interface import Package
from millennium_bundler.formats.rpm import RpmFormat, read_rpm
from millennium_bundler.formats.rpm_relations import Relation, parse_relation
from millennium_bundler.formats.rpm_tags import RpmTag, rpm_version
from millennium_bundler.settings import Manifest
from millennium_bundler.sign.signing import DetachedSigner, Signing
from millennium_bundler.tree import MAX_DATE

MakeManifest = Callable[..., Manifest]

needs_rpm = pytest.mark.skipif(shutil.which("rpm") is None, reason="needs rpm")

EVERYTHING: dict[str, object] = {
    "license_files": ["LICENSE"],
    "sbom": "sbom.cdx.json",
    "changelog": "- It greets\n- It smiles",
    "files": [{"source": "LICENSE", "destination": "/usr/lib/hello/data/a b"}],
    "linux": {
        "rpm": {
            "epoch": 2,
            "depends": ["gtk3 >= 3.24", "(a or b)", "other >= 1~rc"],
            "recommends": ["cups"],
            "provides": ["greeter = 1"],
            "conflicts": ["goodbye < 2"],
            "obsoletes": ["hallo"],
            "scripts": {"post_install": "post", "pre_remove": "post"},
        }
    },
}


@pytest.fixture
def complete(make_manifest: MakeManifest) -> Manifest:
    """The manifest of an app that uses all that an .rpm has."""
    manifest = make_manifest(**EVERYTHING)
    manifest.resolve("LICENSE").write_text("Do as you like.")
    manifest.resolve("sbom.cdx.json").write_text("{}")
    manifest.resolve("post").write_text("echo installed\n")
    return manifest


def made(manifest: Manifest) -> Package:
    [package] = RpmFormat().make(manifest)
    return package


def query(package: Package, folder: Path, *words: str) -> list[str]:
    path = folder / package.file_name
    path.write_bytes(package.file)
    return subprocess.check_output(["rpm", "-qp", *words, str(path)], text=True).splitlines()


def test_the_package_is_named_after_app_version_and_machine(make_manifest: MakeManifest):
    assert made(make_manifest(version="1.0-rc.1")).file_name == "hello-1.0~rc.1-1.x86_64.rpm"


def test_the_latest_date_that_a_manifest_takes_has_room(make_manifest: MakeManifest):
    assert read_rpm(made(make_manifest(source_date=MAX_DATE)).file).tree.date == MAX_DATE


def test_the_same_manifest_gives_the_same_bytes(complete: Manifest):
    assert made(complete) == made(complete)


def test_libraries_are_asked_for_by_name_and_node(make_manifest: MakeManifest):
    values = read_rpm(made(make_manifest()).file).values
    names = values[RpmTag.REQUIRE_NAME]
    assert isinstance(names, Texts)
    assert {"libc.so.6()(64bit)", "libc.so.6(GLIBC_2.35)(64bit)"} <= set(names.values)


def test_a_library_that_is_carried_is_not_asked_for(make_manifest: MakeManifest):
    manifest = make_manifest(
        sonames=["libown.so.1"],
        files=[{"source": "icon.png", "destination": "/usr/lib/hello/libown.so.1"}],
    )
    names = read_rpm(made(manifest).file).values[RpmTag.REQUIRE_NAME]
    assert isinstance(names, Texts)
    assert "libown.so.1()(64bit)" not in names.values


def test_a_narrow_machine_has_no_mark(make_manifest: MakeManifest):
    manifest = make_manifest(target="armv7-linux-gnu", sonames=["libc.so.6"])
    manifest.resolve("hello").write_bytes(b"#!/bin/sh\n")
    package = made(replace(manifest, settings=replace(manifest.settings, executable_sha256="")))
    names = read_rpm(package.file).values[RpmTag.REQUIRE_NAME]
    assert isinstance(names, Texts)
    assert {"libc.so.6", "libc.so.6(GLIBC_2.35)"} <= set(names.values)


def test_what_nobody_says_is_left_out(make_manifest: MakeManifest):
    values = read_rpm(made(make_manifest(publisher="", homepage="", license="")).file).values
    assert not {RpmTag.VENDOR, RpmTag.URL, RpmTag.EPOCH} & values.keys()
    assert values[RpmTag.LICENSE] == Text("LicenseRef-not-specified")


@needs_rpm
def test_rpm_reads_everything(complete: Manifest, tmp_path: Path):
    package = made(complete)
    assert query(package, tmp_path, "--qf", "%{EPOCH} %{NAME} %{VERSION} %{RELEASE}") == [
        "2 hello 1.2.3 1"
    ]
    requires = query(package, tmp_path, "--requires")
    assert {"gtk3 >= 3.24", "(a or b)", "/bin/sh", "other >= 1~rc"} <= set(requires)
    assert "rpmlib(RichDependencies) <= 4.12.0-1" in requires
    assert query(package, tmp_path, "--recommends") == ["cups"]
    assert query(package, tmp_path, "--conflicts") == ["goodbye < 2"]
    assert query(package, tmp_path, "--obsoletes") == ["hallo"]
    assert "greeter = 1" in query(package, tmp_path, "--provides")
    assert query(package, tmp_path, "--changelog")[1:3] == ["- It greets", "- It smiles"]
    assert query(package, tmp_path, "--licensefiles") == ["/usr/share/licenses/hello/LICENSE"]
    assert "/usr/lib/hello/data" in query(package, tmp_path, "-l")
    assert "preuninstall scriptlet (using /bin/sh):" in query(package, tmp_path, "--scripts")


@needs_rpm
def test_rpm_has_nothing_to_say(complete: Manifest, tmp_path: Path):
    package = made(complete)
    (tmp_path / "a.rpm").write_bytes(package.file)
    assert RpmFormat().lint(tmp_path / "a.rpm") == ()


@needs_rpm
def test_rpm_finds_a_damaged_package(complete: Manifest, tmp_path: Path):
    data = bytearray(made(complete).file)
    data[-100] ^= 1
    (tmp_path / "a.rpm").write_bytes(data)
    [finding] = RpmFormat().lint(tmp_path / "a.rpm") or ()
    assert (finding.tool, finding.tag) == ("rpm", "checksig")


def test_without_rpm_nobody_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert RpmFormat().lint(tmp_path / "a.rpm") is None


@pytest.mark.parametrize("at", [0, 300, 4000, -1], ids=["lead", "digests", "header", "payload"])
def test_a_flipped_byte_is_found(complete: Manifest, at: int):
    data = bytearray(made(complete).file)
    data[at] ^= 1
    with pytest.raises(PackageError):
        read_rpm(bytes(data))


def test_a_payload_that_is_none_is_refused(make_manifest: MakeManifest):
    data = made(make_manifest()).file
    start = data.index(b"\xfd7zXZ")
    with pytest.raises(PackageError, match="decompressed"):
        read_rpm(data[:start] + b"0" * 100)


def test_another_package_is_refused(make_manifest: MakeManifest, complete: Manifest):
    format_ = RpmFormat()
    plan = format_._plan(complete)
    with pytest.raises(PackageError, match="header differs"):
        format_._verify(made(make_manifest()), plan)


def test_other_files_are_refused(complete: Manifest):
    format_ = RpmFormat()
    plan = format_._plan(complete)
    plan.tree.file("usr/bin/more", b"")
    with pytest.raises(PackageError, match="files differ"):
        format_._verify(made(complete), plan)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"version": "1:2"}, "manifest.bad_value"),
        ({"target": "x86_64-linux-musl"}, "rpm.target"),
        ({"target": "mips-linux-gnu"}, "rpm.target"),
        ({"linux": {"rpm": {"depends": ["a >= "]}}}, "rpm.relation"),
        ({"linux": {"rpm": {"conflicts": ["a b"]}}}, "rpm.relation"),
    ],
    ids=["version", "another C library", "machine", "no version", "two words"],
)
def test_what_rpm_cannot_say_is_named_before_any_work(
    make_manifest: MakeManifest, changes: dict[str, object], code: str
):
    with pytest.raises(BundleError) as caught:
        RpmFormat().check(make_manifest(**changes))
    assert caught.value.code == code


def test_a_complete_manifest_passes_the_check(complete: Manifest):
    RpmFormat().check(complete)


def test_a_file_that_is_too_large_is_refused(complete: Manifest, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(rpm_files, "MAX_FILE_BYTES", 10)
    with pytest.raises(FormatError) as caught:
        made(complete)
    assert caught.value.code == "rpm.too_large"


@pytest.mark.parametrize(
    ("version", "found"),
    [("1.2.3", "1.2.3"), ("1.0-rc.1", "1.0~rc.1"), ("1.0-a-b+c", "1.0~a.b+c")],
    ids=["plain", "before a release", "two hyphens"],
)
def test_versions_become_rpms(version: str, found: str):
    assert rpm_version(version) == found


def test_a_version_that_is_none_is_refused():
    with pytest.raises(FormatError) as caught:
        rpm_version("v1")
    assert caught.value.code == "rpm.version"


def test_a_relation_without_a_version_is_a_name():
    assert parse_relation("gtk3") == Relation(name="gtk3")


class Stamp(DetachedSigner):
    """Answers with what it was given."""

    def __init__(self, packet: bytes) -> None:
        self._packet = packet
        self.signed = b""

    def sign_detached(self, data: bytes) -> bytes:
        self.signed = data
        return self._packet

    def public_key(self) -> bytes:
        return b""


@pytest.mark.parametrize(
    ("packet", "tag"),
    [(b"\x88\x04\x04\x00\x01\x08", 268), (b"\x88\x04\x04\x00\x16\x08", 267)],
    ids=["RSA", "Ed25519"],
)
def test_a_signature_goes_into_the_tag_of_its_algorithm(
    make_manifest: MakeManifest, packet: bytes, tag: int
):
    signer = Stamp(packet)
    signed = made(replace(make_manifest(), signing=Signing(gpg=signer)))
    assert signed.is_signed
    assert read_rpm(signed.file).tree.files()
    assert signer.signed in signed.file
    assert packet in signed.file
    assert tag.to_bytes(4, "big") in signed.file[96:300]


def test_a_signature_that_is_none_stops_the_package(make_manifest: MakeManifest):
    manifest = replace(make_manifest(), signing=Signing(gpg=Stamp(b"nothing")))
    with pytest.raises(SignError):
        made(manifest)
