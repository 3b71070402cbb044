"""Asking the main thread from a coroutine: what is cancelled stays cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import cast

import pytest

from millennium.main_thread import MainThread
from millennium.window_aio import ask_main


class Prompt:
    """A main thread that does at once what it is asked."""

    def post(self, task: Callable[[], None]) -> None:
        task()


def test_a_cancellation_that_meets_the_answer_is_not_forgotten() -> None:
    async def cancel_late() -> None:
        asked = asyncio.create_task(ask_main(cast("MainThread", Prompt()), lambda: 1, timeout=5))
        await asyncio.sleep(0)  # it waits
        await asyncio.sleep(0)  # the answer is there
        asked.cancel()
        await asked

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(cancel_late())
