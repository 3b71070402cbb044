"""Applications and disk images as formats: made, read back, refused."""

from __future__ import annotations

import base64
import plistlib
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from mac_identities import PASSWORD, certificate, p12, rsa_key
from mac_programs import thin
from millennium_bundler.archive.ds_store import read_ds_store
from millennium_bundler.archive.hfs_plus.reader import read_volume
from millennium_bundler.archive.hfs_plus.volume import FinderFlags, Volume
from millennium_bundler.archive.udif import DiskImage, read_udif, write_udif
from millennium_bundler.codesign.image import verify_image
from millennium_bundler.errors import FormatError, PackageError, TreeError
from millennium_bundler.formats.app import AppFormat
from millennium_bundler.formats.dmg import DmgFormat
from millennium_bundler.formats.interface import Package
from millennium_bundler.settings import Manifest
from millennium_bundler.tree import Link, Tree

MakeManifest = Callable[..., Manifest]
FRAMES = {
    "window_position": {"x": 10, "y": 20},
    "window_size": {"width": 500, "height": 300},
    "app_position": {"x": 100, "y": 110},
    "application_folder_position": {"x": 300, "y": 110},
}


def make_app(manifest: Manifest) -> Package:
    [package] = AppFormat().make(manifest)
    return package


def make_dmg(manifest: Manifest) -> Package:
    [package] = DmgFormat().make(manifest)
    return package


def volume_of(package: Package) -> Volume:
    return read_volume(read_udif(package.file).volume)


def test_the_application_is_a_sealed_folder(make_mac_manifest: MakeManifest):
    package = make_app(make_mac_manifest())
    assert (package.file_name, package.is_signed) == ("Hello.app", False)
    assert isinstance(package.data, Tree)
    assert "Contents/_CodeSignature/CodeResources" in [file.path for file in package.data.files()]
    assert any("without an identity" in warning for warning in package.warnings)


@pytest.mark.parametrize("make", [make_app, make_dmg], ids=["app", "dmg"])
def test_the_same_manifest_gives_the_same_bytes(
    make_mac_manifest: MakeManifest, make: Callable[[Manifest], Package]
):
    once, twice = (make(make_mac_manifest()) for _ in range(2))
    assert bytes_of(once) == bytes_of(twice)


def bytes_of(package: Package) -> object:
    return list(package.data) if isinstance(package.data, Tree) else package.data


@pytest.mark.parametrize("format_", [AppFormat(), DmgFormat()], ids=["app", "dmg"])
def test_another_system_is_refused_before_any_work(
    make_mac_manifest: MakeManifest, format_: AppFormat | DmgFormat
):
    format_.check(make_mac_manifest())
    with pytest.raises(FormatError, match="x86_64-linux-gnu"):
        format_.check(make_mac_manifest(target="x86_64-linux-gnu"))


@pytest.mark.parametrize(
    ("macos", "words"),
    [
        ({"entitlements": "text"}, "not a property list"),
        ({"info_plist": "text"}, "not a property list"),
        ({"frameworks": ["Gone"]}, "not installed"),
        ({"license": "bytes"}, "neither RTF nor text"),
        ({"dmg": {"background": "text"}}, "not a PNG"),
    ],
    ids=["entitlements", "property list", "framework", "licence", "background"],
)
def test_settings_that_do_not_fit_are_refused_before_any_work(
    make_mac_manifest: MakeManifest, macos: dict[str, object], words: str
):
    manifest = make_mac_manifest(macos=macos)
    manifest.resolve("text").write_text("no")
    manifest.resolve("bytes").write_bytes(b"\xff")
    manifest.resolve("program").unlink()
    with pytest.raises(FormatError, match=words):
        DmgFormat().check(manifest)


@pytest.mark.parametrize(
    ("target", "program", "name"),
    [
        ("x86_64-apple-darwin", thin("x86_64"), "hello_1.2.3_x64.dmg"),
        ("aarch64-apple-darwin", thin("aarch64"), "hello_1.2.3_aarch64.dmg"),
    ],
    ids=["intel", "apple"],
)
def test_the_image_is_named_after_command_version_and_machine(
    make_mac_manifest: MakeManifest, target: str, program: bytes, name: str
):
    assert make_dmg(make_mac_manifest(program, target=target)).file_name == name


def test_the_image_holds_the_application_and_where_to_drag_it(make_mac_manifest: MakeManifest):
    volume = volume_of(make_dmg(make_mac_manifest()))
    paths = [entry.path for entry in volume.tree]
    assert volume.name == "Hello"
    assert [path for path in paths if "/" not in path] == [
        *(".DS_Store", ".VolumeIcon.icns", "Applications", "Hello.app"),
    ]
    assert Link(path="Applications", target="/Applications") in list(volume.tree)
    assert volume.finder_flags[""] == FinderFlags.CUSTOM_ICON
    assert volume.finder_flags["Hello.app"] == FinderFlags.BUNDLE | FinderFlags.HIDE_EXTENSION


def test_without_an_icon_the_image_has_none(make_mac_manifest: MakeManifest):
    volume = volume_of(make_dmg(make_mac_manifest(icons=[])))
    assert "" not in volume.finder_flags


def test_the_window_looks_as_the_settings_say(make_mac_manifest: MakeManifest):
    volume = volume_of(make_dmg(make_mac_manifest(macos={"dmg": FRAMES})))
    notes = {
        (note.name, note.code): note.value
        for note in read_ds_store(data_of(volume.tree, ".DS_Store"))
    }
    window = plistlib.loads(notes[".", "bwsp"])
    assert window["WindowBounds"] == "{{10, 20}, {500, 300}}"
    assert notes["Hello.app", "Iloc"][:8] == b"\0\0\0\x64\0\0\0\x6e"
    assert notes["Applications", "Iloc"][:8] == b"\0\0\x01\x2c\0\0\0\x6e"
    assert plistlib.loads(notes[".", "icvp"])["backgroundType"] == 0


def data_of(tree: Tree, path: str) -> bytes:
    return next(file.data for file in tree.files() if file.path == path)


def test_a_background_is_found_by_its_alias(
    make_mac_manifest: MakeManifest, png: Callable[[int], bytes]
):
    manifest = make_mac_manifest(macos={"dmg": {"background": "bg.png"}})
    manifest.resolve("bg.png").write_bytes(png(40))
    volume = volume_of(make_dmg(manifest))
    [icons] = [n for n in read_ds_store(data_of(volume.tree, ".DS_Store")) if n.code == "icvp"]
    settings = plistlib.loads(icons.value)
    assert data_of(volume.tree, ".background/background.png") == png(40)
    assert settings["backgroundType"] == 2
    assert b"/.background/background.png" in settings["backgroundImageAlias"]


def test_a_finer_background_is_put_beside(
    make_mac_manifest: MakeManifest, png: Callable[[int], bytes]
):
    manifest = make_mac_manifest(macos={"dmg": {"background": "bg.png"}})
    manifest.resolve("bg.png").write_bytes(png(40))
    manifest.resolve("bg@2x.png").write_bytes(png(80))
    volume = volume_of(make_dmg(manifest))
    assert resolutions(data_of(volume.tree, ".background/background.tiff")) == [
        ((40, 40), (72.0, 72.0)),
        ((80, 80), (144.0, 144.0)),
    ]


def resolutions(tiff: bytes) -> list[tuple[tuple[int, int], tuple[float, float]]]:
    import io

    from PIL import Image, ImageSequence

    with Image.open(io.BytesIO(tiff)) as image:
        return [
            (page.size, tuple(float(n) for n in page.info["dpi"]))  # type: ignore[misc]  # two of them
            for page in ImageSequence.Iterator(image)
        ]


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [(b"no picture", None, "not a PNG"), (None, 50, "not twice"), (None, b"no", "not a PNG")],
    ids=["nonsense", "size", "second"],
)
def test_a_background_that_does_not_fit_is_refused(
    make_mac_manifest: MakeManifest,
    png: Callable[[int], bytes],
    first: bytes | None,
    second: int | bytes | None,
    words: str,
):
    manifest = make_mac_manifest(macos={"dmg": {"background": "bg.png"}})
    manifest.resolve("bg.png").write_bytes(first or png(40))
    fine = png(second) if isinstance(second, int) else second
    manifest.resolve("bg@2x.png" if fine else "other").write_bytes(fine or b"")
    with pytest.raises(FormatError, match=words) as caught:
        make_dmg(manifest)
    assert caught.value.code == "macos.picture"


def test_a_missing_background_is_named(make_mac_manifest: MakeManifest):
    with pytest.raises(TreeError, match=r"gone\.png"):
        make_dmg(make_mac_manifest(macos={"dmg": {"background": "gone.png"}}))


def test_a_licence_lies_in_the_image(make_mac_manifest: MakeManifest):
    manifest = make_mac_manifest(macos={"license": "LICENSE"})
    manifest.resolve("LICENSE").write_text("Do as you like ü {gern}\n", encoding="utf-8")
    resources = read_udif(make_dmg(manifest).file).resources
    assert sorted(resources) == ["LPic", "RTF ", "STR#"]
    assert resources["RTF "][0].data.endswith(b"Do as you like \\u252? \\{gern\\}\\par\n}")


@pytest.mark.parametrize("compression", ["zlib", "bzip2", "lzma"])
def test_every_way_to_compress_is_read_back(make_mac_manifest: MakeManifest, compression: str):
    package = make_dmg(make_mac_manifest(macos={"dmg": {"compression": compression}}))
    assert "Hello.app" in [entry.path for entry in volume_of(package).tree]


@pytest.fixture
def with_certificate(monkeypatch: pytest.MonkeyPatch) -> None:
    data = p12(rsa_key(), certificate(rsa_key()))
    monkeypatch.setenv("APPLE_CERTIFICATE", base64.b64encode(data).decode())
    monkeypatch.setenv("APPLE_CERTIFICATE_PASSWORD", PASSWORD.decode())


@pytest.mark.usefixtures("with_certificate")
def test_with_a_certificate_application_and_image_are_signed(make_mac_manifest: MakeManifest):
    package = make_dmg(make_mac_manifest())
    assert package.is_signed
    assert make_app(make_mac_manifest()).is_signed
    assert verify_image(package.file).certificate is not None
    assert not any("without an identity" in warning for warning in package.warnings)


@pytest.mark.usefixtures("with_certificate")
def test_a_signed_image_is_the_same_bytes_twice(make_mac_manifest: MakeManifest):
    assert make_dmg(make_mac_manifest()).file == make_dmg(make_mac_manifest()).file


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda v: replace(v, name="Other"), "looks otherwise"),
        (lambda v: replace(v, finder_flags={}), "looks otherwise"),
        (lambda v: with_file(v, "new", b"1"), "other files"),
    ],
    ids=["name", "flags", "file"],
)
def test_the_own_reader_refuses_another_image(
    make_mac_manifest: MakeManifest, change: Callable[[Volume], Volume], words: str
):
    format_ = DmgFormat()
    plan = format_._plan(make_mac_manifest())
    other = replace(plan, volume=change(plan.volume))
    package = format_._build(make_mac_manifest(), other)
    with pytest.raises(PackageError, match=words):
        format_._verify(package, plan)


def with_file(volume: Volume, path: str, data: bytes) -> Volume:
    tree = Tree(date=volume.tree.date)
    for file in volume.tree.files():
        tree.add(file)
    tree.file(path, data)
    return replace(volume, tree=tree)


def test_the_own_reader_refuses_another_licence(make_mac_manifest: MakeManifest):
    format_ = DmgFormat()
    plan = format_._plan(make_mac_manifest())
    image = DiskImage(volume=read_udif(format_._build(make_mac_manifest(), plan).file).volume)
    changed = Package(file_name="a.dmg", data=write_udif(image))
    format_._verify(changed, plan)
    manifest = make_mac_manifest(macos={"license": "LICENSE"})
    manifest.resolve("LICENSE").write_text("x")
    with pytest.raises(PackageError, match="licence"):
        format_._verify(changed, format_._plan(manifest))


def test_the_own_reader_refuses_another_application(make_mac_manifest: MakeManifest):
    format_ = AppFormat()
    plan = format_._plan(make_mac_manifest())
    package = format_._build(make_mac_manifest(), plan)
    assert isinstance(package.data, Tree)
    other = Tree(date=plan.date)
    other.file("Contents/x", b"")
    with pytest.raises(PackageError, match="other files"):
        format_._verify(replace(package, data=other), plan)
    with pytest.raises(PackageError, match="no folder"):
        format_._verify(replace(package, data=b""), plan)


@pytest.mark.skipif(not shutil.which("7z"), reason="needs 7z")
def test_7z_unpacks_the_application(make_mac_manifest: MakeManifest, tmp_path: Path):
    path = tmp_path / "a.dmg"
    path.write_bytes(make_dmg(make_mac_manifest()).file)
    subprocess.run(["7z", "x", f"-o{tmp_path / 'out'}", path], capture_output=True, check=False)
    program = tmp_path / "out" / "Hello" / "Hello.app" / "Contents" / "MacOS" / "hello"
    assert program.read_bytes()[:4] == b"\xcf\xfa\xed\xfe"


def test_pydmg_finds_the_checksums_right(make_mac_manifest: MakeManifest, tmp_path: Path):
    other = pytest.importorskip("pydmg", reason="needs pydmg")
    path = tmp_path / "a.dmg"
    data = make_dmg(make_mac_manifest()).file
    path.write_bytes(data)
    assert other.verify_data_checksum(str(path)) is True
    path.write_bytes(b"?" + data[1:])
    assert other.verify_data_checksum(str(path)) is False
