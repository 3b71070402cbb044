"""Languages of an .msi: their numbers, code pages, fonts and the wizard's texts.

1. A language is named as in BCP 47 with its region ("de-DE") and is one of those Windows numbers.
2. Texts come with six languages; every other takes the English ones, which is said.
3. A file of one's own replaces texts by name; an unknown name is an error.
4. Texts lie in the language's ANSI code page, as Windows Installer wants it, and in UTF-8 only when
   a letter (in the product's name, say) is not there.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from millennium_bundler.errors import FormatError
from millennium_bundler.wizard_texts import read_texts

# https://learn.microsoft.com/openspecs/windows_protocols/ms-lcid/ and each one's ANSI code page
_NUMBERS: Final = MappingProxyType(
    {
        "ar-SA": (1025, 1256),
        "bg-BG": (1026, 1251),
        "ca-ES": (1027, 1252),
        "cs-CZ": (1029, 1250),
        "da-DK": (1030, 1252),
        "de-DE": (1031, 1252),
        "el-GR": (1032, 1253),
        "en-US": (1033, 1252),
        "en-GB": (2057, 1252),
        "es-ES": (3082, 1252),
        "et-EE": (1061, 1257),
        "fi-FI": (1035, 1252),
        "fr-FR": (1036, 1252),
        "he-IL": (1037, 1255),
        "hr-HR": (1050, 1250),
        "hu-HU": (1038, 1250),
        "it-IT": (1040, 1252),
        "ja-JP": (1041, 932),
        "kk-KZ": (1087, 1251),
        "ko-KR": (1042, 949),
        "lt-LT": (1063, 1257),
        "lv-LV": (1062, 1257),
        "nb-NO": (1044, 1252),
        "nl-NL": (1043, 1252),
        "pl-PL": (1045, 1250),
        "pt-BR": (1046, 1252),
        "pt-PT": (2070, 1252),
        "ro-RO": (1048, 1250),
        "ru-RU": (1049, 1251),
        "sk-SK": (1051, 1250),
        "sl-SI": (1060, 1250),
        "sv-SE": (1053, 1252),
        "th-TH": (1054, 874),
        "tr-TR": (1055, 1254),
        "uk-UA": (1058, 1251),
        "vi-VN": (1066, 1258),
        "zh-CN": (2052, 936),
        "zh-TW": (1028, 950),
    }
)
_FONTS: Final = MappingProxyType(
    {"ja-JP": "MS UI Gothic", "zh-CN": "SimSun", "zh-TW": "PMingLiU", "ko-KR": "Gulim"}
)
_FONT = "Tahoma"
_FALLBACK = "en-US"


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """One language of the wizard.

    Attributes:
        tag: Such as "de-DE".
        number: What Windows calls it.
        code_page: Its ANSI code page.
        font: Of the wizard.
        texts: By name.
        is_translated: Whether texts of its own come with this package.
    """

    tag: str
    number: int
    code_page: int
    font: str
    texts: MappingProxyType[str, str]
    is_translated: bool


def find_language(tag: str, own: Path | None = None) -> Language:
    """Return a language with its texts.

    Args:
        tag: Such as "de-DE".
        own: A JSON file with texts that replace ours.

    Raises:
        FormatError: Windows does not number it, or the file cannot be read as texts.
    """
    if tag not in _NUMBERS:
        message = f"language {tag!r} is not known"
        help_line = f"known: {', '.join(sorted(_NUMBERS))}"
        raise FormatError(message, code="msi.language", help=help_line)
    number, code_page = _NUMBERS[tag]
    spoken = _FALLBACK if tag == "en-GB" else tag
    texts = read_texts("millennium_bundler.msi", spoken, own)
    return Language(
        tag=tag,
        number=number,
        code_page=code_page,
        font=_FONTS.get(tag, _FONT),
        texts=texts.by_name,
        is_translated=texts.is_translated,
    )
