"""What no package can carry is named by `check`, before any is begun."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from millennium_bundler.errors import BundleError
from millennium_bundler.formats.app import AppFormat
from millennium_bundler.formats.appimage import AppImageFormat
from millennium_bundler.formats.arch import ArchFormat
from millennium_bundler.formats.deb import DebFormat
from millennium_bundler.formats.dmg import DmgFormat
from millennium_bundler.formats.flatpak import FlatpakFormat
from millennium_bundler.formats.interface import Format
from millennium_bundler.formats.msi import MsiFormat
from millennium_bundler.formats.nsis import NsisFormat
from millennium_bundler.formats.rpm import RpmFormat
from millennium_bundler.formats.tar import TarFormat
from millennium_bundler.settings import Manifest

MakeManifest = Callable[..., Manifest]
LINUX = [DebFormat, RpmFormat, ArchFormat, AppImageFormat, FlatpakFormat, TarFormat]
MACOS = [AppFormat, DmgFormat]


def refused(format_: Format[Any], manifest: Manifest) -> BundleError:
    with pytest.raises(BundleError) as caught:
        format_.check(manifest)
    return caught.value


def put(manifest: Manifest, name: str, data: bytes) -> None:
    manifest.resolve(name).write_bytes(data)


def own(*places: str) -> list[dict[str, str]]:
    return [{"source": "icon.png", "destination": place} for place in places]


@pytest.mark.parametrize("kind", LINUX, ids=lambda kind: kind.name)
def test_a_complete_app_is_refused_by_no_format_of_linux(
    make_manifest: MakeManifest, kind: type[Format[Any]]
):
    kind().check(
        make_manifest(
            files=own("/usr/share/hello/a", "/usr/.b"),
            license_files=["icon.png"],
            sbom="icon.png",
        )
    )


@pytest.mark.parametrize("kind", MACOS, ids=lambda kind: kind.name)
def test_a_complete_app_is_refused_by_no_format_of_macos(
    make_mac_manifest: MakeManifest, kind: type[Format[Any]]
):
    kind().check(
        make_mac_manifest(
            files=own("/usr/share/hello/a"),
            license_files=["icon.png"],
            sbom="icon.png",
            macos={"files": {"Resources/own": "icon.png"}, "dmg": {"background": "icon.png"}},
        )
    )


@pytest.mark.parametrize("kind", LINUX, ids=lambda kind: kind.name)
@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.png", b"no picture", "icon.unreadable"),
        ("a.png", b"\x89PNG\r\n\x1a\n" + b"x" * 30, "icon.unreadable"),
        ("a.jpg", b"\xff\xd8\xff", "icon.unreadable"),
    ],
    ids=["text", "torn", "JPEG"],
)
def test_an_icon_that_is_none_is_named_by_formats_of_linux(
    make_manifest: MakeManifest, kind: type[Format[Any]], name: str, data: bytes, code: str
):
    manifest = make_manifest(icons=[name])
    put(manifest, name, data)
    error = refused(kind(), manifest)
    assert error.code == code
    assert name in error.message
    assert error.help


@pytest.mark.parametrize("kind", MACOS, ids=lambda kind: kind.name)
@pytest.mark.parametrize("name", ["a.png", "a.icns", "a.gif"])
def test_an_icon_that_is_none_is_named_by_formats_of_macos(
    make_mac_manifest: MakeManifest, kind: type[Format[Any]], name: str
):
    manifest = make_mac_manifest(icons=[name])
    put(manifest, name, b"no picture")
    error = refused(kind(), manifest)
    assert error.code == "icon.unreadable"
    assert error.place.endswith(name)
    assert error.help


@pytest.mark.parametrize("kind", [*LINUX, *MACOS], ids=lambda kind: kind.name)
def test_an_icon_too_small_and_a_drawing_without_a_tool_are_named(
    make_manifest: MakeManifest,
    make_mac_manifest: MakeManifest,
    kind: type[Format[Any]],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
):
    make = make_manifest if kind in LINUX else make_mac_manifest
    manifest = make(icons=["small.png"])
    Image.new("RGBA", (15, 15)).save(manifest.resolve("small.png"))
    assert refused(kind(), manifest).code == "icon.too_small"
    manifest = make(icons=["a.svg"])
    put(manifest, "a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>")
    monkeypatch.setenv("PATH", str(tmp_path / "no tools"))
    assert refused(kind(), manifest).code == "icon.no_rasteriser"


@pytest.mark.parametrize(
    ("kind", "place"),
    [
        (AppImageFormat, "/AppRun"),
        (AppImageFormat, "/AppRun/inside"),
        (AppImageFormat, "/.DirIcon"),
        (AppImageFormat, "/org.example.Hello.desktop"),
        (AppImageFormat, "/org.example.Hello.png"),
        (ArchFormat, "/.PKGINFO"),
        (ArchFormat, "/.MTREE"),
        (ArchFormat, "/.INSTALL"),
        (ArchFormat, "/.BUILDINFO"),
        (FlatpakFormat, "/usr/.ref"),
        (DebFormat, "/usr/share/doc/hello/copyright"),
        (DebFormat, "/usr/share/doc/hello/changelog.gz"),
        (RpmFormat, "/usr/share/licenses/hello/icon.png"),
        (RpmFormat, "/usr/share/doc/hello/sbom.cdx.json"),
        (ArchFormat, "/usr/share/licenses/hello/icon.png"),
        (TarFormat, "/usr/share/licenses/hello/icon.png"),
        *((kind, "/usr/bin/hello") for kind in LINUX),
        *((kind, "/usr/share/applications/org.example.Hello.desktop") for kind in LINUX),
        *((kind, "/usr/share/icons/hicolor/64x64/apps/org.example.Hello.png") for kind in LINUX),
    ],
    ids=lambda value: getattr(value, "name", value),
)
def test_a_file_in_the_place_of_one_that_is_made_is_named(
    make_manifest: MakeManifest, kind: type[Format[Any]], place: str
):
    manifest = make_manifest(files=own(place), license_files=["icon.png"], sbom="icon.png")
    error = refused(kind(), manifest)
    assert error.code == "tree.conflict"
    assert place.strip("/").partition("/")[0] in error.message
    assert error.help


@pytest.mark.parametrize("kind", MACOS, ids=lambda kind: kind.name)
@pytest.mark.parametrize(
    "place",
    [
        *("Info.plist", "PkgInfo", "MacOS/hello", "Resources/icon.icns"),
        *("_CodeSignature/CodeResources", "_CodeSignature", "Info.plist/x"),
    ],
)
def test_a_file_in_the_place_of_one_that_macos_needs_is_named(
    make_mac_manifest: MakeManifest, kind: type[Format[Any]], place: str
):
    error = refused(kind(), make_mac_manifest(macos={"files": {place: "icon.png"}}))
    assert error.code == "tree.conflict"
    assert place.partition("/")[0] in error.message


@pytest.mark.parametrize("kind", MACOS, ids=lambda kind: kind.name)
def test_names_that_macos_takes_for_one_are_named(
    make_mac_manifest: MakeManifest, kind: type[Format[Any]]
):
    files = {"Resources/a": "icon.png", "Resources/A": "icon.png"}
    assert refused(kind(), make_mac_manifest(macos={"files": files})).code == "macos.name"


def test_a_library_that_no_package_brings_is_named(make_manifest: MakeManifest, dpkg_info: Path):
    deb = DebFormat(dpkg_info=dpkg_info)
    name = "libnobody.so.1"
    packages = {"linux": {"deb": {"packages": {name: "libnobody1"}}}}
    deb.check(make_manifest(sonames=[name], **packages))
    error = refused(deb, make_manifest(sonames=[name]))
    assert error.code == "deb.soname"
    assert name in error.message
    assert "linux.deb.packages" in error.help


def test_a_background_that_is_no_picture_is_named(make_mac_manifest: MakeManifest):
    manifest = make_mac_manifest(macos={"dmg": {"background": "words"}})
    put(manifest, "words", b"no picture")
    error = refused(DmgFormat(), manifest)
    assert error.code == "macos.picture"
    assert "words" in error.message


@pytest.mark.skipif(shutil.which("makensis") is None, reason="needs makensis")
def test_hooks_that_makensis_refuses_are_named(make_windows_manifest: MakeManifest):
    manifest = make_windows_manifest(nsis={"installer_hooks": "hooks.nsh"})
    put(manifest, "hooks.nsh", b"!macro NSIS_HOOK_PREINSTALL\nDetailPrint a\n!macroend\n")
    NsisFormat().check(manifest)
    put(manifest, "hooks.nsh", b"!macro NSIS_HOOK_PREINSTALL\nDetailPrintt a\n!macroend\n")
    error = refused(NsisFormat(), manifest)
    assert error.code == "nsis.script"
    assert "windows.nsis.installer_hooks" in error.message
    assert "DetailPrintt" in error.help


@pytest.mark.parametrize("kind", [MsiFormat, NsisFormat], ids=lambda kind: kind.name)
def test_a_library_of_another_machine_is_named_by_installers(
    make_windows_manifest: MakeManifest, pe: Callable[..., bytes], kind: type[Format[Any]]
):
    manifest = make_windows_manifest(files=[{"source": "a.dll", "destination": "/a.dll"}])
    put(manifest, "a.dll", pe())
    kind().check(manifest)
    put(manifest, "a.dll", pe(0xAA64))
    error = refused(kind(), manifest)
    assert error.code == "executable.wrong_target"
    assert "a.dll" in error.message


@pytest.mark.parametrize("source", [".", "..", "sub/.."])
def test_a_folder_that_holds_the_results_is_named(
    make_mac_manifest: MakeManifest, tmp_path: Path, source: str
):
    (tmp_path / "sub").mkdir()
    error = refused(AppFormat(), make_mac_manifest(macos={"files": {"Resources/all": source}}))
    assert error.code == "tree.outside"
    assert "`macos.files`" in error.message
    AppFormat().check(make_mac_manifest(macos={"files": {"Resources/all": "sub"}}))


@pytest.mark.skipif(sys.platform == "darwin", reason="needs a system without a keychain")
@pytest.mark.parametrize("kind", MACOS, ids=lambda kind: kind.name)
def test_an_identity_where_no_keychain_is_is_named(
    make_mac_manifest: MakeManifest, kind: type[Format[Any]], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("APPLE_SIGNING_IDENTITY", raising=False)
    kind().check(make_mac_manifest(macos={"signing_identity": "-"}))
    error = refused(kind(), make_mac_manifest(macos={"signing_identity": "Developer ID"}))
    assert error.code.startswith(("sign.", "codesign."))
    assert "Developer ID" in error.message


@pytest.mark.parametrize("key", ["depends", "recommends", "provides", "conflicts", "obsoletes"])
def test_a_relation_that_rpm_does_not_know_is_named_by_its_key(
    make_manifest: MakeManifest, key: str
):
    RpmFormat().check(make_manifest(linux={"rpm": {key: ["gtk3 >= 3.24"]}}))
    error = refused(RpmFormat(), make_manifest(linux={"rpm": {key: ["gtk3 => 3.24"]}}))
    assert error.code == "rpm.relation"
    assert f"'linux.rpm.{key}'" in error.message
