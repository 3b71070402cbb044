"""The wizard's pictures, as bitmaps: given (24 bits), or drawn from the app's icon (8 bits)."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from millennium_bundler.errors import FormatError

BANNER_SIZE = (493, 58)
DIALOG_SIZE = (493, 312)
_PANEL = (164, 312)
_WHITE, _SOFT = (255, 255, 255), (236, 239, 244)
_BANNER_ICON, _DIALOG_ICON = 40, 96
_MAX_BYTES = 8 * 1024 * 1024


def given_picture(path: Path, size: tuple[int, int]) -> bytes:
    """Return a picture of the app's own as a bitmap.

    Raises:
        FormatError: It cannot be read, or is not of the size.
    """
    width, height = size
    help_line = f"name a BMP or PNG of {width} x {height}"
    try:
        data = path.read_bytes()
        image = Image.open(io.BytesIO(data[:_MAX_BYTES]), formats=("BMP", "PNG"))
        if image.size != size:
            message = f"{path.name} is {image.width} x {image.height}, not {width} x {height}"
            raise FormatError(message, code="msi.picture", help=help_line, place=str(path))
        return _bitmap(_flat(image.convert("RGBA"), Image.new("RGB", size, _WHITE), (0, 0)))
    except (OSError, UnidentifiedImageError, SyntaxError, Image.DecompressionBombError) as exc:
        message = f"{path.name} cannot be read as a picture"
        raise FormatError(message, code="msi.picture", help=help_line, place=str(path)) from exc


def drawn_banner(icon: bytes | None) -> bytes:
    """Return the strip on top of most pages: white, with the icon at its right."""
    strip = Image.new("RGB", BANNER_SIZE, _WHITE)
    right = BANNER_SIZE[0] - _BANNER_ICON - 12
    place = (right, (BANNER_SIZE[1] - _BANNER_ICON) // 2)
    return _bitmap(_with_icon(strip, icon, _BANNER_ICON, place).quantize())


def drawn_dialog(icon: bytes | None) -> bytes:
    """Return the ground of first and last page: a panel with the icon at the left of white."""
    ground = Image.new("RGB", DIALOG_SIZE, _WHITE)
    ground.paste(Image.new("RGB", _PANEL, _SOFT), (0, 0))
    place = ((_PANEL[0] - _DIALOG_ICON) // 2, 40)
    return _bitmap(_with_icon(ground, icon, _DIALOG_ICON, place).quantize())


def _with_icon(
    ground: Image.Image, icon: bytes | None, side: int, place: tuple[int, int]
) -> Image.Image:
    if icon is None:
        return ground
    picture = Image.open(io.BytesIO(icon), formats=("PNG",)).convert("RGBA")
    scaled = picture.resize((side, side), Image.Resampling.LANCZOS)
    return _flat(scaled, ground, place)


def _flat(picture: Image.Image, ground: Image.Image, place: tuple[int, int]) -> Image.Image:
    ground.paste(picture, place, picture)
    return ground


def _bitmap(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "BMP")
    return out.getvalue()
