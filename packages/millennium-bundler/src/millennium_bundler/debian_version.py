"""Debian's version numbers: made from ours, and compared.

Source: https://www.debian.org/doc/debian-policy/ch-controlfields.html#version
"""

from __future__ import annotations

import re

from millennium_bundler.errors import FormatError

_PRE_RELEASE = re.compile(r"-|(?<=[0-9])(?=(a|b|rc|dev)[0-9])")
_VALID = re.compile(r"[0-9][A-Za-z0-9.+~]*")


def debian_version(version: str) -> str:
    """Turn a version into Debian's, so that pre-releases sort first: 1.0-rc.1 → 1.0~rc.1.

    Raises:
        FormatError: A character that Debian does not take.
    """
    found = _PRE_RELEASE.sub("~", version)
    if not _VALID.fullmatch(found):
        message = f"{version!r} cannot be a Debian version"
        raise FormatError(message, code="deb.version", help="use a version such as 1.2.3")
    return found


def sort_key(version: str) -> tuple[int, tuple[object, ...], tuple[object, ...]]:
    """Return a key that sorts versions as dpkg does."""
    epoch, colon, rest = version.partition(":")
    if not (colon and epoch.isdigit()):
        epoch, rest = "0", version
    upstream, dash, revision = rest.rpartition("-")
    return int(epoch), _part_key(upstream if dash else rest), _part_key(revision if dash else "")


def _part_key(part: str) -> tuple[object, ...]:
    # Text and number take turns, text first; the end of a part sorts after "~" and before all else.
    pieces: list[object] = []
    for words, digits in re.findall(r"([^0-9]*)([0-9]*)", part):
        pieces.append((*map(_letter, words), 0))
        pieces.append(int(digits or 0))
    return tuple(pieces)


def _letter(sign: str) -> int:
    if sign == "~":
        return -1
    return ord(sign) if sign.isalpha() else ord(sign) + 256
