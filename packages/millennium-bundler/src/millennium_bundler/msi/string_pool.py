"""The texts of an .msi: each once, in the package's code page, counted.

1. Number 0 is null, and an empty text is null, too.
2. A text above 65535 bytes has two entries: (0, count), then its length.
3. Above 65535 texts, cells are 3 bytes wide instead of 2, which the code page's top bit says.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from millennium_bundler.errors import FormatError, PackageError

CODE_PAGES = {
    65001: "utf-8",
    **{number: f"cp{number}" for number in (874, 932, 936, 949, 950, *range(1250, 1259))},
}
_WIDE_BIT = 0x8000_0000
_MAX_SHORT = 0xFFFF


def can_encode(text: str, code_page: int) -> bool:
    """Tell whether a code page has every letter of a text."""
    try:
        text.encode(CODE_PAGES[code_page])
    except UnicodeEncodeError:
        return False
    return True


@dataclass(slots=True)
class StringPool:
    """Texts and their numbers, as they come."""

    code_page: int
    _numbers: dict[str, int] = field(default_factory=dict)
    _counts: list[int] = field(default_factory=list)

    @property
    def width(self) -> int:
        """Bytes of a number in a cell."""
        return 2 if len(self._counts) <= _MAX_SHORT else 3

    def add(self, text: str | None) -> int:
        """Return a text's number, and count that it was used."""
        if not text:
            return 0
        number = self._numbers.setdefault(text, len(self._counts) + 1)
        if number > len(self._counts):
            self._counts.append(0)
        self._counts[number - 1] = min(self._counts[number - 1] + 1, _MAX_SHORT)
        return number

    def to_bytes(self) -> tuple[bytes, bytes]:
        """Return the streams `_StringPool` and `_StringData`.

        Raises:
            FormatError: A text has a letter that the code page lacks.
        """
        wide = _WIDE_BIT if self.width > 2 else 0  # noqa: PLR2004 - bytes
        pool = [struct.pack("<I", self.code_page | wide)]
        data = []
        for text, count in zip(self._numbers, self._counts, strict=True):
            raw = self._encoded(text)
            if len(raw) > _MAX_SHORT:
                pool.append(struct.pack("<HHHH", 0, count, len(raw) & 0xFFFF, len(raw) >> 16))
            else:
                pool.append(struct.pack("<HH", len(raw), count))
            data.append(raw)
        return b"".join(pool), b"".join(data)

    def _encoded(self, text: str) -> bytes:
        try:
            return text.encode(CODE_PAGES[self.code_page])
        except UnicodeEncodeError as exc:
            message = f"{text[:60]!r} has letters that code page {self.code_page} lacks"
            raise FormatError(message, code="msi.row", help="use code page 65001") from exc


def read_strings(pool: bytes, data: bytes) -> tuple[list[str], int, int]:
    """Return all texts (number 0 first), the code page and the width of a number.

    Raises:
        PackageError: The two streams do not fit each other.
    """
    words = struct.unpack(f"<{len(pool) // 2}H", pool)
    head = words[0] | words[1] << 16
    code_page = head & ~_WIDE_BIT
    coding = CODE_PAGES.get(code_page)
    if coding is None:
        raise _corrupt(f"code page {code_page} is not known")
    texts = [""]
    at, place = 0, 2
    while place < len(words):
        size, count = words[place : place + 2]
        place += 2
        if size == 0 and count:
            size = words[place] | words[place + 1] << 16
            place += 2
        texts.append(data[at : at + size].decode(coding))
        at += size
    if at != len(data) or len(set(texts)) != len(texts):
        raise _corrupt("its texts are not each there once")
    return texts, code_page, 3 if head & _WIDE_BIT else 2


def _corrupt(what: str) -> PackageError:
    return PackageError(f"the package is corrupt: {what}", code="package.corrupt")
