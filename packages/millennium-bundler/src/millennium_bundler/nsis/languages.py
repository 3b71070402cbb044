"""Languages of a setup.exe: what NSIS calls them, and the texts of pages that are ours.

1. A language is named as in BCP 47 with its region ("de-DE"), or as NSIS names it ("German").
2. NSIS brings the texts of its own pages for each; ours come with six, every other takes the English ones,
   which is said.
3. A file of one's own replaces our texts by name; an unknown name is an error.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from millennium_bundler.errors import FormatError
from millennium_bundler.wizard_texts import read_texts

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
    texts = read_texts("millennium_bundler.nsis", tag, own)
    return Language(
        tag=tag,
        name=_NAMES[tag],
        texts=texts.by_name,
        is_translated=texts.is_translated,
    )
