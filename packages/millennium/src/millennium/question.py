"""Asks a window's page from any thread, and waits there."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import TypeAlias

from millennium.errors import AskTimeoutError
from millennium.ipc.question import GiveUp, Question, Settle, read_answer
from millennium.main_thread import MainThread
from millennium_runtime.errors import EventLoopClosedError

Ask: TypeAlias = Callable[[Question, Settle], GiveUp]
"""Asks the document that is there. Thread: main."""


class Questioner:
    """Asks one window's page. Thread: any."""

    def __init__(self, ask: Ask, main: MainThread) -> None:
        self._ask = ask
        self._main = main

    def begin(self, script: str, args: object, settle: Settle) -> GiveUp:
        """Ask, and return at once; `settle` is called on the main thread.

        Returns:
            What to call, on any thread, when nobody waits any more.
        """
        question = Question.of(script, args)
        asked: list[GiveUp] = []

        def begin() -> None:
            try:
                asked.append(self._ask(question, settle))
            except Exception as error:  # noqa: BLE001 - it is raised again, where it is waited for
                settle("", error)

        def give_up() -> None:
            for each in asked:
                each()

        def post_give_up() -> None:
            with suppress(EventLoopClosedError):  # then there is no page either
                self._main.post(give_up)

        self._main.post(begin)
        return post_give_up

    def wait(self, script: str, args: object, timeout: float) -> object:
        """Ask, and wait for the answer."""
        self._main.forbid_wait("ask_page")
        outcomes: SimpleQueue[tuple[str, Exception | None]] = SimpleQueue()
        give_up = self.begin(script, args, lambda text, error: outcomes.put((text, error)))
        try:
            text, error = outcomes.get(timeout=timeout)
        except Empty:
            give_up()
            raise late(timeout) from None
        if error is not None:
            raise error
        return read_answer(text)


def late(timeout: float) -> AskTimeoutError:
    """Return the error of an answer that did not come."""
    return AskTimeoutError(
        f"the page did not answer within {timeout:g} s",
        help="does the function return, or its promise settle? A longer `timeout` waits for it",
    )
