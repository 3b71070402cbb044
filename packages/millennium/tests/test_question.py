"""Asking a page, from threads and coroutines, with a page that is asked in Python's words."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from typing import cast

import pytest

from millennium.config.window import WindowConfig
from millennium.errors import (
    AskFailedError,
    AskTimeoutError,
    DocumentGoneError,
    PayloadError,
    TooLargeError,
)
from millennium.question import Questioner
from millennium.testing import MockApp, Page, mock_app
from millennium.window import Window
from millennium.window_aio import AsyncWindow
from millennium_runtime.errors import EventLoopClosedError, WouldDeadlockError

SCRIPT = "(x) => x + 1"


@pytest.fixture
def running() -> Iterator[MockApp]:
    with mock_app() as running:
        yield running


@pytest.fixture
def window(running: MockApp) -> Window:
    return running.handle.window()


@pytest.fixture
def page(running: MockApp) -> Page:
    page = running.page()
    page.on_ask(lambda script, args: [script, args])
    return page


@pytest.mark.usefixtures("page")
def test_a_page_answers_a_thread(window: Window) -> None:
    assert window.ask_page(SCRIPT, {"a": "</script>'\"\n\u2028\\"}) == [
        SCRIPT,
        {"a": "</script>'\"\n\u2028\\"},
    ]


@pytest.mark.usefixtures("page")
def test_a_page_answers_a_coroutine(window: Window) -> None:
    assert asyncio.run(window.aio.ask_page(SCRIPT, 1)) == [SCRIPT, 1]


@pytest.mark.usefixtures("page")
def test_without_an_argument_the_function_gets_null(window: Window) -> None:
    assert window.ask_page(SCRIPT) == [SCRIPT, None]


def _fail(script: str, args: object) -> object:
    raise ValueError(args)


def test_what_the_page_raises_is_raised_with_name_and_message(page: Page, window: Window) -> None:
    page.on_ask(_fail)

    with pytest.raises(AskFailedError, match=r"ValueError: 5"):
        window.ask_page(SCRIPT, 5)
    with pytest.raises(AskFailedError, match=r"ValueError: 6"):
        asyncio.run(window.aio.ask_page(SCRIPT, 6))


def test_a_page_that_nobody_stands_in_for_says_so(running: MockApp, window: Window) -> None:
    running.page().greet()

    with pytest.raises(AskFailedError, match="on_ask"):
        window.ask_page(SCRIPT)


def test_a_page_that_does_not_answer_is_waited_for_no_longer(window: Window) -> None:
    with pytest.raises(AskTimeoutError, match=r"within 0\.01 s"):
        window.ask_page(SCRIPT, timeout=0.01)
    with pytest.raises(AskTimeoutError, match=r"within 0\.01 s"):
        asyncio.run(window.aio.ask_page(SCRIPT, timeout=0.01))


def test_what_nobody_waits_for_is_not_asked(running: MockApp, window: Window) -> None:
    asked: list[object] = []
    with pytest.raises(AskTimeoutError):
        window.ask_page(SCRIPT, "old", timeout=0.01)

    running.page().on_ask(lambda script, args: asked.append(args))

    assert window.ask_page(SCRIPT, "new") is None
    assert asked == ["new"]


def test_a_page_that_goes_away_while_it_is_asked(window: Window) -> None:
    threading.Timer(0.02, window.destroy).start()

    with pytest.raises(DocumentGoneError, match="went away"):
        window.ask_page(SCRIPT)


def test_a_coroutine_hears_that_the_page_went_away(window: Window) -> None:
    threading.Timer(0.02, window.reload).start()

    with pytest.raises(DocumentGoneError, match="went away"):
        asyncio.run(window.aio.ask_page(SCRIPT))


def test_a_closed_window_shows_no_page(running: MockApp, window: Window) -> None:
    running.handle.create_window(WindowConfig(label="other"))  # else the app would end
    window.destroy()

    with pytest.raises(DocumentGoneError, match="no page of the app"):
        window.ask_page(SCRIPT)


def test_the_main_thread_may_not_wait(window: Window) -> None:
    with pytest.raises(WouldDeadlockError, match="ask_page"):
        window.run_on_main(lambda: window.ask_page(SCRIPT))


@pytest.mark.parametrize(
    ("script", "args"),
    [(SCRIPT, b"bytes"), (SCRIPT, object()), ("'\0'", 1), ("'\ud800'", 1)],
    ids=["bytes", "object", "nul", "surrogate"],
)
def test_what_cannot_be_asked_is_refused_at_once(window: Window, script: str, args: object) -> None:
    with pytest.raises(PayloadError):
        window.ask_page(script, args)


def test_a_script_over_the_limit_is_refused_at_once(window: Window) -> None:
    with pytest.raises(TooLargeError, match="script"):
        window.ask_page("x" * (16 * 1024 * 1024 + 1))


def test_after_the_app_has_ended_nobody_is_asked() -> None:
    with mock_app() as running:
        window = running.handle.window()

    with pytest.raises(EventLoopClosedError):
        window.ask_page(SCRIPT)


async def _cancelled(window: Window) -> None:
    task = asyncio.ensure_future(window.aio.ask_page(SCRIPT))
    await asyncio.sleep(0.01)
    task.cancel()
    await task


def test_a_cancelled_coroutine_waits_no_longer(window: Window) -> None:
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(_cancelled(window))


class Slow:
    """Asks nobody, and keeps who waits."""

    settle: Callable[[str, Exception | None], None]

    def begin(
        self, script: str, args: object, settle: Callable[[str, Exception | None], None]
    ) -> Callable[[], None]:
        self.settle = settle
        return lambda: None


def test_an_answer_after_the_time_wakes_nobody(window: Window) -> None:
    slow = Slow()
    waiting = AsyncWindow(window._dispatcher, window._main, cast("Questioner", slow))

    async def give_up() -> None:
        with pytest.raises(AskTimeoutError):
            await waiting.ask_page(SCRIPT, timeout=0.001)
        slow.settle("1", None)
        await asyncio.sleep(0)

    asyncio.run(give_up())
    slow.settle("1", None)
