"""One pattern of a file scope, against canonical paths.

1. What allows means exactly what it says: on a disk that tells ``A`` from ``a``, so does it.
2. What denies means more: any case, and any Unicode form of the same letters (``É`` is one letter
   or ``E`` with an accent), for many disks take these for one name, and one that does so can be
   plugged into any system. Letters without any look of their own are left out of the comparison.
3. It takes as long as the path has names times the pattern has: however many ``**`` there are, no
   way to share the names out among them is tried twice.

Not loaded before the first scope: its matcher costs 17 ms that an app without files never pays.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Callable, Iterable

from wcmatch import glob

_UNSEEN = re.compile("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
_MAGIC = re.compile(r"[*?\[\]\\]")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_SLASH = re.compile(r"[/\\]" if os.name == "nt" else "/")
_IS_LOOSE = os.name == "nt"

_IsName = Callable[[str], object]


class PathPattern:
    """Matches canonical paths. Thread: any.

    Args:
        start: A canonical path, word for word.
        wild: What follows behind a slash, as `wcmatch.glob` reads it with ``**``; may be "".
        sees_dots: Whether wildcards match names that begin with a dot.
        denies: Whether rule 2 holds.
    """

    def __init__(self, start: str, wild: str, *, sees_dots: bool, denies: bool) -> None:
        self._denies = denies
        self._ways = [_Names(start, wild, sees_dots=sees_dots, denies=denies)]
        if denies:
            folds = _Names(folded(start), folded(wild), sees_dots=sees_dots, denies=denies)
            self._ways.append(folds)

    def matches(self, path: str) -> bool:
        """Say whether this covers a canonical path."""
        forms = {path, folded(path)} if self._denies else {path}
        return any(
            way.match(filter(None, _SLASH.split(form))) for way in self._ways for form in forms
        )


def folded(text: str) -> str:
    """Return the one form of all texts that some disk takes for the same name."""
    decomposed = unicodedata.normalize("NFD", _UNSEEN.sub("", text)).casefold()
    return unicodedata.normalize("NFC", decomposed)


class _Names:
    """A pattern, name by name; None stands for ``**``."""

    def __init__(self, start: str, wild: str, *, sees_dots: bool, denies: bool) -> None:
        self._sees_dots = sees_dots
        is_loose = denies or _IS_LOOSE
        self._names: list[_IsName | None] = [
            _literal(name, is_loose=is_loose) for name in _SLASH.split(start) if name
        ]
        written = _ESCAPED.sub(_without_escaped_slash, wild).split("/") if wild else []
        if denies or written[-1:] != [""]:  # else it means folders only, which no path says it is
            written = [name for name in written if name]
        flags = (glob.DOTGLOB if sees_dots else 0) | (glob.IGNORECASE if is_loose else 0)
        for name in written:
            if name != "**":
                self._names.append(_wild(name, flags))
            elif not self._names or self._names[-1] is not None:
                self._names.append(None)

    def match(self, names: Iterable[str]) -> bool:
        """Say whether the names of a path fit."""
        places = set(self._reached(0))
        for name in names:
            places = {after for place in places for after in self._after(place, name)}
            if not places:
                return False
        return len(self._names) in places

    def _after(self, place: int, name: str) -> Iterable[int]:
        """Return the places behind `name`, of somebody who stands before the one at `place`."""
        if place == len(self._names):
            return ()
        is_name = self._names[place]
        if is_name is not None:
            return self._reached(place + 1) if is_name(name) else ()
        return self._reached(place) if self._sees_dots or not name.startswith(".") else ()

    def _reached(self, place: int) -> Iterable[int]:
        """Return a place, and the next one if ``**`` stands there: it may be no name at all."""
        is_any = place < len(self._names) and self._names[place] is None
        return (place, place + 1) if is_any else (place,)


def _literal(name: str, *, is_loose: bool) -> _IsName:
    return re.compile(re.escape(name), re.IGNORECASE).fullmatch if is_loose else name.__eq__


def _wild(name: str, flags: int) -> _IsName:
    if _MAGIC.search(name) is None:
        return _literal(name, is_loose=bool(flags & glob.IGNORECASE))
    is_name: _IsName = glob.compile([name], flags=flags).match
    return is_name


def _without_escaped_slash(found: re.Match[str]) -> str:
    return "/" if found[1] == "/" else found[0]
