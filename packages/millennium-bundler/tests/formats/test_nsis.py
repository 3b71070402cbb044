"""Setup programs as a format."""

from __future__ import annotations

import dataclasses
import hashlib
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from millennium_bundler.errors import BundleError, FormatError, PackageError
from millennium_bundler.formats.interface import Finding, Package
from millennium_bundler.formats.nsis import NsisFormat
from millennium_bundler.nsis.template import own_template
from millennium_bundler.settings import Manifest
from millennium_bundler.sign.signing import FileSigner, Signing
from millennium_bundler.tree import File, Tree
from millennium_bundler.webview_install import WebviewInstall
from millennium_bundler.windows_icon import windows_icon

MakeManifest = Callable[..., Manifest]

needs_compiler = pytest.mark.skipif(shutil.which("makensis") is None, reason="needs makensis")
needs_reader = pytest.mark.skipif(shutil.which("7z") is None, reason="needs 7z")


class Seal(FileSigner):
    """Signs nothing, and keeps the names it was given."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def sign(self, data: bytes, *, name: str) -> bytes:
        self.names.append(name)
        return data

    def verify(self, data: bytes, *, name: str) -> None:
        self.names.append(f"verified {name}")


class Vandal(FileSigner):
    """Alters what it signs."""

    def sign(self, data: bytes, *, name: str) -> bytes:
        return data[:-9] + b"?" + data[-8:] if name.endswith("-setup.exe") else data

    def verify(self, data: bytes, *, name: str) -> None:
        """Be content with all of it."""


def make(manifest: Manifest) -> Package:
    [package] = NsisFormat().make(manifest)
    return package


@needs_compiler
def test_a_package_is_named_after_app_version_and_machine(make_windows_manifest: MakeManifest):
    package = make(make_windows_manifest(nsis={"languages": ["English", "de-DE"]}))
    assert package.file_name == "hello_1.2.3_x64-setup.exe"
    assert (package.warnings, package.is_program, package.is_signed) == ((), True, False)


@needs_compiler
def test_the_same_manifest_gives_the_same_bytes(make_windows_manifest: MakeManifest):
    first, second = (make(make_windows_manifest()).file for _ in range(2))
    assert first == second


@needs_compiler
def test_the_maker_hears_what_users_will_miss(make_windows_manifest: MakeManifest):
    manifest = make_windows_manifest(icons=[], publisher="", nsis={"languages": ["ru-RU"]})
    warnings = make(manifest).warnings
    assert [warning.split(":")[0] for warning in warnings] == [
        *("no icon", "no publisher", "ru-RU"),
    ]


@needs_compiler
@needs_reader
def test_another_reader_finds_the_files(make_windows_manifest: MakeManifest, tmp_path: Path):
    package = make(make_windows_manifest())
    (tmp_path / "a.exe").write_bytes(package.file)
    words = ["7z", "x", "-y", f"-o{tmp_path / 'out'}", str(tmp_path / "a.exe")]
    subprocess.run(words, check=True, capture_output=True, timeout=60)
    found = (tmp_path / "out/resources/deep folder/words.json").read_bytes()
    assert found == b'{"hello": "world"}'
    assert (tmp_path / "out/hello.exe").read_bytes() == (tmp_path / "hello.exe").read_bytes()
    assert NsisFormat().lint(tmp_path / "a.exe") == ()
    (tmp_path / "b.exe").write_bytes(package.file[:-3000])
    [finding] = NsisFormat().lint(tmp_path / "b.exe") or ()
    assert (finding.tool, finding.severity) == ("7z", "error")


@needs_compiler
@needs_reader
@pytest.mark.parametrize(
    ("compression", "findings"), [("lzma", ()), ("bzip2", ()), ("none", ()), ("zlib", None)]
)
def test_files_that_cannot_be_packed_are_no_finding(
    make_windows_manifest: MakeManifest,
    tmp_path: Path,
    compression: str,
    findings: tuple[Finding, ...] | None,
):
    """7-Zip misreads what zlib stores as it is; our own reader and NSIS itself do not."""
    (tmp_path / "packed.bin").write_bytes(hashlib.shake_256(b"Ada").digest(100_000))
    files = [{"source": "packed.bin", "destination": "/packed.bin"}]
    package = make(make_windows_manifest(files=files, nsis={"compression": compression}))
    (tmp_path / "a.exe").write_bytes(package.file)
    assert NsisFormat().lint(tmp_path / "a.exe") == findings


def test_no_reader_is_no_finding(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert NsisFormat().lint(tmp_path / "a.exe") is None


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"target": "x86_64-linux-gnu"}, "nsis.target"),
        ({"target": "riscv64-windows-msvc"}, "nsis.target"),
        ({"nsis": {"languages": ["xx-XX"]}}, "nsis.language"),
        ({"nsis": {"languages": []}}, "nsis.language"),
        ({"nsis": {"custom_language_files": {"de-DE": "de.json"}}}, "nsis.language"),
        ({"nsis": {"license": "none.rtf"}}, "tree.missing"),
        ({"nsis": {"header_image": "icon.png"}}, "msi.picture"),
        ({"nsis": {"sidebar_image": "none.bmp"}}, "msi.picture"),
        ({"nsis": {"installer_hooks": "none.nsh"}}, "tree.missing"),
        ({"nsis": {"installer_hooks": "icon.png"}}, "nsis.settings"),
        ({"nsis": {"template": "none.nsi"}}, "tree.missing"),
        ({"nsis": {"template": "icon.png"}}, "nsis.settings"),
        ({"webview_install": {"mode": "embed_bootstrapper"}}, "webview.no_pin"),
        ({"nsis": {"installer_icon": "none.ico"}}, "icon.missing"),
        ({"files": [{"source": "words.json", "destination": "/nul.txt"}]}, "windows.name"),
        ({"files": [{"source": "words.json", "destination": "/Uninstall.exe"}]}, "tree.conflict"),
    ],
    ids=[
        *("system", "machine", "language", "no language", "unused texts", "no licence"),
        *("header", "sidebar", "no hooks", "hooks are no text"),
        *("no template", "template is no text", "webview"),
        *("no icon", "a device", "called as the uninstaller"),
    ],
)
def test_bad_settings_are_refused_before_any_work(
    make_windows_manifest: MakeManifest, changes: dict[str, object], code: str
):
    NsisFormat().check(make_windows_manifest())
    with pytest.raises(BundleError) as caught:
        NsisFormat().check(make_windows_manifest(**changes))
    assert caught.value.code == code


@needs_compiler
def test_texts_pictures_and_licences_are_taken(make_windows_manifest: MakeManifest, tmp_path: Path):
    Image.new("RGB", (150, 57), (1, 2, 3)).save(tmp_path / "header.png")
    Image.new("RGB", (164, 314), (1, 2, 3)).save(tmp_path / "side.bmp")
    (tmp_path / "pl.json").write_text('{"running": "{product} dziala"}')
    (tmp_path / "ONE").write_text("first")
    (tmp_path / "TWO").write_text("second")
    (tmp_path / "hooks.nsh").write_text("!macro NSIS_HOOK_PREINSTALL\n  Nop\n!macroend\n")
    nsis = {
        "languages": ["pl-PL"],
        "custom_language_files": {"Polish": "pl.json"},
        "header_image": "header.png",
        "sidebar_image": "side.bmp",
        "installer_hooks": "hooks.nsh",
        "compression": "none",
    }
    package = make(make_windows_manifest(nsis=nsis, license_files=["ONE", "TWO"]))
    assert b"\x03\x02\x01" * 100 in package.file
    assert "Hello dziala".encode("utf-16-le") in package.file
    assert r"first\par".encode("utf-16-le") in package.file
    assert package.warnings == ()


@needs_compiler
def test_the_installer_may_have_an_icon_of_its_own(
    make_windows_manifest: MakeManifest, tmp_path: Path
):
    Image.new("RGBA", (64, 64), (1, 2, 3, 255)).save(tmp_path / "installer.png")
    manifest = make_windows_manifest(nsis={"installer_icon": "installer.png"})
    plan = NsisFormat()._plan(manifest)
    assert plan.icon == windows_icon((tmp_path / "installer.png",))
    assert plan.icon != NsisFormat()._plan(make_windows_manifest()).icon  # the control


@needs_compiler
def test_a_runtime_of_its_own_is_packed(make_windows_manifest: MakeManifest):
    file = File(path="webview2/msedgewebview2.exe", data=b"MZ the engine of the app")
    install = WebviewInstall(mode="fixed_runtime", files=(file,))
    manifest = make_windows_manifest(nsis={"compression": "none"})
    [package] = NsisFormat(webview=lambda _manifest: install).make(manifest)
    assert b"MZ the engine of the app" in package.file
    [warning] = package.warnings
    assert warning.startswith("fixed_runtime: nothing tells the app of webview2")


@needs_compiler
def test_the_app_is_signed_then_the_uninstaller_then_the_installer(
    make_windows_manifest: MakeManifest, pe: Callable[..., bytes], tmp_path: Path
):
    (tmp_path / "extra.dll").write_bytes(pe(flags=0x2022))
    files = [
        {"source": "extra.dll", "destination": "/extra.dll"},
        {"source": "words.json", "destination": "/words.json"},
    ]
    seal = Seal()
    manifest = make_windows_manifest(files=files)
    package = make(dataclasses.replace(manifest, signing=Signing(authenticode=seal)))
    assert seal.names == [
        *("extra.dll", "hello.exe", "uninstall.exe", "hello_1.2.3_x64-setup.exe"),
        "verified hello_1.2.3_x64-setup.exe",
    ]
    assert package.is_signed


@needs_compiler
def test_a_signer_that_alters_the_installer_is_caught(make_windows_manifest: MakeManifest):
    manifest = make_windows_manifest()
    make(dataclasses.replace(manifest, signing=Signing(authenticode=Seal())))  # the control
    with pytest.raises(PackageError):
        make(dataclasses.replace(manifest, signing=Signing(authenticode=Vandal())))


@needs_compiler
def test_an_installer_of_another_version_is_caught(make_windows_manifest: MakeManifest):
    format_ = NsisFormat()
    manifest = make_windows_manifest()
    package = make(manifest)
    format_._verify(package, format_._plan(manifest))
    with pytest.raises(PackageError, match=r"says 1\.2\.3\.0, not 1\.2\.4\.0"):
        format_._verify(package, format_._plan(make_windows_manifest(version="1.2.4")))


@needs_compiler
@pytest.mark.parametrize("compression", ["lzma", "zlib", "bzip2", "none"])
def test_an_installer_without_a_file_is_caught(
    make_windows_manifest: MakeManifest, compression: str
):
    format_ = NsisFormat()
    manifest = make_windows_manifest(nsis={"compression": compression})
    plan = format_._plan(manifest)
    package = format_._build(manifest, plan)
    format_._verify(package, plan)
    tree = Tree(date=plan.tree.date)
    for file in plan.tree.files():
        tree.add(dataclasses.replace(file, data=file.data + b"!"))
    with pytest.raises(PackageError, match=r"does not carry 'hello\.exe'"):
        format_._verify(package, dataclasses.replace(plan, tree=tree))


def own(change: tuple[str, str]) -> str:
    """Return our template with a change, as users begin with one."""
    assert change[0] in own_template()
    return own_template().replace(*change)


@needs_compiler
def test_a_template_of_ones_own_is_compiled_and_read_back(
    make_windows_manifest: MakeManifest, tmp_path: Path
):
    branding = ('BrandingText "@product@ @version@"', 'BrandingText "Made by Ada: @product@"')
    (tmp_path / "own.nsi").write_text(own(branding))
    nsis = {"template": "own.nsi", "compression": "none"}
    package = make(make_windows_manifest(nsis=nsis))
    plain = make(make_windows_manifest(nsis={"compression": "none"}))
    said = "Made by Ada: Hello".encode("utf-16-le")
    assert said in package.file
    assert said not in plain.file  # the control


@needs_compiler
def test_a_template_that_leaves_files_out_is_caught(
    make_windows_manifest: MakeManifest, tmp_path: Path
):
    (tmp_path / "own.nsi").write_text(own(("  @@files@@\n", "!if 0\n  @@files@@\n!endif\n")))
    with pytest.raises(PackageError, match="does not carry"):
        make(make_windows_manifest(nsis={"template": "own.nsi"}))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("@@files@@", ""), "has no place @@files@@"),
        (("@product@", "@produkt@"), "unknown place @produkt@"),
        (("@@head@@", "{{installer_hooks}}"), "template of the Rust original"),
    ],
    ids=["no files", "unknown", "of Tauri"],
)
def test_a_template_with_other_places_is_refused(
    make_windows_manifest: MakeManifest, tmp_path: Path, change: tuple[str, str], words: str
):
    (tmp_path / "own.nsi").write_text(own_template())
    manifest = make_windows_manifest(nsis={"template": "own.nsi"})
    NsisFormat().check(manifest)
    (tmp_path / "own.nsi").write_text(own(change))
    with pytest.raises(FormatError, match=words) as caught:
        NsisFormat().check(manifest)
    assert caught.value.code == "nsis.settings"
