"""One pattern of a file scope, against canonical paths.

1. What allows means exactly what it says: on a disk that tells ``A`` from ``a``, so does it.
2. What denies means more: any case, and any Unicode form of the same letters (``É`` is one letter
   or ``E`` with an accent), for many disks take these for one name, and one that does so can be
   plugged into any system. Letters without any look of their own are left out of the comparison.

Not loaded before the first scope: its matcher costs 17 ms that an app without files never pays.
"""

from __future__ import annotations

import os
import re
import unicodedata

from wcmatch import glob

_UNSEEN = re.compile("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")


class PathPattern:
    """Matches canonical paths. Thread: any.

    Args:
        start: A canonical path, word for word.
        wild: What follows behind a slash, as `wcmatch.glob` reads it with ``**``; may be "".
        sees_dots: Whether wildcards match names that begin with a dot.
        denies: Whether rule 2 holds.
    """

    def __init__(self, start: str, wild: str, *, sees_dots: bool, denies: bool) -> None:
        flags = glob.GLOBSTAR | (glob.DOTGLOB if sees_dots else 0)
        flags |= glob.IGNORECASE if denies else 0
        patterns = _written(start, wild)
        if denies:
            patterns += _written(folded(start), folded(wild))
        self._denies = denies
        self._matcher = glob.compile(patterns, flags=flags)

    def matches(self, path: str) -> bool:
        """Say whether this covers a canonical path."""
        if self._matcher.match(path):
            return True
        return self._denies and self._matcher.match(folded(path))


def folded(text: str) -> str:
    """Return the one form of all texts that some disk takes for the same name."""
    decomposed = unicodedata.normalize("NFD", _UNSEEN.sub("", text)).casefold()
    return unicodedata.normalize("NFC", decomposed)


def _written(start: str, wild: str) -> list[str]:
    literal = glob.escape(start.rstrip("/\\") or os.sep)
    patterns = [f"{literal.rstrip('/')}/{wild}"] if wild else [literal]
    if wild == "**" or wild.endswith("/**"):
        patterns.append(patterns[0].removesuffix("/**") or os.sep)
    return patterns
