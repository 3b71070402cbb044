"""A WebView2 of the app's own, as Microsoft packs it."""

from __future__ import annotations

import io
import os
import shutil
import zipfile
from pathlib import Path

import pytest

from millennium_bundler.archive.cabinet import CabinetFile, write_cabinet
from millennium_bundler.errors import FormatError
from millennium_bundler.webview_runtime import read_runtime_folder, unpack_runtime

FILES = {"runtime\\msedgewebview2.exe": b"MZ engine", "runtime\\Locales\\de.pak": b"1"}
CABINET = write_cabinet(
    [CabinetFile(name=name, data=data) for name, data in FILES.items()], date=1_735_689_600
)


@pytest.mark.skipif(os.name == "nt", reason="needs links")
def test_a_link_brings_nothing_of_this_machine(tmp_path: Path):
    secret = tmp_path / "secret"
    secret.write_text("secret")
    (tmp_path / "runtime").mkdir()
    (tmp_path / "runtime/msedgewebview2.exe").write_bytes(b"MZ")
    (tmp_path / "runtime/notes").symlink_to(secret)
    files = read_runtime_folder(tmp_path / "runtime", "webview2")
    assert [file.path for file in files] == ["webview2/msedgewebview2.exe"]


@pytest.mark.parametrize("tool", ["7z", "cabextract", "bsdtar"])
def test_a_cabinet_is_unpacked_by_what_is_there(
    tool: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    found = shutil.which(tool)
    if found is None:
        pytest.skip(f"needs {tool}")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / tool).write_text(f'#!/bin/sh\nexec {found} "$@"\n')
    (tmp_path / "bin" / tool).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    files = unpack_runtime(CABINET, "webview2")
    assert {file.path: file.data for file in files} == {
        "webview2/msedgewebview2.exe": b"MZ engine",
        "webview2/Locales/de.pak": b"1",
    }


def test_the_missing_reader_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(FormatError, match=r"nothing here unpacks the \.cab") as caught:
        unpack_runtime(CABINET, "webview2")
    assert caught.value.number == "M0443"
    assert "cabextract" in caught.value.help


@pytest.mark.skipif(os.name == "nt", reason="needs a shell")
def test_a_reader_that_does_not_end_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "7z").write_text("#!/bin/sh\nexec /bin/sleep 20\n")
    (tmp_path / "7z").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("millennium_bundler.webview_runtime._TIMEOUT_S", 0.1)
    with pytest.raises(FormatError, match="7z did not end within") as caught:
        unpack_runtime(CABINET, "webview2")
    assert caught.value.code == "webview.missing"


@pytest.mark.skipif(shutil.which("7z") is None, reason="needs 7z")
def test_a_broken_cabinet_is_refused():
    with pytest.raises(FormatError, match="cannot unpack"):
        unpack_runtime(CABINET[:60], "webview2")


def test_a_folder_without_the_program_holds_none(tmp_path: Path):
    (tmp_path / "other.exe").write_bytes(b"MZ")
    assert read_runtime_folder(tmp_path, "webview2") == ()


def test_what_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("msedgewebview2.exe", b"MZ" + bytes(100))
    assert unpack_runtime(out.getvalue(), "webview2")  # the control
    monkeypatch.setattr("millennium_bundler.webview_runtime._MAX_BYTES", 100)
    with pytest.raises(FormatError, match="too large"):
        unpack_runtime(out.getvalue(), "webview2")
