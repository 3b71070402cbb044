"""What an installer does for WebView2."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from millennium_bundler.errors import FormatError
from millennium_bundler.settings import Manifest
from millennium_bundler.webview_install import WebviewInstall, read_webview_install

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
