"""Getting something done on the main thread, and not waiting for ever."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest

from millennium.main_thread import MainThread
from millennium.testing import MockApp, mock_app
from millennium.window_aio import ask_main
from millennium_runtime.errors import RuntimeTimeoutError, WouldDeadlockError


@pytest.fixture
def running() -> Iterator[MockApp]:
    with mock_app() as running:
        yield running


@pytest.fixture
def main(running: MockApp) -> MainThread:
    return MainThread(running.runtime.handle())


@pytest.fixture
def busy(main: MainThread) -> Iterator[threading.Event]:
    """Keep the main thread busy until the event is set, or the test ends."""
    done = threading.Event()

    def wait() -> None:
        done.wait(10)

    main.post(wait)
    yield done
    done.set()


def test_a_question_is_answered_on_the_main_thread(main: MainThread) -> None:
    assert main.call(main.is_current)
    assert not main.is_current()


def test_on_the_main_thread_a_question_is_asked_at_once(main: MainThread) -> None:
    assert main.call(lambda: main.call(main.is_current))


def test_what_a_question_raises_is_raised(main: MainThread) -> None:
    with pytest.raises(ZeroDivisionError):
        main.call(lambda: 1 // 0)


def test_a_question_that_is_not_reached_in_time_is_never_asked(
    main: MainThread, busy: threading.Event
) -> None:
    asked: list[int] = []
    with pytest.raises(RuntimeTimeoutError, match=r"within 0\.05 s"):
        main.call(lambda: asked.append(1), timeout=0.05)
    busy.set()
    main.call(lambda: None)
    assert asked == []


def test_a_question_that_takes_too_long_is_not_waited_for(main: MainThread) -> None:
    done = threading.Event()
    with pytest.raises(RuntimeTimeoutError):
        main.call(lambda: done.wait(10), timeout=0.05)
    done.set()
    assert main.call(lambda: "alive") == "alive"


def test_waiting_on_the_main_thread_is_refused(main: MainThread) -> None:
    with pytest.raises(WouldDeadlockError, match="a dialog would make the main thread wait"):
        main.call(lambda: main.forbid_wait("a dialog"))


def test_waiting_elsewhere_is_allowed(main: MainThread) -> None:
    main.forbid_wait("a dialog")


def test_a_coroutine_waits_without_blocking_its_loop(main: MainThread) -> None:
    async def ask() -> tuple[bool, str]:
        first = asyncio.create_task(ask_main(main, main.is_current, timeout=5))
        return await first, await asyncio.sleep(0, "other work")

    assert asyncio.run(ask()) == (True, "other work")


def test_what_a_coroutines_question_raises_is_raised(main: MainThread) -> None:
    with pytest.raises(ZeroDivisionError):
        asyncio.run(ask_main(main, lambda: 1 // 0, timeout=5))


def test_a_coroutine_does_not_wait_for_ever(main: MainThread, busy: threading.Event) -> None:
    async def ask() -> None:
        with pytest.raises(RuntimeTimeoutError):
            await ask_main(main, lambda: None, timeout=0.05)
        busy.set()
        await ask_main(main, lambda: None, timeout=5)  # the late answer of the first is dropped

    asyncio.run(ask())


def test_an_answer_after_the_loop_ended_is_dropped(main: MainThread, busy: threading.Event) -> None:
    async def ask() -> None:
        await ask_main(main, lambda: None, timeout=0.05)

    with pytest.raises(RuntimeTimeoutError):
        asyncio.run(ask())
    busy.set()
    assert main.call(lambda: "alive") == "alive"
