"""Versions as Windows Installer has them: numbers below 256, 256, 65536 and 65536.

1. One to four numbers are taken as they are, filled up to three.
2. A fourth number may also come as build or pre-release of a semantic version: 1.1.2+2 and 1.1.2-2 are 1.1.2.2.
3. Anything else is refused: letters have no order there. A version of its own can be set for the .msi.

Windows compares the first three numbers alone.

Source: tauri 2 ``crates/tauri-bundler/src/bundle/windows/msi/mod.rs`` ``convert_version``.
"""

from __future__ import annotations

import re

from millennium_bundler.errors import FormatError

_LIMITS = (255, 255, 65535, 65535)
_PLAIN = re.compile(r"\d+(\.\d+){0,3}", re.ASCII)
_SEMANTIC = re.compile(r"(\d+\.\d+\.\d+)(?:-(\d+))?(?:\+(\d+))?", re.ASCII)


def msi_version(version: str) -> str:
    """Return a version as an .msi may have it.

    Raises:
        FormatError: It has letters, too many numbers, or one that is too large.
    """
    found = _SEMANTIC.fullmatch(version)
    if found:
        last = found[3] or found[2]
        return _checked(f"{found[1]}.{last}" if last else found[1], version)
    if not _PLAIN.fullmatch(version):
        raise _refused(version, "is not made of numbers alone")
    numbers = version.split(".")
    return _checked(".".join([*numbers, "0", "0"][: max(3, len(numbers))]), version)


def _checked(numbers: str, version: str) -> str:
    for number, limit in zip(numbers.split("."), _LIMITS, strict=False):
        if int(number) > limit:
            raise _refused(version, f"has a {number}, above {limit}")
    return ".".join(str(int(number)) for number in numbers.split("."))


def _refused(version: str, why: str) -> FormatError:
    message = f"version {version!r} {why}, so an .msi cannot have it"
    return FormatError(message, code="msi.version", help="set `windows.msi.version`, such as 1.2.3")
