"""The list of checksums, and the names in it, as somebody reads them who trusts neither.

1. A name is that of one file in the folder itself: no path, no drive, nothing that a terminal would not show.
2. A line is 64 digits, two spaces and a name, and ends with a line end of Unix, also the last one: a list that
   was cut off is none.
3. No name comes twice.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from millennium_bundler.errors import PackageError

SUMS = "SHA256SUMS"
MAX_SUMS_BYTES = 1024 * 1024

_MAX_NAME_BYTES = 255
# Separators of both kinds, Windows' drives and streams, control characters of both kinds, other line ends, and
# what turns the direction of a line.
_ODD = re.compile(r"[/\\:\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_ROW = re.compile(r"(?P<sha256>[0-9a-f]{64})  (?P<name>[^\n]+)")


def is_file_name(text: str) -> bool:
    """Tell whether a text names one file of a folder, and can be shown."""
    if not text or text in {".", ".."} or _ODD.search(text):
        return False
    return len(text.encode()) <= _MAX_NAME_BYTES


def write_sums(sums: Mapping[str, str]) -> bytes:
    """Return the list, sorted by name, as sha256sum(1) reads it."""
    return "".join(f"{digest}  {name}\n" for name, digest in sorted(sums.items())).encode()


def parse_sums(data: bytes) -> dict[str, str]:
    """Read a list: digests by name.

    Raises:
        PackageError: It is empty, cut off, or a line is no sum.
    """
    try:
        *lines, rest = data.decode("utf-8").split("\n")
    except UnicodeDecodeError:
        raise differs(f"{SUMS} is no text") from None
    if rest or not lines:
        raise differs(f"{SUMS} is empty, or cut off")
    sums: dict[str, str] = {}
    for line in lines:
        match = _ROW.fullmatch(line)
        if match is None or not is_file_name(match["name"]) or match["name"] in sums:
            raise differs(f"{SUMS} has a line that is no sum")
        sums[match["name"]] = match["sha256"]
    return sums


def differs(what: str) -> PackageError:
    """Return the error for what is not as it was released."""
    return PackageError(
        what, code="package.differs", help="fetch the files again, all from one release"
    )
