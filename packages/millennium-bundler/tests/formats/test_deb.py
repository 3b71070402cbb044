"""The Debian package: written, read back, refused when it was touched."""

from __future__ import annotations

import hashlib
import shutil
import stat
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from millennium_bundler.errors import BundleError, PackageError, TreeError
from millennium_bundler.formats.ar import Member, read_ar, write_ar
from millennium_bundler.formats.deb import DebContents, DebFormat, read_deb, write_deb
from millennium_bundler.formats.deb_control import Control
from millennium_bundler.formats.interface import Finding, Package
from millennium_bundler.formats.tarball import write_tar, xz
from millennium_bundler.settings import Manifest
from millennium_bundler.sign.signing import DetachedSigner, Signing
from millennium_bundler.tree import Tree

MakeManifest = Callable[..., Manifest]


@pytest.fixture
def deb(dpkg_info: Path) -> DebFormat:
    return DebFormat(dpkg_info=dpkg_info)


def contents(path: str = "usr/bin/a", data: bytes = b"x", *, version: str = "1") -> DebContents:
    tree = Tree(date=7)
    tree.file(path, data)
    return DebContents(control=Control(fields={"Package": "a", "Version": version}), tree=tree)


def members(changes: dict[str, bytes | None]) -> bytes:
    """A .deb some of whose members were changed or taken away."""
    own = {member.name: member.data for member in read_ar(write_deb(contents()))}
    whole = {**own, **changes}
    return write_ar([Member(name=n, data=d) for n, d in whole.items() if d is not None], date=7)


def archive(files: dict[str, bytes]) -> bytes:
    tree = Tree(date=7)
    for path, data in files.items():
        tree.file(path, data)
    return xz(write_tar(tree))


def test_the_package_is_named_after_app_version_and_machine(
    deb: DebFormat, make_manifest: MakeManifest
):
    [package] = deb.make(make_manifest(version="1.0-rc.1"))
    assert package.file_name == "hello_1.0~rc.1_amd64.deb"
    assert package.warnings == ()


def test_the_same_manifest_gives_the_same_bytes(deb: DebFormat, make_manifest: MakeManifest):
    assert deb.make(make_manifest()) == deb.make(make_manifest())


def test_what_the_manifest_does_not_say_is_warned_of(deb: DebFormat, make_manifest: MakeManifest):
    [package] = deb.make(make_manifest(email="", license="", icons=[], description=""))
    assert [warning.split(":")[0] for warning in package.warnings] == [
        "no email",
        "no license",
        "no icon",
        "no description",
    ]


def test_licences_and_the_list_of_parts_go_in(deb: DebFormat, make_manifest: MakeManifest):
    manifest = make_manifest(license_files=["LICENSE"], sbom="sbom.cdx.json")
    manifest.resolve("LICENSE").write_text("Do as you like.")
    manifest.resolve("sbom.cdx.json").write_text("{}")
    files = {file.path: file.data for file in read_deb(deb.make(manifest)[0].file).tree.files()}
    assert b" Do as you like." in files["usr/share/doc/hello/copyright"]
    assert "usr/share/doc/hello/sbom.cdx.json.gz" in files


def test_a_missing_licence_is_named(deb: DebFormat, make_manifest: MakeManifest):
    with pytest.raises(TreeError, match="licence"):
        deb.make(make_manifest(license_files=["gone"]))


def test_what_was_written_is_read():
    found = read_deb(write_deb(contents()))
    assert found.control == contents().control
    assert list(found.tree) == list(contents().tree)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (members({"debian-binary": b"3.0\n"}), "its members are"),
        (members({"extra": b""}), "its members are"),
        (write_ar([], date=7), "its members are none"),
        (members({"control.tar.xz": None}), "its members are"),
        (b"", "does not start"),
    ],
    ids=["newer", "one more", "none", "no control", "empty"],
)
def test_what_is_no_package_is_refused(data: bytes, words: str):
    with pytest.raises(PackageError, match=words):
        read_deb(data)


@pytest.mark.parametrize(
    ("control", "words"),
    [
        ({}, "holds nothing"),
        ({"control": b""}, "holds control"),
        ({"control": b"", "md5sums": b""}, "checksum of usr/bin/a"),
        ({"control": b"", "md5sums": b"0  usr/bin/a\n"}, "checksum of usr/bin/a"),
        ({"control": b"", "md5sums": b"", "triggers": b"x"}, "holds control, md5sums, triggers"),
    ],
    ids=["empty", "no sums", "no sum", "wrong sum", "a stranger"],
)
def test_a_control_archive_that_lies_is_refused(control: dict[str, bytes], words: str):
    own = {member.name: member.data for member in read_ar(write_deb(contents()))}
    own["control.tar.xz"] = archive(control)
    data = write_ar([Member(name=name, data=body) for name, body in own.items()], date=7)
    with pytest.raises(PackageError, match=words):
        read_deb(data)


@pytest.mark.parametrize(
    ("written", "words"),
    [
        (contents(version="2"), "control file or a script differs"),
        (replace(contents(), scripts={"postinst": "rm -rf /"}), "or a script differs"),
        (contents(data=b"y"), "files differ"),
        (contents(path="usr/bin/b"), "files differ"),
    ],
    ids=["version", "script", "content", "path"],
)
def test_the_own_reader_refuses_another_package(deb: DebFormat, written: DebContents, words: str):
    package = Package(file_name="a.deb", data=write_deb(written))
    with pytest.raises(PackageError, match=words):
        deb._verify(package, contents())


@pytest.mark.skipif(not shutil.which("dpkg-deb"), reason="needs dpkg")
def test_dpkg_reads_it_too(deb: DebFormat, make_manifest: MakeManifest, tmp_path: Path):
    path = tmp_path / "a.deb"
    path.write_bytes(deb.make(make_manifest())[0].file)
    shown = subprocess.check_output(["dpkg-deb", "--field", path, "Package", "Depends"], text=True)
    listed = subprocess.check_output(["dpkg-deb", "--contents", path], text=True)
    assert shown == "Package: hello\nDepends: libc6 (>= 2.35), libwebkit2gtk-4.1-0 (>= 2.40)\n"
    assert "-rwxr-xr-x root/root" in listed
    assert "./usr/bin/hello" in listed


@pytest.mark.skipif(not shutil.which("lintian"), reason="needs lintian")
@pytest.mark.parametrize(
    "changes",
    [
        {"file_associations": [{"ext": ["hlo"]}]},
        {"email": "", "license": "", "icons": [], "description": "", "long_description": ""},
    ],
    ids=["everything said", "nothing said"],
)
def test_lintian_has_nothing_to_say(
    deb: DebFormat, make_manifest: MakeManifest, tmp_path: Path, changes: dict[str, object]
):
    path = tmp_path / "hello_1.2.3_amd64.deb"
    path.write_bytes(deb.make(make_manifest(**changes))[0].file)
    assert deb.lint(path) == ()


def test_lintians_lines_become_findings(
    deb: DebFormat, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    tool = tmp_path / "lintian"
    tool.write_text("#!/bin/sh\necho 'E: a: bad-thing [x/y]'\necho 'W: a: odd'\necho 'N: note'\n")
    tool.chmod(tool.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin")
    assert deb.lint(tmp_path / "a.deb") == (
        Finding(tool="lintian", severity="error", tag="bad-thing", message="[x/y]"),
        Finding(tool="lintian", severity="warning", tag="odd"),
    )


def test_without_lintian_nobody_is_asked(
    deb: DebFormat, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert deb.lint(tmp_path / "a.deb") is None


class Stamp(DetachedSigner):
    """Signs with its own mark."""

    def sign_detached(self, data: bytes) -> bytes:
        return b"signed " + hashlib.sha256(data).hexdigest().encode()

    def public_key(self) -> bytes:
        return b""


def test_scripts_go_where_dpkg_looks(deb: DebFormat, make_manifest: MakeManifest):
    manifest = make_manifest(linux={"deb": {"scripts": {"post_install": "hello-post"}}})
    manifest.resolve("hello-post").write_text("#!/bin/sh\necho installed\n")
    [package] = deb.make(manifest)
    assert read_deb(package.file).scripts == {
        "postinst": '#!/bin/sh\nset -e\n[ "$1" = configure ] || exit 0\necho installed\n'
    }


@pytest.mark.parametrize("asked", [True, False], ids=["asked for", "not asked for"])
def test_a_signature_stands_inside_only_on_request(
    deb: DebFormat, make_manifest: MakeManifest, asked: bool
):
    manifest = make_manifest(linux={"deb": {"signature": asked}})
    [package] = deb.make(replace(manifest, signing=Signing(gpg=Stamp())))
    assert package.is_signed is asked
    assert ("_gpgorigin" in [member.name for member in read_ar(package.file)]) is asked


def test_the_signature_is_of_the_three_members_in_a_row(
    deb: DebFormat, make_manifest: MakeManifest
):
    manifest = make_manifest(linux={"deb": {"signature": True}})
    [package] = deb.make(replace(manifest, signing=Signing(gpg=Stamp())))
    *members_, signature = read_ar(package.file)
    whole = b"".join(member.data for member in members_)
    assert signature.data == Stamp().sign_detached(whole)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"version": "1.0_0"}, "manifest.bad_value"),
        ({"target": "x86_64-linux-musl"}, "deb.target"),
        ({"linux": {"deb": {"scripts": {"pre_install": "gone"}}}}, "tree.missing"),
    ],
    ids=["version", "target", "script"],
)
def test_what_no_deb_can_carry_is_named_before_any_work(
    deb: DebFormat, make_manifest: MakeManifest, changes: dict[str, object], code: str
):
    with pytest.raises(BundleError) as caught:
        deb.check(make_manifest(**changes))
    assert caught.value.code == code


def test_what_a_deb_can_carry_passes(deb: DebFormat, make_manifest: MakeManifest):
    deb.check(make_manifest())
