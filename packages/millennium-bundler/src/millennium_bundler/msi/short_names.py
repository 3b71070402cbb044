"""Names as DOS had them, eight letters and three: an .msi wants one beside every long name."""

from __future__ import annotations

import re

_SIGN = re.compile(r"[^A-Z0-9_-]")
_STEM, _ENDING = 8, 3


def both_names(name: str, taken: set[str]) -> str:
    """Return "SHORT~1.TXT|the long name.txt", or the name alone when it is short by itself.

    Args:
        name: A file's or folder's own name.
        taken: Short names already given in this folder, in capitals; the new one is added.
    """
    stem, dot, ending = name.rpartition(".")
    if not dot:
        stem, ending = name, ""
    short = _joined(_clean(stem), _clean(ending))
    if short == name.upper() and short not in taken and _fits(stem, ending):
        taken.add(short)
        return name
    number = 1
    while (short := _numbered(stem, ending, number)) in taken:
        number += 1
    taken.add(short)
    return f"{short}|{name}"


def _fits(stem: str, ending: str) -> bool:
    return 0 < len(stem) <= _STEM and len(ending) <= _ENDING


def _numbered(stem: str, ending: str, number: int) -> str:
    tail = f"~{number}"
    return _joined((_clean(stem)[: _STEM - len(tail)] or "_") + tail, _clean(ending)[:_ENDING])


def _joined(stem: str, ending: str) -> str:
    return f"{stem}.{ending}" if ending else stem


def _clean(text: str) -> str:
    return _SIGN.sub("", text.upper())
