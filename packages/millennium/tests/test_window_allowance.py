"""Pages make so many windows, so fast, and no more."""

from __future__ import annotations

import pytest

from millennium.errors import CommandError
from millennium.ipc.limits import MAX_PAGE_WINDOWS, PAGE_WINDOW_BURST, PAGE_WINDOW_SECONDS
from millennium.window_allowance import WindowAllowance


class Clock:
    """Time that passes when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def allowance(clock: Clock) -> WindowAllowance:
    return WindowAllowance(clock)


def test_a_few_windows_may_be_made_at_once(allowance: WindowAllowance) -> None:
    for live in range(PAGE_WINDOW_BURST):
        allowance.take(live)
    with pytest.raises(CommandError, match="too fast"):
        allowance.take(PAGE_WINDOW_BURST)


def test_another_one_after_a_while(allowance: WindowAllowance, clock: Clock) -> None:
    for live in range(PAGE_WINDOW_BURST):
        allowance.take(live)
    clock.now += PAGE_WINDOW_SECONDS
    allowance.take(PAGE_WINDOW_BURST)
    with pytest.raises(CommandError, match="too fast"):
        allowance.take(PAGE_WINDOW_BURST)


def test_the_last_window_that_may_be_and_one_more(allowance: WindowAllowance) -> None:
    allowance.take(MAX_PAGE_WINDOWS - 1)
    with pytest.raises(CommandError, match="already") as refused:
        allowance.take(MAX_PAGE_WINDOWS)
    assert refused.value.code == "window.too_many"
