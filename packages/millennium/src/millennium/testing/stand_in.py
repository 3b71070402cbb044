"""Answers what ``ask_page`` asks a page, where no JavaScript runs."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias

import msgspec

Answer: TypeAlias = Callable[[str, object], object]
"""Told script and argument; returns the result, or raises."""

_QUESTION = re.compile(r"(a[0-9a-f]+)\(\(\)=>\((.*)\n\),'(.*)'\)", re.DOTALL)
_ESCAPE = re.compile(r"\\(x3c|u2028|u2029|.)", re.DOTALL)
_UNESCAPED = {"n": "\n", "r": "\r", "x3c": "<", "u2028": "\u2028", "u2029": "\u2029"}


class StandIn:
    """Stands in for a page's functions.

    Attributes:
        answer: What answers.
    """

    def __init__(self) -> None:
        self.answer: Answer = _answer_nothing
        self._numbers: dict[str, int] = {}

    def expect(self, name: str, number: int) -> None:
        """Learn by which name a question comes; with the number 0, that it does not."""
        self._numbers[name] = number

    def run(self, script: str) -> tuple[int, list[object]] | None:
        """Return the number of the question that the script asks, and what answers it."""
        found = _QUESTION.fullmatch(script)
        number = self._numbers.pop(found[1], 0) if found else 0
        if not found or not number:
            return None
        try:
            value = self.answer(found[2], msgspec.json.decode(unquote(found[3])))
            return number, ["answer", True, msgspec.json.encode(value).decode()]
        except Exception as error:  # noqa: BLE001 - it is raised again, as the page's
            reason = f"{type(error).__name__}: {error}"
            return number, ["answer", False, msgspec.json.encode(reason).decode()]


def unquote(literal: str) -> str:
    """Read a string literal as the page does, without its quotes."""
    return _ESCAPE.sub(lambda part: _UNESCAPED.get(part[1], part[1]), literal)


def _answer_nothing(script: str, args: object) -> object:  # noqa: ARG001 - see `Answer`
    message = "the page was asked, and nothing stands in for its JavaScript: call `page.on_ask`"
    raise LookupError(message)
