"""The script of an installer: a template, ours or the user's, filled with texts that cannot become code.

1. `@name@` inside quotation marks is a text of the app, escaped; `@@name@@` on a line of its own is a block of lines.
2. A template of one's own has the blocks without which nothing would be installed that was asked for, and names
   nothing that there is not.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

from millennium_bundler.errors import FormatError
from millennium_bundler.nsis.script_text import DOLLAR_LINES, quoted

_PLACE = re.compile(r"@@(\w+)@@|@([a-z_]+)@")
_NEEDED = ("head", "files", "languages", "removal")
_OF_TAURI = "{{"


def fill_template(
    template: str, texts: Mapping[str, str], blocks: Mapping[str, Sequence[str]]
) -> str:
    """Return the whole script.

    Args:
        template: Ours, or one that `check_template` has accepted.
        texts: Data by name; escaped here.
        blocks: Lines of NSIS by name, made by `millennium_bundler.nsis.script_text.line`.
    """

    def filled(place: re.Match[str]) -> str:
        block, text = place.groups()
        return "\n".join(blocks[block]) if block else quoted(texts[text])[1:-1]

    # One pass: what was filled in is not looked at again.
    return "\n".join((*DOLLAR_LINES, _PLACE.sub(filled, _code(template)), ""))


def check_template(template: str, *, name: str) -> None:
    """Refuse a template that names an unknown place, or lacks a needed one.

    Args:
        template: One of the user's own.
        name: Its path, for errors.

    Raises:
        FormatError: It does.
    """
    ours, found = _places(own_template()), _places(template)
    unknown = sorted(found - ours)
    if unknown:
        message = f"{name} has an unknown place {unknown[0]}"
        raise _bad(message, f"known: {', '.join(sorted(ours))}")
    missing = [f"@@{block}@@" for block in _NEEDED if f"@@{block}@@" not in found]
    if missing and _OF_TAURI in template:
        help_line = "places are written @name@ here: begin with a copy of ours, see the guide"
        raise _bad(f"{name} is a template of the Rust original, with other places", help_line)
    if missing:
        raise _bad(f"{name} has no place {missing[0]}", "put it on a line of its own")


@cache
def own_template() -> str:
    """Return our template."""
    return files("millennium_bundler.nsis").joinpath("installer.nsi").read_text("utf-8")


def _code(template: str) -> str:
    return "\n".join(line for line in template.splitlines() if not line.lstrip().startswith(";"))


def _places(template: str) -> set[str]:
    return {place.group() for place in _PLACE.finditer(_code(template))}


def _bad(message: str, help_line: str) -> FormatError:
    return FormatError(message, code="nsis.settings", help=help_line)
