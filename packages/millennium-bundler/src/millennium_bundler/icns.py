"""Apple's icon file: PNG pictures in a list, each under a four-letter name for its size.

Source: https://en.wikipedia.org/wiki/Apple_Icon_Image_format (Apple publishes none).
"""

from __future__ import annotations

import struct
from collections.abc import Mapping

from millennium_bundler.errors import IconError

# Side in pixels → names: as it is, and twice as fine as its size says.
_NAMES: tuple[tuple[int, tuple[bytes, ...]], ...] = (
    (32, (b"ic11",)),
    (64, (b"ic12",)),
    (128, (b"ic07",)),
    (256, (b"ic08", b"ic13")),
    (512, (b"ic09", b"ic14")),
    (1024, (b"ic10",)),
)
_SIDES = {name: side for side, names in _NAMES for name in names}
_MAGIC, _CONTENTS = b"icns", b"TOC "
_ITEM = struct.Struct(">4sI")
_PNG = b"\x89PNG\r\n\x1a\n"


def write_icns(pictures: Mapping[int, bytes]) -> bytes:
    """Return an icon file; empty when no picture has one of its sizes.

    Args:
        pictures: Side in pixels → PNG.
    """
    items = [(name, pictures[side]) for side, names in _NAMES if side in pictures for name in names]
    if not items:
        return b""
    contents = b"".join(_ITEM.pack(name, len(data) + _ITEM.size) for name, data in items)
    parts = [(_CONTENTS, contents), *items]
    body = b"".join(_ITEM.pack(name, len(data) + _ITEM.size) + data for name, data in parts)
    return _ITEM.pack(_MAGIC, len(body) + _ITEM.size) + body


def read_icns(data: bytes, *, place: str = "") -> dict[int, bytes]:
    """Return side in pixels → PNG.

    Args:
        data: The whole file.
        place: Its name, for errors.

    Raises:
        IconError: Not an icon file, or cut off. Pictures of other kinds are passed over.
    """
    try:
        magic, size = _ITEM.unpack_from(data)
        if (magic, size) != (_MAGIC, len(data)):
            raise _unreadable(place)
        found: dict[int, bytes] = {}
        at = _ITEM.size
        while at < len(data):
            name, size = _ITEM.unpack_from(data, at)
            if size < _ITEM.size or at + size > len(data):
                raise _unreadable(place)
            body = data[at + _ITEM.size : at + size]
            if name in _SIDES and body.startswith(_PNG):
                found[_SIDES[name]] = body
            at += size
    except struct.error as exc:
        raise _unreadable(place) from exc
    return found


def _unreadable(place: str) -> IconError:
    help_line = "make it again: millennium icon PICTURE"
    message = "the .icns file is not well-formed"
    return IconError(message, code="icon.unreadable", help=help_line, place=place)
