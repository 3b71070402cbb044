"""The licence that a disk image asks to agree to: resources of classic Mac OS, which still work.

Source: Apple's "Software License Agreements for UDIF" as `hdiutil udifrez` takes them.
"""

from __future__ import annotations

import struct
from pathlib import Path

from millennium_bundler.archive.udif import Resource, Resources
from millennium_bundler.errors import FormatError

_FIRST_ID = 5000
_ENGLISH = 0
_MAX_LICENSE_BYTES = 1024 * 1024
_BUTTONS = (
    "English",
    "Agree",
    "Disagree",
    "Print",
    "Save…",
    (
        "If you agree with the terms of this license, press “Agree” to install the software. "
        "If you do not agree, press “Disagree”."
    ),
)
_RICH_TEXT = b"{\\rtf"


def license_resources(data: bytes, *, path: Path) -> Resources:
    """Return the resources of one licence in one language.

    Args:
        data: RTF, or text in UTF-8.
        path: Where it is from, for errors.

    Raises:
        FormatError: Too large, or neither.
    """
    if len(data) > _MAX_LICENSE_BYTES:
        message = f"the licence {path.name} is larger than {_MAX_LICENSE_BYTES} bytes"
        raise FormatError(message, code="macos.license", help="name a shorter text")
    rich = data if data.startswith(_RICH_TEXT) else _rich(_text(data, path))
    labels = [label.encode("mac_roman") for label in _BUTTONS]
    strings = struct.pack(">H", len(labels)) + b"".join(
        bytes([len(label)]) + label for label in labels
    )
    languages = struct.pack(">HHHHH", _ENGLISH, 1, _ENGLISH, 0, 0)
    return {
        "LPic": (Resource(id=_FIRST_ID, data=languages),),
        "RTF ": (Resource(id=_FIRST_ID, data=rich, name="English SLA"),),
        "STR#": (Resource(id=_FIRST_ID, data=strings, name="English"),),
    }


def _text(data: bytes, path: Path) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        message = f"the licence {path.name} is neither RTF nor text in UTF-8"
        raise FormatError(message, code="macos.license", help="save it as UTF-8") from exc


def _rich(text: str) -> bytes:
    """Return a text as RTF, for which every letter is ASCII."""
    letters = "".join(_letter(unit) for unit in _units(text.replace("\r\n", "\n")))
    head = r"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fswiss Helvetica;}}\f0\fs24 "
    return (head + letters + "}").encode("ascii")


def _units(text: str) -> tuple[int, ...]:
    data = text.encode("utf-16-be")
    return struct.unpack(f">{len(data) // 2}H", data)


def _letter(unit: int) -> str:
    letter = chr(unit)
    if letter == "\n":
        return "\\par\n"
    if letter in "\\{}":
        return f"\\{letter}"
    if letter.isascii():
        return letter if letter.isprintable() or letter == "\t" else " "
    signed = unit - 0x1_0000 if unit & 0x8000 else unit
    return f"\\u{signed}?"
