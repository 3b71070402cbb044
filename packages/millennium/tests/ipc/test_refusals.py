"""The log of refusals is limited, and says how much it left out."""

from __future__ import annotations

import pytest

from millennium.ipc.refusals import MAX_LINES, PERIOD_SECONDS, RefusalLog


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def flood(log: RefusalLog, lines: int) -> None:
    for _ in range(lines):
        log.note("why")


def test_the_first_refusals_are_logged(caplog: pytest.LogCaptureFixture) -> None:
    RefusalLog("main").note("why")

    assert caplog.messages == ["window main: refused: why"]


def test_a_flood_is_cut(caplog: pytest.LogCaptureFixture) -> None:
    flood(RefusalLog("main", Clock()), 100)

    assert len(caplog.messages) == MAX_LINES


def test_the_next_period_begins_with_what_was_left_out(caplog: pytest.LogCaptureFixture) -> None:
    clock = Clock()
    log = RefusalLog("main", clock)
    flood(log, 100)
    clock.now += PERIOD_SECONDS
    log.note("again")

    assert caplog.messages[-2:] == [
        "window main: refused 90 more messages",
        "window main: refused: again",
    ]


def test_a_quiet_period_leaves_nothing_out(caplog: pytest.LogCaptureFixture) -> None:
    clock = Clock()
    log = RefusalLog("main", clock)
    log.note("why")
    clock.now += PERIOD_SECONDS
    log.note("again")

    assert len(caplog.messages) == 2
