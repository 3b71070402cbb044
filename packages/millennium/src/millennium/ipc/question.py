"""What Python asks a page, and who waits for the answer: each is answered once, or not at all.

1. The page is told two random names. It makes a function of each, siblings: whichever is called
   first takes both away before anything else runs. It says ``ready``.
2. One script in the page's world asks by the first name. A second one calls the second name, which
   is there only if the first script could not be read.
3. The page says ``answer``. A second answer, one of another document, and one nobody waits for any
   more are refused.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import msgspec

from millennium.errors import (
    AskFailedError,
    DocumentGoneError,
    NotAllowedError,
    PayloadError,
    TooLargeError,
)
from millennium.ipc.encoding import encode_payload
from millennium.ipc.limits import MAX_JSON_BYTES, MAX_QUESTIONS
from millennium.ipc.wire import ask_news, forget_news
from millennium.scripts.render import ask_scripts
from millennium_runtime.errors import PageBusyError

_MAX_REASON_CHARS = 1000
_NAME_BYTES = 16

Settle: TypeAlias = Callable[[str, Exception | None], None]
"""Takes the answer's JSON, or why there is none; called once. Thread: main."""

Evaluate: TypeAlias = Callable[[str], None]
"""Runs a script in the page's world."""

GiveUp: TypeAlias = Callable[[], None]
"""Says that nobody waits any more; does nothing once it is answered. Thread: main."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A function for the page to run, and its argument.

    Attributes:
        script: JavaScript, one expression that is a function.
        args: JSON.
    """

    script: str
    args: str

    @classmethod
    def of(cls, script: str, args: object) -> Question:
        """Return the question, if it can be asked at all.

        Raises:
            PayloadError: JSON cannot carry `args`, or no engine can read such a script.
            TooLargeError: One of the two is over the limit.
        """
        if len(script) > MAX_JSON_BYTES:
            raise TooLargeError(f"the script is longer than {MAX_JSON_BYTES} characters")
        if "\0" in script or any("\ud800" <= char <= "\udfff" for char in script):
            raise PayloadError("the script holds a NUL or half a character")
        return cls(script=script, args=encode_payload(args, "ask_page's argument").decode())


@dataclass(slots=True)
class _Open:
    question: Question
    names: tuple[str, str]
    evaluate: Evaluate
    settle: Settle
    is_begun: bool = False


class Questions:
    """The questions that one document has not answered. Thread: main.

    Args:
        post: Queues news for the page.
        is_full: Whether too much waits for it to be asked anything.
    """

    def __init__(self, post: Callable[[None, bytes], None], is_full: Callable[[], bool]) -> None:
        self._post = post
        self._is_full = is_full
        self._open: dict[int, _Open] = {}
        self._last = 0

    def __len__(self) -> int:
        """How many are not answered."""
        return len(self._open)

    def ask(self, question: Question, evaluate: Evaluate, settle: Settle) -> GiveUp:
        """Have the page get ready for a question.

        Raises:
            TooLargeError: Too many are not answered, or too much news waits.
        """
        if self._is_full():
            raise TooLargeError("the page has not taken what waits for it already")
        if len(self._open) >= MAX_QUESTIONS:
            raise TooLargeError(f"{MAX_QUESTIONS} questions to the page are unanswered")
        self._last -= 1  # below zero: the numbers of the page's own calls are above
        number = self._last
        names = ("a" + secrets.token_hex(_NAME_BYTES), "b" + secrets.token_hex(_NAME_BYTES))
        self._open[number] = _Open(question, names, evaluate, settle)
        self._post(None, ask_news(number, names))
        return lambda: self._give_up(number)

    def begin(self, number: int) -> None:
        """Ask: the page is ready.

        Raises:
            NotAllowedError: There is no such question, or it was asked already.
        """
        this = self._open.get(number)
        if this is None or this.is_begun:
            raise NotAllowedError("the page is ready for a question that is not asked")
        this.is_begun = True
        try:
            for script in ask_scripts(this.names, this.question.script, this.question.args):
                this.evaluate(script)
        except PageBusyError as error:
            self._give_up(number)
            this.settle("", TooLargeError(error.message))

    def answer(self, number: int, is_result: bool, text: str) -> None:
        """Take the page's answer: JSON, or what went wrong.

        Raises:
            NotAllowedError: Nobody waits for it.
        """
        this = self._open.pop(number, None)
        if this is None:
            raise NotAllowedError("an answer that nobody waits for")
        if len(text) > MAX_JSON_BYTES:
            this.settle(
                "", TooLargeError(f"the answer is over {MAX_JSON_BYTES} characters of JSON")
            )
        elif is_result:
            this.settle(text, None)
        else:
            this.settle("", AskFailedError(_reason(text)))

    def end(self) -> None:
        """Tell all who wait that the page is gone."""
        pending, self._open = self._open, {}
        for this in pending.values():
            this.settle("", DocumentGoneError("the page went away before it answered"))

    def _give_up(self, number: int) -> None:
        this = self._open.pop(number, None)
        if this is not None:
            self._post(None, forget_news(this.names))


def _reason(json: str) -> str:
    """Return the text in what a page says went wrong; if Python cannot read it, as it is."""
    try:
        reason = msgspec.json.decode(json, type=str)
    except (msgspec.DecodeError, UnicodeError):
        reason = json
    return reason[:_MAX_REASON_CHARS]


def read_answer(text: str) -> object:
    """Return the value of an answer's JSON. Thread: any.

    Raises:
        AskFailedError: It is none, or holds half a character.
    """
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError, UnicodeError) as error:
        raise AskFailedError("the page's answer is not JSON that Python can read") from error
