"""Languages of a setup.exe: what NSIS calls them, and the texts of pages that are ours.

1. A language is named as in BCP 47 with its region ("de-DE"), or as NSIS names it ("German").
2. NSIS brings the texts of its own pages for each; ours come with six, every other takes the English ones,
   which is said.
3. A file of one's own replaces our texts by name; an unknown name is an error.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Final

from millennium_bundler.errors import FormatError

_NAMES: Final = MappingProxyType(
    {
        "ar-SA": "Arabic",
        "bg-BG": "Bulgarian",
        "ca-ES": "Catalan",
        "cs-CZ": "Czech",
        "da-DK": "Danish",
        "de-DE": "German",
        "el-GR": "Greek",
        "en-US": "English",
        "es-ES": "SpanishInternational",
        "et-EE": "Estonian",
        "fi-FI": "Finnish",
        "fr-FR": "French",
        "he-IL": "Hebrew",
        "hr-HR": "Croatian",
        "hu-HU": "Hungarian",
        "id-ID": "Indonesian",
        "it-IT": "Italian",
        "ja-JP": "Japanese",
        "ko-KR": "Korean",
        "lt-LT": "Lithuanian",
        "lv-LV": "Latvian",
        "nb-NO": "Norwegian",
        "nl-NL": "Dutch",
        "pl-PL": "Polish",
        "pt-BR": "PortugueseBR",
        "pt-PT": "Portuguese",
        "ro-RO": "Romanian",
        "ru-RU": "Russian",
        "sk-SK": "Slovak",
        "sl-SI": "Slovenian",
        "sv-SE": "Swedish",
        "th-TH": "Thai",
        "tr-TR": "Turkish",
        "uk-UA": "Ukrainian",
        "vi-VN": "Vietnamese",
        "zh-CN": "SimpChinese",
        "zh-TW": "TradChinese",
    }
)
_TAGS: Final = MappingProxyType({name: tag for tag, name in _NAMES.items()} | {"Spanish": "es-ES"})
_FALLBACK = "en-US"
_MAX_FILE_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """One language of the wizard.

    Attributes:
        tag: Such as "de-DE".
        name: What NSIS calls it.
        texts: Of our pages, by name; ``{product}`` stands for the app's name.
        is_translated: Whether texts of its own come with this package.
    """

    tag: str
    name: str
    texts: MappingProxyType[str, str]
    is_translated: bool


def language_tag(name: str) -> str:
    """Return the tag of a language that is named in one of the two ways.

    Raises:
        FormatError: NSIS does not speak it.
    """
    tag = _TAGS.get(name, name)
    if tag not in _NAMES:
        message = f"language {name!r} is not known"
        help_line = f"known: {', '.join(_NAMES)}"
        raise FormatError(message, code="nsis.language", help=help_line)
    return tag


def find_language(name: str, own: Path | None = None) -> Language:
    """Return a language with its texts.

    Args:
        name: Such as "de-DE" or "German".
        own: A JSON file with texts that replace ours.

    Raises:
        FormatError: NSIS does not speak it, or the file cannot be read as texts.
    """
    tag = language_tag(name)
    ours = _texts(tag)
    return Language(
        tag=tag,
        name=_NAMES[tag],
        texts=MappingProxyType({**_texts(_FALLBACK), **ours, **(_own_texts(own) if own else {})}),
        is_translated=bool(ours or own),
    )


@cache
def _texts(tag: str) -> dict[str, str]:
    source = files("millennium_bundler.nsis").joinpath("locales", f"{tag}.json")
    if not source.is_file():
        return {}
    found: dict[str, str] = json.loads(source.read_text("utf-8"))
    return found


def _own_texts(path: Path) -> dict[str, str]:
    help_line = "name a JSON file of texts by name, as in the guide to Windows packages"
    try:
        with path.open("rb") as file:
            found = json.loads(file.read(_MAX_FILE_BYTES))
    except (OSError, ValueError, RecursionError) as exc:
        message = f"texts {path.name} cannot be read"
        raise FormatError(message, code="nsis.language", help=help_line, place=str(path)) from exc
    if not isinstance(found, dict) or not all(isinstance(text, str) for text in found.values()):
        message = f"texts {path.name} are no object of texts"
        raise FormatError(message, code="nsis.language", help=help_line, place=str(path))
    known = _texts(_FALLBACK)
    unknown = sorted(found.keys() - known.keys())
    if unknown:
        message = f"texts {path.name} have an unknown name {unknown[0]!r}"
        help_line = f"known: {', '.join(known)}"
        raise FormatError(message, code="nsis.language", help=help_line, place=str(path))
    return found
