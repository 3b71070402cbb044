"""Windows Installer packages as a format."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from millennium_bundler.archive.compound_file import (
    CompoundFile,
    read_compound_file,
    write_compound_file,
)
from millennium_bundler.errors import BundleError, PackageError
from millennium_bundler.formats.interface import Package
from millennium_bundler.formats.msi import MsiFormat
from millennium_bundler.msi.database import read_database
from millennium_bundler.settings import Manifest
from millennium_bundler.sign.signing import FileSigner, Signing
from millennium_bundler.tree import File
from millennium_bundler.webview_install import WebviewInstall

MakeManifest = Callable[..., Manifest]


class Seal(FileSigner):
    """Signs by a mark at the end, or as a stream; keeps the names it was given."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def sign(self, data: bytes, *, name: str) -> bytes:
        self.names.append(name)
        if not name.endswith(".msi"):
            return data + b"signed"
        file = read_compound_file(data)
        streams = {**file.streams, "\x05DigitalSignature": b"signed"}
        return write_compound_file(CompoundFile(class_id=file.class_id, streams=streams))

    def verify(self, data: bytes, *, name: str) -> None:
        self.names.append(f"verified {name}")


class Vandal(FileSigner):
    """Alters what it signs."""

    def sign(self, data: bytes, *, name: str) -> bytes:
        return data.replace(b"Greets", b"Insult") if name.endswith(".msi") else data

    def verify(self, data: bytes, *, name: str) -> None:
        """Be content with all of it."""


def test_a_package_is_named_after_app_version_machine_and_language(
    make_windows_manifest: MakeManifest,
):
    [package] = MsiFormat().make(make_windows_manifest())
    assert package.file_name == "hello_1.2.3_x64_en-US.msi"
    assert package.warnings == ()


def test_there_is_one_package_a_language(make_windows_manifest: MakeManifest):
    manifest = make_windows_manifest(msi={"language": ["de-DE", "ja-JP", "de-DE", "pl-PL"]})
    packages = MsiFormat().make(manifest)
    assert [package.file_name[-9:-4] for package in packages] == ["de-DE", "ja-JP", "pl-PL"]
    assert [bool(package.warnings) for package in packages] == [False, False, True]


def test_the_same_manifest_gives_the_same_bytes(make_windows_manifest: MakeManifest):
    first, second = (MsiFormat().make(make_windows_manifest())[0] for _ in range(2))
    assert first.file == second.file


def test_versions_become_those_of_windows(make_windows_manifest: MakeManifest):
    [package] = MsiFormat().make(make_windows_manifest(version="1.2.3-4"))
    assert package.file_name == "hello_1.2.3.4_x64_en-US.msi"


def test_a_version_of_its_own_replaces_the_apps(make_windows_manifest: MakeManifest):
    manifest = make_windows_manifest(version="1.2.3rc1", msi={"version": "1.2.3.1"})
    [package] = MsiFormat().make(manifest)
    assert package.file_name == "hello_1.2.3.1_x64_en-US.msi"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"target": "x86_64-linux-gnu"}, "msi.target"),
        ({"target": "riscv64-windows-msvc"}, "msi.target"),
        ({"version": "1.0.0rc1"}, "msi.version"),
        ({"msi": {"language": ["xx-XX"]}}, "msi.language"),
        ({"msi": {"language": []}}, "msi.language"),
        ({"msi": {"locales": {"de-DE": "de.json"}}}, "msi.language"),
        ({"msi": {"license": "none.rtf"}}, "tree.missing"),
        ({"license_files": ["hello"]}, "msi.license"),
        ({"msi": {"banner_path": "icon.png"}}, "msi.picture"),
        ({"msi": {"dialog_image_path": "icon.png"}}, "msi.picture"),
        ({"msi": {"fragment_paths": ["none.json"]}}, "msi.fragment"),
        ({"product_name": "x" * 64}, "msi.row"),
        ({"files": [{"source": "none", "destination": "/con"}]}, "windows.name"),
    ],
    ids=[
        *("system", "machine", "version", "language", "no language", "unused texts"),
        *("no licence", "licence is no text", "banner", "picture", "fragment", "row", "name"),
    ],
)
def test_bad_settings_are_refused_before_any_work(
    make_windows_manifest: MakeManifest, changes: dict[str, object], code: str
):
    MsiFormat().check(make_windows_manifest())
    with pytest.raises(BundleError) as caught:
        MsiFormat().check(make_windows_manifest(**changes))
    assert caught.value.code == code


def test_texts_and_pictures_of_ones_own_are_taken(
    make_windows_manifest: MakeManifest, tmp_path: Path
):
    from PIL import Image

    Image.new("RGB", (493, 58), (1, 2, 3)).save(tmp_path / "banner.png")
    Image.new("RGB", (493, 312), (1, 2, 3)).save(tmp_path / "dialog.bmp")
    (tmp_path / "de.json").write_text('{"next": "Auf geht es"}')
    msi = {
        "language": ["de-DE"],
        "locales": {"de-DE": "de.json"},
        "banner_path": "banner.png",
        "dialog_image_path": "dialog.bmp",
    }
    manifest = make_windows_manifest(msi=msi)
    MsiFormat().check(manifest)
    [package] = MsiFormat().make(manifest)
    tables = read_database(package.file).tables
    assert "Auf geht es" in [row[9] for row in tables["Control"]]
    pictures = {row[0]: row[1] for row in tables["Binary"]}
    banner = pictures["BannerBitmap"]
    assert isinstance(banner, bytes)
    assert b"\x03\x02\x01" * 100 in banner


def test_several_licences_are_one_text(make_windows_manifest: MakeManifest, tmp_path: Path):
    (tmp_path / "ONE").write_text("first")
    (tmp_path / "TWO").write_text("second")
    manifest = make_windows_manifest(license_files=["ONE", "TWO"])
    [plan] = MsiFormat()._plans(manifest)
    assert "first" in plan.product.licence
    assert "second" in plan.product.licence


def test_what_lacks_is_said(make_windows_manifest: MakeManifest):
    [package] = MsiFormat().make(make_windows_manifest(icons=[], publisher=""))
    assert [warning.partition(":")[0] for warning in package.warnings] == [
        "no icon",
        "no publisher",
    ]


def test_a_package_that_holds_something_else_is_refused(make_windows_manifest: MakeManifest):
    format_ = MsiFormat()
    one, other = (
        format_._plan(make_windows_manifest(description=about)) for about in ("one", "other")
    )
    package = format_._build(make_windows_manifest(), one)
    format_._verify(package, one)
    with pytest.raises(PackageError, match="does not hold what was written"):
        format_._verify(package, other)


def test_programs_are_signed_before_they_are_packed(
    make_windows_manifest: MakeManifest, tmp_path: Path, pe: Callable[..., bytes]
):
    (tmp_path / "some.dll").write_bytes(pe())
    files = [
        {"source": "some.dll", "destination": "/lib/some.dll"},
        {"source": "words.json", "destination": "/words.json"},
    ]
    seal = Seal()
    manifest = make_windows_manifest(files=files, msi={"language": ["en-US", "de-DE"]})
    signed = dataclasses.replace(manifest, signing=Signing(authenticode=seal))
    packages = MsiFormat().make(signed)
    assert seal.names == ["hello.exe", "some.dll", *_signed_and_verified(packages)]
    assert all(package.is_signed for package in packages)
    assert all(b"signed" in package.file for package in packages)


def test_a_signer_that_alters_the_package_is_found_out(make_windows_manifest: MakeManifest):
    signing = Signing(authenticode=Vandal())
    manifest = dataclasses.replace(make_windows_manifest(), signing=signing)
    with pytest.raises(PackageError, match="does not hold what was written"):
        MsiFormat().make(manifest)


def test_a_fixed_runtime_is_installed_with_the_app(make_windows_manifest: MakeManifest):
    files = (File(path="webview2/msedgewebview2.exe", data=b"MZ"),)
    webview = WebviewInstall(mode="fixed_runtime", files=files)
    format_ = MsiFormat(webview=lambda manifest: webview)
    [package] = format_.make(make_windows_manifest())
    names = [row[2] for row in read_database(package.file).tables["File"]]
    assert "MSEDGE~1.EXE|msedgewebview2.exe" in names


@pytest.fixture
def written(make_windows_manifest: MakeManifest, tmp_path: Path) -> Path:
    """A package on disk."""
    [package] = MsiFormat().make(make_windows_manifest())
    path = tmp_path / package.file_name
    path.write_bytes(package.file)
    return path


@pytest.mark.skipif(shutil.which("msiinfo") is None, reason="needs msitools")
def test_another_reader_finds_nothing_wrong(written: Path):
    assert MsiFormat().lint(written) == ()


@pytest.mark.skipif(shutil.which("msiinfo") is None, reason="needs msitools")
def test_another_reader_finds_damage(written: Path):
    written.write_bytes(b"no package")
    findings = MsiFormat().lint(written) or ()
    assert {finding.severity for finding in findings} == {"error"}


def test_without_the_other_reader_nobody_is_asked(written: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", "")
    assert MsiFormat().lint(written) is None


def test_a_flipped_byte_is_refused_unless_nobody_reads_it(make_windows_manifest: MakeManifest):
    manifest = make_windows_manifest()
    format_ = MsiFormat()
    plan = format_._plan(manifest)
    package = format_._build(manifest, plan)
    step = len(package.file) // 40
    altered = [
        Package(file_name=package.file_name, data=flipped(package.file, at))
        for at in range(0, len(package.file), step)
    ]
    accepted = [one for one in altered if accepts(format_, one, plan)]
    # Padding and the fields that nobody reads may change.
    assert len(accepted) < len(altered) / 4


def flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]


def accepts(format_: MsiFormat, package: Package, plan: object) -> bool:
    try:
        format_._verify(package, plan)  # type: ignore[arg-type]  # a plan of this format
    except PackageError:
        return False
    return True


def _signed_and_verified(packages: tuple[Package, ...]) -> list[str]:
    names = [package.file_name for package in packages]
    return [word for name in names for word in (name, f"verified {name}")]


class Loose(Seal):
    """Signs as tools do: something stands between the streams that belongs to none."""

    def sign(self, data: bytes, *, name: str) -> bytes:
        signed = super().sign(data, name=name)
        return _with_room(signed) if name.endswith(".msi") else signed


def _with_room(data: bytes) -> bytes:
    """Put something behind the name of the root, where no reader looks."""
    at = data.index("Root Entry".encode("utf-16-le")) + 40
    return data[:at] + b"room" + data[at + 4 :]


def test_what_a_tool_leaves_between_the_streams_goes(make_windows_manifest: MakeManifest):
    manifest = make_windows_manifest()
    packages = [
        MsiFormat().make(dataclasses.replace(manifest, signing=Signing(authenticode=signer)))[0]
        for signer in (Seal(), Loose())
    ]
    assert packages[0].file == packages[1].file


def test_a_byte_that_belongs_to_no_stream_is_found(make_windows_manifest: MakeManifest):
    format_, manifest = MsiFormat(), make_windows_manifest()
    plan = format_._plan(manifest)
    package = format_._build(manifest, plan)
    format_._verify(package, plan)  # the control
    loose = dataclasses.replace(package, data=_with_room(package.file))
    assert read_compound_file(loose.file) == read_compound_file(package.file)
    with pytest.raises(PackageError, match="belong to no stream"):
        format_._verify(loose, plan)
