"""The ``Range`` header: one range of bytes, or a reason why not."""

from __future__ import annotations

import re

_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")


class UnsatisfiableRangeError(ValueError):
    """The range starts behind the end, or there are several."""


def parse_range(header: str, size: int) -> range | None:
    """Return which of `size` bytes a header asks for; None if it is to be ignored.

    Several ranges are refused: an answer in parts is of no use to a media element, and a page
    could have the same bytes copied a thousand times.

    Source: https://www.rfc-editor.org/rfc/rfc9110#section-14.2

    Raises:
        UnsatisfiableRangeError: Nothing of it can be served.
    """
    text = header.strip().lower().replace(" ", "")
    if text.startswith("bytes=") and "," in text:
        raise UnsatisfiableRangeError("several ranges")
    match = _RANGE.fullmatch(text)
    if match is None or not (match[1] or match[2]):
        return None
    first, last = match[1], match[2]
    if not first:
        start, stop = max(size - int(last), 0), size
    else:
        start, stop = int(first), min(int(last) + 1, size) if last else size
        if last and int(last) < int(first):
            return None
    if start >= size or start >= stop:
        raise UnsatisfiableRangeError("behind the end")
    return range(start, stop)
