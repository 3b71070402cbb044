"""Texts of an installer's pages: ours, those of a language, and what a file of one's own replaces.

A file of one's own is JSON, replaces texts by name, and has no name that ours have not.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType

from millennium_bundler.errors import FormatError

_FALLBACK = "en-US"
_MAX_FILE_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class WizardTexts:
    """Texts of one language.

    Attributes:
        by_name: All of them; those that the language has not are English.
        is_translated: Whether any is of the language itself.
    """

    by_name: MappingProxyType[str, str]
    is_translated: bool


def read_texts(package: str, tag: str, own: Path | None) -> WizardTexts:
    """Return the texts of a language.

    Args:
        package: Whose folder `locales` has them.
        tag: Such as "de-DE".
        own: A JSON file with texts that replace ours.

    Raises:
        FormatError: The file cannot be read as texts, or has a name that is unknown.
    """
    ours = _texts(package, tag)
    english = _texts(package, _FALLBACK)
    replaced = _own_texts(own, english) if own else {}
    return WizardTexts(
        by_name=MappingProxyType({**english, **ours, **replaced}),
        is_translated=bool(ours or own),
    )


@cache
def _texts(package: str, tag: str) -> dict[str, str]:
    source = files(package).joinpath("locales", f"{tag}.json")
    if not source.is_file():
        return {}
    found: dict[str, str] = json.loads(source.read_text("utf-8"))
    return found


def _own_texts(path: Path, known: dict[str, str]) -> dict[str, str]:
    help_line = "name a JSON file of texts by name, as in the guide to Windows packages"
    try:
        with path.open("rb") as file:
            found = json.loads(file.read(_MAX_FILE_BYTES))
    except (OSError, ValueError, RecursionError) as exc:
        message = f"texts {path.name} cannot be read"
        raise FormatError(message, code="windows.texts", help=help_line, place=str(path)) from exc
    if not isinstance(found, dict) or not all(isinstance(text, str) for text in found.values()):
        message = f"texts {path.name} are no object of texts"
        raise FormatError(message, code="windows.texts", help=help_line, place=str(path))
    unknown = sorted(found.keys() - known.keys())
    if unknown:
        message = f"texts {path.name} have an unknown name {unknown[0]!r}"
        help_line = f"known: {', '.join(known)}"
        raise FormatError(message, code="windows.texts", help=help_line, place=str(path))
    return found
