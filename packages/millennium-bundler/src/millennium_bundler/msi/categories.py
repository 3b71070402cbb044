"""Which texts are well-formed in a column of a category.

Source: https://learn.microsoft.com/windows/win32/msi/column-data-types
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import Final

# A place in brackets: [Property], [#File], [!File], [$Component], [%VARIABLE], [\x], [~].
_REFERENCE = re.compile(r"\[(?:[#!$%]?[A-Za-z_][A-Za-z0-9_.]*|\\.|~)\]")
_IDENTIFIER = r"[A-Za-z_][A-Za-z0-9_.]*"
_LONG_NAME = r'[^\\?|><:/*"\x00-\x1f]+'
_SHORT_PART = r'[^\\?|><:/*"+,;=\[\] \x00-\x1f.]'
_SHORT_NAME = rf"{_SHORT_PART}{{1,8}}(\.{_SHORT_PART}{{1,3}})?"
_NAME = rf"{_SHORT_NAME}(\|{_LONG_NAME})?"
_FOLDER = rf"(\.|{_NAME})"

_PATTERNS: Final = MappingProxyType(
    {
        "Text": r"(?s).*",
        "Formatted": r"(?s).*",
        "Template": r"(?s).*",
        "Condition": r"(?s).+",
        "Binary": r"",
        "Identifier": _IDENTIFIER,
        "UpperCase": r"[A-Z_][A-Z0-9_.]*",
        "Property": rf"{_IDENTIFIER}|%.+",
        "Guid": r"\{[0-9A-F]{8}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{12}\}",
        "Version": rf"\d{{1,5}}(\.\d{{1,5}}){{0,3}}|{_IDENTIFIER}",
        "Language": r"\d{1,5}(,\d{1,5})*",
        "Filename": _NAME,
        "WildCardFilename": r'[^\\|><:/"\x00-\x1f]+',
        "DefaultDir": rf"{_FOLDER}(:{_FOLDER})?|SourceDir",
        "AnyPath": r"[^\x00-\x1f]+",
        "RegPath": r"[^\\\x00-\x1f][^\x00-\x1f]*(?<!\\)",
        "CustomSource": rf"{_IDENTIFIER}|\[{_IDENTIFIER}\]",
        "Cabinet": rf"#{_IDENTIFIER}|{_SHORT_NAME}",
        "Shortcut": rf"{_IDENTIFIER}|(\[.+\].*)",
    }
)
_COMPILED: Final = MappingProxyType({name: re.compile(text) for name, text in _PATTERNS.items()})
_BRACKETED = {"Formatted", "Template", "RegPath"}


def is_well_formed(text: str, category: str) -> bool:
    """Tell whether a text may stand in a column of a category."""
    return _COMPILED[category].fullmatch(text) is not None


def references(text: str, category: str) -> tuple[str, ...]:
    """Return what a text names in brackets, such as "#app.exe" or "INSTALLDIR"."""
    if category not in _BRACKETED and category != "Shortcut":
        return ()
    return tuple(found[1:-1] for found in _REFERENCE.findall(text))
