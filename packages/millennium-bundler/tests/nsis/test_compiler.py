"""Running makensis: what it gets, what it may not see, who signs the uninstaller."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import millennium_bundler.nsis.compiler as room
from millennium_bundler.errors import FormatError, SignError
from millennium_bundler.nsis.compiler import compile_setup, find_compiler, try_setup
from millennium_bundler.nsis.exchange import GIVEN, TAKEN, main
from millennium_bundler.nsis.setup import Setup
from millennium_bundler.webview_install import WebviewInstall
from millennium_bundler.windows_settings import WebviewMode

pytestmark = pytest.mark.skipif(shutil.which("makensis") is None, reason="needs makensis")


def test_the_compiler_is_named_where_it_is_missing(monkeypatch: pytest.MonkeyPatch):
    assert find_compiler().name.startswith("makensis")  # the control
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(FormatError, match="makensis is not on the PATH") as caught:
        find_compiler()
    assert caught.value.number == "M0443"
    assert "apt install nsis" in caught.value.help
    assert "brew install makensis" in caught.value.help


def test_the_same_setup_gives_the_same_bytes(
    make_setup: Callable[..., Setup], monkeypatch: pytest.MonkeyPatch
):
    first = compile_setup(make_setup())
    monkeypatch.setenv("TMPDIR", str(Path.home()))
    time.sleep(1)
    assert compile_setup(make_setup()) == first


@pytest.mark.parametrize("compression", ["zlib", "bzip2", "lzma", "none"])
def test_files_are_compressed_as_wanted(make_setup: Callable[..., Setup], compression: str):
    data = compile_setup(make_setup(compression=compression))
    assert (b'{"hello": "world"}' in data) == (compression == "none")


@pytest.mark.parametrize(
    "hooks",
    [
        "",
        "!macro NSIS_HOOK_PREINSTALL\n!macroend\n",
        "!Macro nsis_hook_postinstall\nDetailPrint a\n!macroend\n",
        (
            "!macro NSIS_HOOK_COMMON\n!macroend\n"
            "!macro NSIS_HOOK_PREUNINSTALL\n!insertmacro NSIS_HOOK_COMMON\n!macroend\n"
        ),
    ],
    ids=["none", "empty", "other case", "a macro of its own"],
)
@pytest.mark.parametrize("mode", ["skip", "embed_bootstrapper", "fixed_runtime"])
def test_a_setup_that_can_be_made_is_tried_in_peace(
    make_setup: Callable[..., Setup], hooks: str, mode: WebviewMode
):
    try_setup(make_setup(hooks=hooks.encode(), webview=WebviewInstall(mode=mode)))


@pytest.mark.parametrize(
    ("hooks", "code", "words"),
    [
        (
            "!macro NSIS_HOOK_POSTINSTALL\nDetailPrintt a\n!macroend\n",
            "nsis.script",
            "DetailPrintt",
        ),
        ("DeleteFolder $INSTDIR\n", "nsis.script", '"my hooks.nsh" on line 1'),
        ("!macro NSIS_HOOK_PREINSTALL\n", "nsis.script", "unterminated"),
        ("!macro NSIS_HOOK_POSTINSTAL\n!macroend\n", "nsis.settings", "NSIS_HOOK_POSTINSTALL"),
    ],
    ids=["unknown command", "outside of a macro", "without an end", "another name"],
)
def test_hooks_that_cannot_be_compiled_are_told_when_they_are_tried(
    make_setup: Callable[..., Setup],
    monkeypatch: pytest.MonkeyPatch,
    hooks: str,
    code: str,
    words: str,
):
    setup = make_setup(hooks=hooks.encode(), installer_hooks="my hooks.nsh")
    with pytest.raises(FormatError) as caught:
        try_setup(setup)
    assert caught.value.code == code
    assert words in caught.value.help
    assert "hooks" in caught.value.message
    monkeypatch.setenv("PATH", "/nowhere")
    try_setup(setup)


def test_a_script_that_is_refused_without_hooks_is_told_as_ours(make_setup: Callable[..., Setup]):
    with pytest.raises(FormatError, match="refuses the script with exit code") as caught:
        try_setup(make_setup(icon=b"no icon"))
    assert caught.value.code == "nsis.script"


def test_the_uninstaller_is_signed_on_its_way(make_setup: Callable[..., Setup]):
    seen: list[bytes] = []

    def sign(data: bytes) -> bytes:
        seen.append(data)
        return data + b"a signature of Ada"

    signed = compile_setup(make_setup(compression="none"), sign=sign)
    assert len(seen) == 1
    assert seen[0].startswith(b"MZ")
    assert b"a signature of Ada" in signed
    assert b"a signature of Ada" not in compile_setup(make_setup(compression="none"))


def test_who_cannot_sign_ends_the_compiler(make_setup: Callable[..., Setup]):
    def refuse(_data: bytes) -> bytes:
        raise SignError("no key", code="sign.no_key")

    with pytest.raises(SignError, match="no key"):
        compile_setup(make_setup(), sign=refuse)


def test_a_hook_that_is_no_script_is_shown(make_setup: Callable[..., Setup]):
    with pytest.raises(FormatError, match="refuses the script") as caught:
        compile_setup(
            make_setup(hooks=b"!macro NSIS_HOOK_PREINSTALL\n  Nonsense here\n!macroend\n")
        )
    assert caught.value.number == "M0499"
    assert "Nonsense" in caught.value.help


def test_variables_are_not_seen_by_scripts(
    make_setup: Callable[..., Setup], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("MILLENNIUM_PRIVATE_KEY", "sesame-4711-marker")
    hooks = b'!macro NSIS_HOOK_PREINSTALL\n  DetailPrint "$%MILLENNIUM_PRIVATE_KEY%"\n!macroend\n'
    with pytest.raises(FormatError) as caught:
        compile_setup(make_setup(hooks=hooks))
    assert "sesame" not in caught.value.help


def test_a_compiler_that_never_ends_is_ended(
    make_setup: Callable[..., Setup], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    slow = tmp_path / "makensis"
    slow.write_text("#!/bin/sh\nexec sleep 60\n")
    slow.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(room, "_TIMEOUT_S", 0.2)
    with pytest.raises(FormatError, match="did not end"):
        compile_setup(make_setup())


def test_an_uninstaller_is_exchanged(tmp_path: Path):
    file = tmp_path / "file.exe"
    file.write_bytes(b"unsigned")

    def give() -> None:
        while not (tmp_path / TAKEN).exists():
            time.sleep(0.01)
        (tmp_path / GIVEN).write_bytes((tmp_path / TAKEN).read_bytes() + b" signed")

    giver = threading.Thread(target=give)
    giver.start()
    assert main([str(tmp_path), str(file)]) == 0
    giver.join()
    assert file.read_bytes() == b"unsigned signed"


def test_nobody_who_signs_is_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("millennium_bundler.nsis.exchange._TIMEOUT_S", 0.05)
    (tmp_path / "file.exe").write_bytes(b"unsigned")
    assert main([str(tmp_path), str(tmp_path / "file.exe")]) == 1


def test_the_exchange_stands_alone(tmp_path: Path):
    program = Path(room.__file__).with_name("exchange.py")
    (tmp_path / GIVEN).write_bytes(b"signed")
    (tmp_path / "file.exe").write_bytes(b"unsigned")
    words = [sys.executable, "-I", str(program), str(tmp_path), str(tmp_path / "file.exe")]
    subprocess.run(words, check=True, timeout=60)
    assert (tmp_path / "file.exe").read_bytes() == b"signed"
