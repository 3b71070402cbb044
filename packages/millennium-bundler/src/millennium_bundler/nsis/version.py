"""Versions as an installer compares them: texts whose order as texts is that of Semantic Versioning.

An NSIS script has no better order than that of texts, so the order is worked out here and the result is
kept in the registry beside the version that people see.

1. Up to four numbers, ten digits each; missing ones are 0.
2. A release comes after its pre-releases: "z".
3. A pre-release's words: numbers before names, and as numbers; fewer words before more.
4. What follows "+" counts for nothing, unless all of it is one number: then it is the fourth.
"""

from __future__ import annotations

import re

_NUMBERS = 4
_DIGITS = 10
_MAX_FIELD = 65535
_HEAD = re.compile(r"\d+(?:\.\d+)*", re.ASCII)


def version_order(version: str) -> str:
    """Return a text that sorts as the version does, of digits, letters and dots alone."""
    numbers, words = _parts(version)
    head = ".".join(f"{number:0{_DIGITS}d}" for number in numbers)
    if not words:
        return f"{head}.z"
    return ".".join((head, *map(_word_order, words)))


def file_version(version: str) -> str:
    """Return the four numbers of a version resource; what does not fit is the largest that does."""
    return ".".join(str(min(number, _MAX_FIELD)) for number in _parts(version)[0])


def _parts(version: str) -> tuple[tuple[int, ...], tuple[str, ...]]:
    text, _, build = version.partition("+")
    found = _HEAD.match(text)
    head = found[0] if found else ""
    numbers = [min(int(number), 10**_DIGITS - 1) for number in head.split(".") if number]
    if build.isdecimal() and len(numbers) == _NUMBERS - 1:
        numbers.append(min(int(build), 10**_DIGITS - 1))
    rest = text[len(head) :].lstrip("-.~")
    words = tuple(word for word in re.split(r"[-.~]", rest) if word)
    return tuple([*numbers, 0, 0, 0, 0][:_NUMBERS]), words


def _word_order(word: str) -> str:
    if word.isdecimal():
        return f"0{int(word):0{_DIGITS}d}"
    # Digits and small letters alone: Windows sorts other signs in ways of its own.
    return f"a{word.encode().hex()}"
