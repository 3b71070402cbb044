"""`millennium-bundler icon`, typed as a user types it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from PIL import Image

from millennium_bundler.icon_cli import icon

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><circle cx="4" cy="4" r="4"/></svg>'
)


def typed(*words: str | Path) -> Result:
    return CliRunner().invoke(icon, [str(word) for word in words])


def size(path: Path) -> tuple[int, int]:
    with Image.open(path) as image:
        return image.size


def test_one_picture_becomes_all(png: Callable[[int], bytes], tmp_path: Path):
    (tmp_path / "a.png").write_bytes(png(1024))
    done = typed(tmp_path / "a.png", "-o", tmp_path / "icons", "--json")
    names = [Path(path).name for path in json.loads(done.stdout)["icons"]]
    assert names[:2] == ["16x16.png", "24x24.png"]
    assert names[-3:] == ["1024x1024.png", "icon.ico", "icon.icns"]
    assert sorted(names) == sorted(path.name for path in (tmp_path / "icons").iterdir())
    assert size(tmp_path / "icons/icon.ico") == (256, 256)
    assert size(tmp_path / "icons/icon.icns") == (1024, 1024)


def test_it_says_what_to_write_into_the_project(png: Callable[[int], bytes], tmp_path: Path):
    (tmp_path / "a.png").write_bytes(png(512))
    done = typed(tmp_path / "a.png", "-o", tmp_path / "icons")
    assert f"{tmp_path}/icons/512x512.png" in done.stdout
    assert "[tool.millennium.bundle] icon = [" in done.stderr


def test_a_small_picture_is_warned_of(png: Callable[[int], bytes], tmp_path: Path):
    (tmp_path / "a.png").write_bytes(png(64))
    done = typed(tmp_path / "a.png", "-o", tmp_path / "icons")
    assert (done.exit_code, "warning: " in done.stderr) == (0, True)
    assert not (tmp_path / "icons/128x128.png").exists()


@pytest.mark.skipif(shutil.which("rsvg-convert") is None, reason="needs rsvg-convert")
def test_an_svg_stays_beside_what_was_drawn_of_it(tmp_path: Path):
    (tmp_path / "a.svg").write_text(SVG)
    assert typed(tmp_path / "a.svg", "-o", tmp_path / "icons").exit_code == 0
    assert (tmp_path / "icons/icon.svg").read_text() == SVG
    assert size(tmp_path / "icons/1024x1024.png") == (1024, 1024)


def test_what_is_no_picture_is_named(tmp_path: Path):
    (tmp_path / "a.png").write_text("text")
    done = typed(tmp_path / "a.png", "-o", tmp_path / "icons")
    assert (done.exit_code, "error[M0421]" in done.stderr) == (1, True)
    assert not (tmp_path / "icons").exists()


def test_a_folder_that_cannot_be_written_is_named(png: Callable[[int], bytes], tmp_path: Path):
    (tmp_path / "a.png").write_bytes(png(512))
    (tmp_path / "icons").write_text("in the way")
    done = typed(tmp_path / "a.png", "-o", tmp_path / "icons")
    assert (done.exit_code, "error[M0423]" in done.stderr) == (1, True)
