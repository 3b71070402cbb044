"""Every icon size from one picture, or from several.

Rules:

1. A PNG that is square and of a standard size is installed as it is.
2. The other sizes are drawn from the largest picture; nothing is ever enlarged.
3. An SVG is installed as `scalable`; sizes are drawn from it by the system's `rsvg-convert`. Without that
   tool and without a PNG beside it, bundling stops: we have no rasteriser of our own.
4. Pictures of which none is as large as the smallest size are refused: an icon would be left out.
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

_ENDINGS = frozenset({".png", ".svg", ".ico", ".icns"})
_HELP = "save it as PNG of 512 x 512 or as SVG; all other sizes: millennium icon PICTURE"
_RASTERISER = "rsvg-convert"
_RASTERISER_TIMEOUT_S = 30
_ADD_PNG = "add a PNG of 512 x 512 to `icons`"
_MOST_SAID_CHARS = 300
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
        IconError: Missing, unreadable, not square, too small, or an SVG that nothing here can draw.
    """
    svg, pictures = _given(paths, drawn=sizes[-1])
    found = _sizes(pictures, sizes)
    _refuse_small(pictures, sizes, is_enough=bool(found))
    return IconSet(png=found, svg=svg)


def outlined_icons(paths: tuple[Path, ...], *, sizes: tuple[int, ...] = SIZES) -> IconSet:
    """Return what `make_icons` does with empty pictures, for drawing them takes time.

    Raises:
        IconError: As `make_icons`.
    """
    svg, pictures = _given(paths, drawn=sizes[0])
    given = {picture.image.width for picture in pictures}
    # A drawing has any size: the one that was drawn of it is but a trial.
    largest = sizes[-1] if svg and not _has_png(paths) else max(given, default=0)
    sides = [side for side in sizes if side < largest or side in {*given, largest}]
    _refuse_small(pictures, sizes, is_enough=bool(sides))
    return IconSet(png=dict.fromkeys(sides, b""), svg=svg)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Picture:
    image: Image.Image
    data: bytes


def _given(paths: tuple[Path, ...], *, drawn: int) -> tuple[bytes | None, list[_Picture]]:
    """Return the drawing, and the pictures; without any one is drawn with a side of this length."""
    other = [path for path in paths if path.suffix.lower() not in _ENDINGS]
    if other:
        message = f"icon {other[0].name} is neither PNG nor SVG"
        raise IconError(message, code="icon.unreadable", help=_HELP, place=str(other[0]))
    svg = next(((path, _read(path)) for path in paths if path.suffix.lower() == ".svg"), None)
    pictures = [_open(path) for path in paths if path.suffix.lower() == ".png"]
    if svg is None:
        return None, pictures
    path, data = svg
    return data, pictures or [_rasterise(data, drawn, place=str(path))]


def _has_png(paths: tuple[Path, ...]) -> bool:
    return any(path.suffix.lower() == ".png" for path in paths)


def _refuse_small(pictures: list[_Picture], sizes: tuple[int, ...], *, is_enough: bool) -> None:
    if pictures and not is_enough:
        side = max(picture.image.width for picture in pictures)
        message = f"the largest icon is {side} x {side}, too small for the smallest size"
        help_line = f"add a PNG of 512 x 512 to `icons`; {sizes[0]} x {sizes[0]} is the least"
        raise IconError(message, code="icon.too_small", help=help_line)


def _read(path: Path) -> bytes:
    try:
        data = path.read_bytes()
    except OSError as exc:
        message = f"icon {path.name} cannot be read: {exc.strerror}"
        raise IconError(
            message, code="icon.missing", help="correct the path in `icons`", place=str(path)
        ) from exc
    if len(data) > _MAX_ICON_BYTES:
        message = f"icon {path.name} is larger than {_MAX_ICON_BYTES} bytes"
        raise IconError(message, code="icon.unreadable", help=_HELP, place=str(path))
    return data


def _open(path: Path) -> _Picture:
    data = _read(path)
    try:
        image = Image.open(io.BytesIO(data), formats=("PNG",))
        side = max(image.size)
        if image.width != image.height or side > _MAX_ICON_SIDE:
            what = "not a square" if side <= _MAX_ICON_SIDE else f"more than {_MAX_ICON_SIDE}"
            message = f"icon {path.name} is {image.width} x {image.height}, {what}"
            raise IconError(message, code="icon.unreadable", help=_HELP, place=str(path))
        image.load()
    except (UnidentifiedImageError, OSError, SyntaxError, Image.DecompressionBombError) as exc:
        message = f"icon {path.name} is not a PNG picture"
        raise IconError(message, code="icon.unreadable", help=_HELP, place=str(path)) from exc
    return _Picture(image=image.convert("RGBA"), data=data)


def _rasterise(svg: bytes, side: int, *, place: str) -> _Picture:
    tool = shutil.which(_RASTERISER)
    if tool is None:
        message = f"the icon is SVG and {_RASTERISER} is not installed"
        help_line = f"apt install librsvg2-bin, or {_ADD_PNG}"
        raise IconError(message, code="icon.no_rasteriser", help=help_line, place=place)
    size = ("--width", str(side), "--height", str(side), "--format", "png")
    try:
        done = subprocess.run(
            [tool, *size],
            input=svg,
            capture_output=True,
            timeout=_RASTERISER_TIMEOUT_S,
            check=False,
            env=plain_environment(),
        )
    except subprocess.TimeoutExpired as exc:
        message = f"{_RASTERISER} did not end within {_RASTERISER_TIMEOUT_S} s"
        help_line = f"simplify the SVG, or {_ADD_PNG}"
        raise IconError(message, code="icon.unreadable", help=help_line, place=place) from exc
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip()
        message = f"{_RASTERISER} cannot draw the icon: {said[:_MOST_SAID_CHARS]}"
        help_line = f"correct the SVG, or {_ADD_PNG}"
        raise IconError(message, code="icon.unreadable", help=help_line, place=place)
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
