"""The script of an installer: a template of ours, filled with texts that cannot become code."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

from millennium_bundler.nsis.script_text import DOLLAR_LINES, quoted

# A block stands on a line of its own; a text stands inside quotation marks.
_PLACE = re.compile(r"@@(\w+)@@|@([a-z_]+)@")


def fill_template(texts: Mapping[str, str], blocks: Mapping[str, Sequence[str]]) -> str:
    """Return the whole script.

    Args:
        texts: Data by name; escaped here.
        blocks: Lines of NSIS by name, made by `millennium_bundler.nsis.script_text.line`.
    """

    def filled(place: re.Match[str]) -> str:
        block, text = place.groups()
        return "\n".join(blocks[block]) if block else quoted(texts[text])[1:-1]

    # One pass: what was filled in is not looked at again.
    return "\n".join((*DOLLAR_LINES, _PLACE.sub(filled, _template()), ""))


@cache
def _template() -> str:
    source = files("millennium_bundler.nsis").joinpath("installer.nsi").read_text("utf-8")
    return "\n".join(line for line in source.splitlines() if not line.lstrip().startswith(";"))
