"""What an installer does for WebView2."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from millennium_bundler.errors import FormatError
from millennium_bundler.formats.msi import MsiFormat
from millennium_bundler.msi.database import read_database
from millennium_bundler.settings import Manifest
from millennium_bundler.webview_fetch import cache_folder
from millennium_bundler.webview_install import (
    WebviewInstall,
    check_webview_install,
    download_script,
    read_webview_install,
)

MakeManifest = Callable[..., Manifest]


def install(make: MakeManifest, **keys: object) -> WebviewInstall:
    return read_webview_install(make(webview_install=keys))


@pytest.mark.parametrize("mode", ["skip", "download_bootstrapper"])
def test_two_modes_carry_nothing(make_windows_manifest: MakeManifest, mode: str):
    found = install(make_windows_manifest, mode=mode)
    assert (found.program, found.files) == (b"", ())


@pytest.mark.parametrize("mode", ["embed_bootstrapper", "offline_installer"])
def test_two_modes_carry_a_program(make_windows_manifest: MakeManifest, tmp_path: Path, mode: str):
    (tmp_path / "setup.exe").write_bytes(b"MZ")
    found = install(make_windows_manifest, mode=mode, path="setup.exe", silent=False)
    assert (found.program, found.arguments) == (b"MZ", "/install")


def test_a_fixed_runtime_lies_beside_the_app(make_windows_manifest: MakeManifest, tmp_path: Path):
    (tmp_path / "runtime/Locales").mkdir(parents=True)
    (tmp_path / "runtime/msedgewebview2.exe").write_bytes(b"MZ")
    (tmp_path / "runtime/Locales/de.pak").write_bytes(b"1")
    found = install(make_windows_manifest, mode="fixed_runtime", path="runtime")
    assert [file.path for file in found.files] == [
        "webview2/Locales/de.pak",
        "webview2/msedgewebview2.exe",
    ]


def test_a_fixed_runtime_is_found_below_other_folders(
    make_windows_manifest: MakeManifest, tmp_path: Path
):
    inner = tmp_path / "runtime/Microsoft.WebView2.FixedVersionRuntime.120.0.1.2.x64"
    inner.mkdir(parents=True)
    (inner / "msedgewebview2.exe").write_bytes(b"MZ")
    found = install(make_windows_manifest, mode="fixed_runtime", path="runtime")
    assert [file.path for file in found.files] == ["webview2/msedgewebview2.exe"]


@pytest.mark.parametrize(
    ("mode", "target", "link"),
    [
        ("embed_bootstrapper", "x86_64-windows-msvc", "2124703"),
        ("offline_installer", "x86_64-windows-msvc", "2124701"),
        ("offline_installer", "i686-windows-msvc", "2099617"),
        ("offline_installer", "aarch64-windows-msvc", "2099616"),
    ],
)
def test_without_a_digest_nothing_is_fetched(
    make_windows_manifest: MakeManifest, mode: str, target: str, link: str
):
    manifest = make_windows_manifest(webview_install={"mode": mode}, target=target)
    with pytest.raises(FormatError, match="nothing is fetched without") as caught:
        check_webview_install(manifest)
    assert caught.value.number == "M0492"
    assert link in caught.value.help
    assert "webview_install.path" in caught.value.help


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[bytes], str]:
    """Keeps a file as if it had been fetched; gives its digest."""
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA", "HOME"):
        monkeypatch.setenv(name, str(tmp_path / "cache"))

    def keep(data: bytes) -> str:
        digest = hashlib.sha256(data).hexdigest()
        cache_folder().mkdir(parents=True, exist_ok=True)
        (cache_folder() / digest).write_bytes(data)
        return digest

    return keep


def test_a_kept_program_is_carried_offline(
    make_windows_manifest: MakeManifest, kept: Callable[[bytes], str]
):
    keys = {"mode": "offline_installer", "sha256": kept(b"MZ offline")}
    manifest = replace(make_windows_manifest(webview_install=keys), may_fetch=False)
    check_webview_install(manifest)
    assert read_webview_install(manifest).program == b"MZ offline"


def test_offline_what_is_not_kept_is_refused_before_any_work(
    make_windows_manifest: MakeManifest, kept: Callable[[bytes], str]
):
    assert kept(b"MZ another")
    keys = {"mode": "offline_installer", "sha256": "0" * 64}
    manifest = make_windows_manifest(webview_install=keys)
    check_webview_install(manifest)  # the control: it may be fetched
    with pytest.raises(FormatError, match="fwlink/ is not kept here") as caught:
        check_webview_install(replace(manifest, may_fetch=False))
    assert caught.value.number == "M0493"


def test_a_pinned_page_of_text_is_no_installer(
    make_windows_manifest: MakeManifest, kept: Callable[[bytes], str]
):
    with pytest.raises(FormatError, match="no WebView2 installer"):
        install(make_windows_manifest, mode="embed_bootstrapper", sha256=kept(b"<html>"))


def test_a_file_of_ones_own_may_be_pinned(make_windows_manifest: MakeManifest, tmp_path: Path):
    (tmp_path / "own.exe").write_bytes(b"MZ own")
    keys = {"mode": "embed_bootstrapper", "path": "own.exe"}
    digest = hashlib.sha256(b"MZ own").hexdigest()
    assert install(make_windows_manifest, **keys, sha256=digest).program == b"MZ own"
    with pytest.raises(FormatError, match=f"its SHA-256 is {digest}") as caught:
        install(make_windows_manifest, **keys, sha256="0" * 64)
    assert caught.value.number == "M0495"


def zipped(name: str = "msedgewebview2.exe") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(f"FixedVersionRuntime.120/{name}", b"MZ engine")
        archive.writestr("FixedVersionRuntime.120/Locales/de.pak", b"1")
    return out.getvalue()


def test_a_fetched_zip_of_a_runtime_is_unpacked(
    make_windows_manifest: MakeManifest, kept: Callable[[bytes], str]
):
    keys = {"mode": "fixed_runtime", "url": "https://example.org/a.zip", "sha256": kept(zipped())}
    found = install(make_windows_manifest, **keys)
    assert {file.path: file.data for file in found.files} == {
        "webview2/msedgewebview2.exe": b"MZ engine",
        "webview2/Locales/de.pak": b"1",
    }


@pytest.mark.parametrize(
    "data",
    [b"no archive", zipped("other.exe"), b"MSCF" + bytes(100)],
    ids=["text", "other", "broken"],
)
def test_what_holds_no_runtime_is_refused(
    make_windows_manifest: MakeManifest, kept: Callable[[bytes], str], data: bytes
):
    keys = {"mode": "fixed_runtime", "url": "https://example.org/a", "sha256": kept(data)}
    with pytest.raises(FormatError) as caught:
        install(make_windows_manifest, **keys)
    assert caught.value.code in {"webview.missing", "format.no_tool"}


@pytest.mark.parametrize(
    ("mode", "path"),
    [
        ("fixed_runtime", ""),
        ("fixed_runtime", "empty"),
        ("fixed_runtime", "nowhere"),
        ("embed_bootstrapper", "nowhere"),
        ("offline_installer", "empty"),
    ],
)
def test_what_is_not_there_is_refused(
    make_windows_manifest: MakeManifest, tmp_path: Path, mode: str, path: str
):
    (tmp_path / "empty").mkdir()
    with pytest.raises(FormatError, match=r"no fixed WebView2|no WebView2") as caught:
        install(make_windows_manifest, mode=mode, path=path)
    assert caught.value.number == "M0491"


def test_what_is_downloaded_is_held_then_checked_then_run():
    script = download_script("/silent /install", folder="$d='C:\\safe';")
    steps = (
        *("$env:PSModulePath=", "$d='C:\\safe'", "-OutFile $f", "IO.FileStream", "'Read','Read'"),
        *("Get-AuthenticodeSignature", "exit 1", "Start-Process", "$h.Close()", "Remove-Item"),
    )
    places = [script.index(step) for step in steps]
    assert places == sorted(places)
    assert "-ArgumentList '/silent','/install' -NoNewWindow" in script


@pytest.mark.parametrize(
    ("scope", "is_of_machine"), [("per_machine", True), ("per_user", False)], ids=str
)
def test_an_msi_downloads_into_a_folder_of_its_own(
    make_windows_manifest: MakeManifest, scope: str, is_of_machine: bool
):
    manifest = make_windows_manifest(
        webview_install={"mode": "download_bootstrapper"}, msi={"install_scope": scope}
    )
    [package] = MsiFormat().make(manifest)
    tables = read_database(package.file).tables
    script = {row[0]: row[1] for row in tables["Property"]}["WebviewScript"]
    [command] = [str(row[3]) for row in tables["CustomAction"] if row[0] == "InstallWebview"]
    assert "\"$t='[WindowsFolder]Temp';[WebviewScript]\"" in command
    assert ("O:BAD:P(A;OICI;FA;;;BA)(A;OICI;FA;;;SY)" in str(script)) is is_of_machine
    assert ("$env:TEMP" in str(script)) is not is_of_machine
    assert not set('[]"') & set(str(script))
