"""Every icon size from one picture, or from several.

Rules:

1. A PNG that is square and of a standard size is installed as it is.
2. The other sizes are drawn from the largest picture; nothing is ever enlarged.
3. An SVG is installed as `scalable`; sizes are drawn from it by the system's `rsvg-convert`. Without that
   tool and without a PNG beside it, bundling stops: we have no rasteriser of our own.
"""

from __future__ import annotations

import io
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from millennium_bundler.errors import IconError
from millennium_bundler.sign.tool import plain_environment

# https://specifications.freedesktop.org/icon-theme-spec/latest/
SIZES = (16, 24, 32, 48, 64, 128, 256, 512)
FINE_SIZES = (*SIZES, 1024)
"""With the size that only fine displays of macOS use."""

_RASTERISER = "rsvg-convert"
_RASTERISER_TIMEOUT_S = 30
_MAX_ICON_BYTES = 32 * 1024 * 1024
_MAX_ICON_SIDE = 8192


@dataclass(frozen=True, slots=True, kw_only=True)
class IconSet:
    """Pictures by side length in pixels, and the scalable one where there is one."""

    png: dict[int, bytes]
    svg: bytes | None = None


def make_icons(paths: tuple[Path, ...], *, sizes: tuple[int, ...] = SIZES) -> IconSet:
    """Draw all sizes.

    Args:
        paths: PNG or SVG files; none gives an empty set.
        sizes: Sides in pixels, the largest last.

    Raises:
        IconError: Missing, unreadable, not square, or an SVG that nothing here can draw.
    """
    svg = next((_read(path) for path in paths if path.suffix.lower() == ".svg"), None)
    pictures = [_open(path) for path in paths if path.suffix.lower() == ".png"]
    other = [path for path in paths if path.suffix.lower() not in {".png", ".svg", ".ico", ".icns"}]
    if other:
        message = f"icon {other[0].name} is neither PNG nor SVG"
        raise IconError(message, code="icon.unreadable", place=str(other[0]))
    if svg is not None and not pictures:
        pictures = [_rasterise(svg, sizes[-1])]
    return IconSet(png=_sizes(pictures, sizes), svg=svg)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Picture:
    image: Image.Image
    data: bytes


def _read(path: Path) -> bytes:
    try:
        data = path.read_bytes()
    except OSError as exc:
        message = f"icon {path.name} cannot be read: {exc.strerror}"
        raise IconError(
            message, code="icon.missing", help="correct the path in `icon`", place=str(path)
        ) from exc
    if len(data) > _MAX_ICON_BYTES:
        message = f"icon {path.name} is larger than {_MAX_ICON_BYTES} bytes"
        raise IconError(message, code="icon.unreadable", place=str(path))
    return data


def _open(path: Path) -> _Picture:
    data = _read(path)
    try:
        image = Image.open(io.BytesIO(data), formats=("PNG",))
        side = max(image.size)
        if image.width != image.height or side > _MAX_ICON_SIDE:
            message = f"icon {path.name} is {image.width} x {image.height}, not a square"
            raise IconError(message, code="icon.unreadable", place=str(path))
        image.load()
    except (UnidentifiedImageError, OSError, SyntaxError, Image.DecompressionBombError) as exc:
        message = f"icon {path.name} is not a PNG picture"
        raise IconError(message, code="icon.unreadable", place=str(path)) from exc
    return _Picture(image=image.convert("RGBA"), data=data)


def _rasterise(svg: bytes, largest: int) -> _Picture:
    tool = shutil.which(_RASTERISER)
    if tool is None:
        message = f"the icon is SVG and {_RASTERISER} is not installed"
        help_line = "apt install librsvg2-bin, or add a PNG of 512 x 512 to `icon`"
        raise IconError(message, code="icon.no_rasteriser", help=help_line)
    side = str(largest)
    try:
        done = subprocess.run(
            [tool, "--width", side, "--height", side, "--format", "png"],
            input=svg,
            capture_output=True,
            timeout=_RASTERISER_TIMEOUT_S,
            check=False,
            env=plain_environment(),
        )
    except subprocess.TimeoutExpired as exc:
        message = f"{_RASTERISER} did not end within {_RASTERISER_TIMEOUT_S} s"
        help_line = "simplify the SVG, or add a PNG of 512 x 512 to `icon`"
        raise IconError(message, code="icon.unreadable", help=help_line) from exc
    if done.returncode:
        message = f"{_RASTERISER} cannot draw the icon"
        raise IconError(
            message, code="icon.unreadable", help=done.stderr.decode("utf-8", "replace")
        )
    image = Image.open(io.BytesIO(done.stdout), formats=("PNG",)).convert("RGBA")
    return _Picture(image=image, data=_encode(image))


def _sizes(pictures: list[_Picture], sizes: tuple[int, ...]) -> dict[int, bytes]:
    if not pictures:
        return {}
    given = {picture.image.width: picture.data for picture in pictures}
    largest = max(pictures, key=lambda picture: picture.image.width).image
    drawn = {side: _encode(_scaled(largest, side)) for side in sizes if side < largest.width}
    return {side: data for side, data in sorted({**drawn, **given}.items()) if side in sizes}


def _scaled(image: Image.Image, side: int) -> Image.Image:
    return image.resize((side, side), Image.Resampling.LANCZOS, reducing_gap=3.0)


def _encode(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()
