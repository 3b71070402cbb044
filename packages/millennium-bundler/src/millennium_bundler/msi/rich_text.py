r"""The licence as the wizard shows it: RTF, given as such or made from plain text.

1. RTF is taken as it is; text is UTF-8, UTF-16 with its mark, or else Windows-1252.
2. Every letter beyond ASCII becomes `\uN?`, one for each UTF-16 unit, so that no code page matters.
3. Square brackets are spelled as codes, or the wizard would take them for names of properties.
"""

from __future__ import annotations

import codecs
import struct

from millennium_bundler.errors import FormatError

_HEAD = r"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0 Tahoma;}}\uc1\f0\fs16 "
_START = b"{\\rtf"
_ESCAPES = str.maketrans(
    {"\\": r"\\", "{": r"\{", "}": r"\}", "[": r"\'5b", "]": r"\'5d", "\t": r"\tab "}
)
_BRACKETS = str.maketrans({"[": r"\'5b", "]": r"\'5d"})
MAX_BYTES = 512 * 1024


def rich_text(data: bytes, *, name: str) -> str:
    """Return a licence as RTF of ASCII alone.

    Args:
        data: The file.
        name: Its name, for errors.

    Raises:
        FormatError: Too large, or no text.
    """
    if len(data) > MAX_BYTES:
        message = f"licence {name} is larger than {MAX_BYTES} bytes"
        raise FormatError(message, code="msi.license", help="name a shorter one")
    if data.startswith(_START):
        body = "".join(chr(byte) if byte < 0x80 else rf"\'{byte:02x}" for byte in data)  # noqa: PLR2004 - ASCII
        return body.rstrip("\0\r\n ").translate(_BRACKETS)
    return _HEAD + "\\par\n".join(map(_escaped, _decoded(data, name).splitlines())) + "}"


def _decoded(data: bytes, name: str) -> str:
    is_wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = data.decode("utf-16" if is_wide else "utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    if "\0" in text:
        message = f"licence {name} is neither text nor RTF"
        raise FormatError(message, code="msi.license", help="name a text file")
    return text


def _escaped(line: str) -> str:
    text = line.translate(_ESCAPES)
    return "".join(letter if letter.isascii() else _coded(letter) for letter in text)


def _coded(letter: str) -> str:
    raw = letter.encode("utf-16-le", "surrogatepass")
    units = struct.unpack(f"<{len(raw) // 2}h", raw)
    return "".join(rf"\u{unit}?" for unit in units)
