"""How HFS Plus spells and orders names.

Names are UTF-16, big-endian, fully decomposed; the catalog is ordered by a table of its own, without
regard to case. Both are part of the disk format: a name out of order is a name that macOS cannot find.

Source: Apple Technical Note 1150, "Unicode Subtleties" and "Case-Insensitive String Comparison Algorithm".
"""

from __future__ import annotations

import itertools
import re
import struct
import unicodedata

from millennium_bundler.errors import FormatError

MAX_NAME_UNITS = 255

# What macOS decomposes by since 10.3.
_UNICODE = unicodedata.ucd_3_2_0
# Compatibility characters that Apple keeps as they are.
_KEPT = re.compile("([\u2000-\u2fff\uf900-\ufaff\U0002f800-\U0002faff]+)")

# Ranges of units: first, last, step, what folding adds. Those that decomposition takes apart are not here.
_FOLDED = (
    (0x0000, 0x0000, 1, 0xFFFF),
    (0x0041, 0x005A, 1, 32),
    *((unit, unit, 1, 32) for unit in (0xC6, 0xD0, 0xD8, 0xDE)),
    *((unit, unit, 1, 1) for unit in (0x110, 0x126, 0x132, 0x14A, 0x152, 0x166, 0x187, 0x18B)),
    *((unit, unit, 1, 1) for unit in (0x191, 0x198, 0x1A7, 0x1AC, 0x1B8, 0x1BC, 0x1C5, 0x1C8)),
    *((unit, unit, 1, 1) for unit in (0x1CB, 0x1E4, 0x1F2, 0x4C3, 0x4C7, 0x4CB)),
    *((unit, unit, 1, 2) for unit in (0x1C4, 0x1C7, 0x1CA, 0x1F1)),
    (0x013F, 0x0141, 2, 1),
    (0x0181, 0x0181, 1, 210),
    (0x0182, 0x0184, 2, 1),
    (0x0186, 0x0186, 1, 206),
    (0x0189, 0x018A, 1, 205),
    (0x018E, 0x018E, 1, 79),
    (0x018F, 0x018F, 1, 202),
    (0x0190, 0x0190, 1, 203),
    (0x0193, 0x0193, 1, 205),
    (0x0194, 0x0194, 1, 207),
    (0x0196, 0x0196, 1, 211),
    (0x0197, 0x0197, 1, 209),
    (0x019C, 0x019C, 1, 211),
    (0x019D, 0x019D, 1, 213),
    (0x019F, 0x019F, 1, 214),
    (0x01A2, 0x01A4, 2, 1),
    (0x01A9, 0x01A9, 1, 218),
    (0x01AE, 0x01AE, 1, 218),
    (0x01B1, 0x01B2, 1, 217),
    (0x01B3, 0x01B5, 2, 1),
    (0x01B7, 0x01B7, 1, 219),
    (0x0391, 0x03A1, 1, 32),
    (0x03A3, 0x03A9, 1, 32),
    (0x03E2, 0x03EE, 2, 1),
    (0x0402, 0x0402, 1, 80),
    (0x0404, 0x0406, 1, 80),
    (0x0408, 0x040B, 1, 80),
    (0x040F, 0x040F, 1, 80),
    (0x0410, 0x0418, 1, 32),
    (0x041A, 0x042F, 1, 32),
    (0x0460, 0x0474, 2, 1),
    (0x0478, 0x0480, 2, 1),
    (0x0490, 0x04BE, 2, 1),
    (0x0531, 0x0556, 1, 48),
    (0x10A0, 0x10C5, 1, 48),
    (0x2160, 0x216F, 1, 16),
    (0xFF21, 0xFF3A, 1, 32),
)
_FOLD = {
    unit: unit + plus
    for first, last, step, plus in _FOLDED
    for unit in range(first, last + 1, step)
}
# Joiners and marks of direction count for nothing.
_IGNORED = frozenset(
    itertools.chain(range(0x200C, 0x2010), range(0x202A, 0x202F), range(0x206A, 0x2070), (0xFEFF,))
)


def decompose(name: str) -> str:
    """Return a name as macOS spells it: decomposed, but for compatibility characters."""
    parts = _KEPT.split(name)
    return "".join(
        part if index % 2 else _UNICODE.normalize("NFD", part) for index, part in enumerate(parts)
    )


def encode_name(name: str) -> bytes:
    """Return a name as it stands in the catalog.

    Args:
        name: One part of a path, as POSIX sees it: a colon there is a slash on disk.

    Raises:
        FormatError: Empty, too long, or no text.
    """
    swapped = decompose(name).replace(":", "/")
    try:
        data = swapped.encode("utf-16-be")
    except UnicodeEncodeError as exc:
        message = f"the name {name!r} is not Unicode"
        raise FormatError(message, code="macos.name", help="rename the file") from exc
    if not 0 < len(data) <= 2 * MAX_NAME_UNITS:
        message = f"the name {name!r} has {len(data) // 2} characters; HFS Plus takes 1 to 255"
        raise FormatError(message, code="macos.name", help="shorten the name")
    return data


def decode_name(data: bytes) -> str:
    """Return what `encode_name` was given, decomposed.

    Raises:
        UnicodeDecodeError: Half a letter.
    """
    return data.decode("utf-16-be").replace("/", ":")


def name_order(data: bytes) -> tuple[int, ...]:
    """Return what names of one folder are compared by; equal ones cannot lie side by side."""
    units = struct.unpack(f">{len(data) // 2}H", data)
    return tuple(_FOLD.get(unit, unit) for unit in units if unit not in _IGNORED)
