"""The .ico of a Windows app: several sizes in one file, each a PNG."""

from __future__ import annotations

import struct
from pathlib import Path

from millennium_bundler.errors import IconError
from millennium_bundler.icons import make_icons

_MAX_SIDE = 256
_HEAD = struct.Struct("<HHH")
_ENTRY = struct.Struct("<BBBBHHII")


def windows_icon(paths: tuple[Path, ...]) -> bytes:
    """Return the app's .ico: one that is given, else one made of its other pictures; empty without any.

    Raises:
        IconError: A picture cannot be read, or what is called .ico is none.
    """
    given = next((path for path in paths if path.suffix.lower() == ".ico"), None)
    if given is None:
        return write_ico(make_icons(paths).png)
    try:
        data = given.read_bytes()
    except OSError as exc:
        message = f"icon {given.name} cannot be read: {exc.strerror}"
        help_line = "correct the path in `icons`"
        raise IconError(message, code="icon.missing", help=help_line, place=str(given)) from exc
    if data[:4] != b"\0\0\1\0":
        message = f"icon {given.name} is no .ico"
        raise IconError(message, code="icon.unreadable", place=str(given))
    return data


def write_ico(pictures: dict[int, bytes]) -> bytes:
    """Return an .ico of PNG pictures by side length; those above 256 are left out."""
    fitting = {side: data for side, data in sorted(pictures.items()) if side <= _MAX_SIDE}
    if not fitting:
        return b""
    at = _HEAD.size + _ENTRY.size * len(fitting)
    entries = []
    for side, data in fitting.items():
        shown = side % _MAX_SIDE
        entries.append(_ENTRY.pack(shown, shown, 0, 0, 1, 32, len(data), at))
        at += len(data)
    return b"".join((_HEAD.pack(0, 1, len(fitting)), *entries, *fitting.values()))
