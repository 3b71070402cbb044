"""Lines of an NSIS script, in which no text of the user's can become code.

1. A plain `str` is data: every sign that NSIS would read as something else is escaped.
2. `Code` is NSIS: variables, constants and language texts, which only we write.
3. A line is a command and words; each word is quoted, and made of the two kinds above.
4. A line break inside data is escaped, so that no data can begin a line of its own.

Source: https://nsis.sourceforge.io/Docs/Chapter4.html (4.1 Script File Format, 4.2 Variables)
"""

from __future__ import annotations

from dataclasses import dataclass

# `${` and `$%` begin what the preprocessor replaces, `$$` before it or not: the sign itself comes from a constant.
_DOLLAR, _BARE_DOLLAR = "${DOLLAR}", "${BARE_DOLLAR}"
DOLLAR_LINES = ('!define DOLLAR "$$"', '!define BARE_DOLLAR "$"')
"""Stand at the head of every script."""

_ESCAPES = str.maketrans(
    {
        "$": _DOLLAR,
        '"': '$\\"',
        "\n": "$\\n",
        "\r": "$\\r",
        "\t": "$\\t",
        **{chr(code): "" for code in (*range(9), 11, 12, *range(14, 32), 127)},
    }
)


@dataclass(frozen=True, slots=True)
class Code:
    """A part of a word that NSIS shall read: a variable, a constant, a language text."""

    text: str


@dataclass(frozen=True, slots=True)
class Word:
    """A word made of several parts."""

    parts: tuple[str | Code, ...]


Part = str | Code | Word


def word(*parts: str | Code) -> Word:
    """Join parts to one word."""
    return Word(parts)


def quoted(part: Part) -> str:
    """Return a word as a script has it, in quotation marks."""
    parts = part.parts if isinstance(part, Word) else (part,)
    return '"' + "".join(_escaped(one) for one in parts) + '"'


def line(command: str, *words: Part) -> str:
    """Return one line of a script.

    Args:
        command: NSIS, with its switches.
        words: What it is called with; plain texts are escaped.
    """
    return " ".join((command, *map(quoted, words)))


def resource_line(command: str, name: str, text: str) -> str:
    """Return a line of the version resource, where the sign for variables means nothing."""
    return f'{command} "{name}" {quoted(text).replace(_DOLLAR, _BARE_DOLLAR)}'


def ampersands(text: str) -> str:
    """Double the sign that marks a key in what windows show."""
    return text.replace("&", "&&")


def _escaped(part: str | Code) -> str:
    return part.text if isinstance(part, Code) else part.translate(_ESCAPES)
