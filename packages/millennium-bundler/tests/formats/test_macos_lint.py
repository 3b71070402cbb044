"""What outside tools say: asked in the right words, their refusals are findings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from millennium_bundler.formats.app import AppFormat
from millennium_bundler.formats.dmg import DmgFormat
from millennium_bundler.formats.interface import Finding


@pytest.fixture
def tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, int], None]:
    """Makes a stand-in for a tool that ends with a code; nothing else is on the PATH."""
    folder = tmp_path / "tools"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))

    def make(name: str, code: int) -> None:
        path = folder / name
        path.write_text(
            f'#!/bin/sh\necho "$*" >>"{folder}/{name}.log"\necho it is odd\nexit {code}\n'
        )
        path.chmod(0o755)

    return make


@pytest.mark.usefixtures("tool")
def test_without_tools_nobody_is_asked():
    assert AppFormat().lint(Path("a.app")) is None
    assert DmgFormat().lint(Path("a.dmg")) is None


def test_apples_tools_are_content(tool: Callable[[str, int], None], tmp_path: Path):
    tool("codesign", 0)
    tool("plutil", 0)
    assert AppFormat().lint(Path("a.app")) == ()
    asked = (tmp_path / "tools" / "codesign.log").read_text()
    assert asked == "--verify --deep --strict a.app\n"


def test_what_apples_tools_refuse_is_found(tool: Callable[[str, int], None]):
    tool("codesign", 1)
    tool("plutil", 1)
    assert AppFormat().lint(Path("a.app")) == (
        Finding(tool="codesign", severity="error", tag="verify", message="it is odd"),
        Finding(tool="plutil", severity="error", tag="lint", message="it is odd"),
    )


def test_an_image_is_shown_to_the_first_tool_there_is(tool: Callable[[str, int], None]):
    tool("7z", 2)
    [finding] = DmgFormat().lint(Path("a.dmg")) or ()
    assert (finding.tool, finding.tag) == ("7z", "t")
    tool("hdiutil", 0)
    assert DmgFormat().lint(Path("a.dmg")) == ()
