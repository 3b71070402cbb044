"""All icon sizes from one picture."""

from __future__ import annotations

import io
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from millennium_bundler.errors import IconError
from millennium_bundler.icons import FINE_SIZES, SIZES, make_icons, outlined_icons

Draw = Callable[[int], bytes]
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><circle r="4"/></svg>'


def refused(path: Path) -> IconError:
    with pytest.raises(IconError) as first:
        outlined_icons((path,))
    with pytest.raises(IconError) as caught:
        make_icons((path,))
    assert first.value.code == caught.value.code
    return caught.value


def test_smaller_sizes_are_drawn_and_nothing_is_enlarged(tmp_path: Path, png: Draw):
    path = tmp_path / "a.png"
    path.write_bytes(png(100))
    icons = make_icons((path,))
    assert sorted(icons.png) == [16, 24, 32, 48, 64]
    assert Image.open(io.BytesIO(icons.png[48])).size == (48, 48)


def test_a_picture_of_a_standard_size_is_taken_as_it_is(tmp_path: Path, png: Draw):
    small, large = tmp_path / "32.png", tmp_path / "512.png"
    small.write_bytes(png(32))
    large.write_bytes(png(512))
    icons = make_icons((small, large))
    assert (icons.png[32], icons.png[512]) == (png(32), png(512))
    assert len(icons.png) == 8


def test_the_same_picture_gives_the_same_bytes(tmp_path: Path, png: Draw):
    path = tmp_path / "a.png"
    path.write_bytes(png(256))
    assert make_icons((path,)) == make_icons((path,))


def test_no_picture_gives_no_icon():
    assert make_icons(()).png == {}
    assert outlined_icons(()).png == {}


@pytest.mark.parametrize("sides", [(16,), (20,), (64, 100), (512,), (48, 1024), (2000,)], ids=str)
@pytest.mark.parametrize("sizes", [SIZES, FINE_SIZES], ids=len)
def test_an_outline_has_the_sizes_that_are_drawn(
    tmp_path: Path, png: Draw, sides: tuple[int, ...], sizes: tuple[int, ...]
):
    paths = tuple(tmp_path / f"{side}.png" for side in sides)
    for path, side in zip(paths, sides, strict=True):
        path.write_bytes(png(side))
    drawn = make_icons(paths, sizes=sizes)
    assert list(outlined_icons(paths, sizes=sizes).png) == list(drawn.png)
    assert drawn.png


def test_an_outline_of_a_drawing_has_the_sizes_that_are_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, png: Draw
):
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    for side in (16, 512):
        (tmp_path / f"{side}.png").write_bytes(png(side))
    rasteriser(tmp_path, f'cat >/dev/null; cat {tmp_path}/"$2".png')
    path = tmp_path / "a.svg"
    path.write_bytes(SVG)
    found = outlined_icons((path,))
    assert (found.svg, tuple(found.png)) == (SVG, SIZES)
    assert tuple(make_icons((path,)).png) == SIZES


@pytest.mark.parametrize("side", [1, 15])
def test_a_picture_smaller_than_every_size_is_refused(tmp_path: Path, png: Draw, side: int):
    path = tmp_path / "small.png"
    path.write_bytes(png(side))
    error = refused(path)
    assert error.code == "icon.too_small"
    assert f"{side} x {side}" in error.message


def test_formats_of_other_systems_are_left_to_them(tmp_path: Path):
    assert make_icons((tmp_path / "a.ico", tmp_path / "a.icns")).png == {}


def test_a_missing_picture_is_named(tmp_path: Path):
    error = refused(tmp_path / "gone.png")
    assert error.code == "icon.missing"
    assert "gone.png" in error.message


def test_another_format_is_refused(tmp_path: Path):
    assert refused(tmp_path / "a.gif").code == "icon.unreadable"


@pytest.mark.parametrize(
    "body", [b"not a picture", b"\x89PNG\r\n\x1a\n" + b"x" * 30], ids=["text", "torn"]
)
def test_a_file_that_is_no_png_is_refused(tmp_path: Path, body: bytes):
    path = tmp_path / "a.png"
    path.write_bytes(body)
    assert refused(path).code == "icon.unreadable"


def test_a_picture_that_is_not_square_is_refused(tmp_path: Path):
    path = tmp_path / "wide.png"
    Image.new("RGB", (20, 10)).save(path)
    assert "20 x 10" in refused(path).message


def test_a_huge_file_is_refused(tmp_path: Path):
    path = tmp_path / "big.png"
    path.write_bytes(bytes(33 * 1024 * 1024))
    assert "larger" in refused(path).message


def test_svg_without_a_rasteriser_tells_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("PATH", str(tmp_path))
    path = tmp_path / "a.svg"
    path.write_bytes(SVG)
    error = refused(path)
    assert error.code == "icon.no_rasteriser"
    assert "librsvg2-bin" in error.help


def test_svg_beside_a_png_needs_no_rasteriser(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, png: Draw
):
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "a.svg").write_bytes(SVG)
    (tmp_path / "a.png").write_bytes(png(64))
    icons = make_icons((tmp_path / "a.svg", tmp_path / "a.png"))
    assert (icons.svg, sorted(icons.png)) == (SVG, [16, 24, 32, 48, 64])


def rasteriser(folder: Path, script: str) -> None:
    tool = folder / "rsvg-convert"
    tool.write_text(f"#!/bin/sh\n{script}\n")
    tool.chmod(tool.stat().st_mode | stat.S_IXUSR)


def test_svg_is_drawn_by_the_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, png: Draw):
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    (tmp_path / "drawn.png").write_bytes(png(512))
    rasteriser(tmp_path, f"cat >/dev/null; cat {tmp_path}/drawn.png")
    path = tmp_path / "a.svg"
    path.write_bytes(SVG)
    icons = make_icons((path,))
    assert (icons.svg, len(icons.png)) == (SVG, 8)


def test_svg_that_cannot_be_drawn_shows_what_the_tool_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    rasteriser(tmp_path, "cat >/dev/null; echo 'bad path data' >&2; exit 1")
    path = tmp_path / "a.svg"
    path.write_bytes(SVG)
    assert "bad path data" in refused(path).message


def test_a_rasteriser_that_does_not_end_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr("millennium_bundler.icons._RASTERISER_TIMEOUT_S", 0.1)
    rasteriser(tmp_path, "exec sleep 20")
    path = tmp_path / "a.svg"
    path.write_bytes(SVG)
    error = refused(path)
    assert (error.code, "did not end within" in error.message) == ("icon.unreadable", True)
