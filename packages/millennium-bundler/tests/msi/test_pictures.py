"""The wizard's pictures."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from millennium_bundler.errors import FormatError
from millennium_bundler.msi.pictures import (
    BANNER_SIZE,
    DIALOG_SIZE,
    drawn_banner,
    drawn_dialog,
    given_picture,
)

Png = Callable[[int], bytes]


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data), formats=("BMP",))


@pytest.mark.parametrize("kind", ["png", "bmp"])
def test_a_picture_of_the_size_is_taken(tmp_path: Path, kind: str):
    path = tmp_path / f"banner.{kind}"
    Image.new("RGB", BANNER_SIZE, (1, 2, 3)).save(path)
    found = opened(given_picture(path, BANNER_SIZE))
    assert (found.size, found.mode, found.getpixel((0, 0))) == (BANNER_SIZE, "RGB", (1, 2, 3))


def test_what_shines_through_lies_on_white(tmp_path: Path):
    path = tmp_path / "banner.png"
    Image.new("RGBA", BANNER_SIZE, (0, 0, 0, 0)).save(path)
    assert opened(given_picture(path, BANNER_SIZE)).getpixel((0, 0)) == (255, 255, 255)


def test_another_size_is_refused(tmp_path: Path):
    path = tmp_path / "banner.png"
    Image.new("RGB", (493, 59)).save(path)
    with pytest.raises(FormatError, match="493 x 59, not 493 x 58") as caught:
        given_picture(path, BANNER_SIZE)
    assert caught.value.number == "M0485"


@pytest.mark.parametrize("data", [b"GIF89a", b""], ids=["other", "empty"])
def test_what_is_no_picture_is_refused(tmp_path: Path, data: bytes):
    path = tmp_path / "banner.png"
    path.write_bytes(data)
    with pytest.raises(FormatError, match="cannot be read"):
        given_picture(path, BANNER_SIZE)


def test_a_picture_that_is_missing_is_refused(tmp_path: Path):
    with pytest.raises(FormatError, match="cannot be read"):
        given_picture(tmp_path / "none.png", BANNER_SIZE)


def test_pictures_are_drawn_from_the_icon(png: Png):
    assert opened(drawn_banner(png(64))).size == BANNER_SIZE
    assert opened(drawn_dialog(png(64))).size == DIALOG_SIZE
    assert drawn_banner(png(64)) != drawn_banner(None)
    assert drawn_dialog(png(64)) != drawn_dialog(None)


def test_the_same_icon_gives_the_same_bytes(png: Png):
    assert drawn_dialog(png(64)) == drawn_dialog(png(64))
