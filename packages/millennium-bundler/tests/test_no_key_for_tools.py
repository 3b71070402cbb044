"""Tools that sign nothing get no key: whatever variable holds it, and whichever tool it is."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from millennium_bundler.archive.cabinet import CabinetFile, write_cabinet
from millennium_bundler.errors import BundleError
from millennium_bundler.formats.lint_tool import run_lint_tool
from millennium_bundler.formats.macos_lint import lint_app
from millennium_bundler.formats.msi import MsiFormat
from millennium_bundler.formats.nsis import NsisFormat
from millennium_bundler.icons import make_icons
from millennium_bundler.webview_runtime import unpack_runtime

MARKER = "sesame-4711-marker"
CABINET = write_cabinet([CabinetFile(name="a", data=b"1")], date=1_735_689_600)
TOOLS = ("rsvg-convert", "7z", "msiinfo", "msiextract", "codesign", "plutil", "unsquashfs")

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX shell")


def draw(path: Path) -> None:
    svg = path.with_suffix(".svg")
    svg.write_text('<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"/>')
    make_icons((svg,))


@pytest.mark.parametrize(
    "use",
    [
        draw,
        lint_app,
        MsiFormat().lint,
        NsisFormat().lint,
        lambda _path: unpack_runtime(CABINET, "webview2"),
        lambda _path: run_lint_tool(["unsquashfs"]),
    ],
    ids=["icons", "app", "msi", "nsis", "webview2", "appimage"],
)
def test_a_tool_that_signs_nothing_gets_no_key(
    use: Callable[[Path], object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    log = tmp_path / "log"
    for name in TOOLS:
        tool = tmp_path / name
        tool.write_text(f"#!/bin/sh\n/usr/bin/env >> {log}\nexit 1\n")
        tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    for name in ("MILLENNIUM_PRIVATE_KEY", "MILLENNIUM_KEY_PASSWORD", "KEY_OF_MY_OWN"):
        monkeypatch.setenv(name, MARKER)
    product = tmp_path / "a"
    product.write_bytes(b"no package")
    with suppress(BundleError):
        use(product)
    assert f"PATH={tmp_path}" in log.read_text()
    assert MARKER not in log.read_text()
