"""No window's work keeps another's waiting for long."""

from __future__ import annotations

import heapq
from collections.abc import Callable

import pytest

from millennium.ipc.limits import (
    ACTIVE_SECONDS,
    BURST_SECONDS,
    CHAR_SECONDS,
    SHARE,
    SLICE_SECONDS,
)
from millennium.ipc.turns import Lane, Turns, Work
from millennium_runtime.errors import EventLoopClosedError

PIECE = BURST_SECONDS / 4


class Loop:
    """A main thread whose time passes only by work and by waiting."""

    def __init__(self) -> None:
        self.now = 100.0
        self.done: list[str] = []
        self._tasks: list[tuple[float, int, Callable[[], None]]] = []
        self.turns = Turns(self.post, lambda: self.now)

    def post(self, task: Callable[[], None], seconds: float) -> None:
        heapq.heappush(self._tasks, (self.now + seconds, len(self.done), task))

    def run(self) -> None:
        """Run all that was posted, and what that posts."""
        while self._tasks:
            self.turn()

    def turn(self) -> None:
        """Run one task."""
        when, _, task = heapq.heappop(self._tasks)
        self.now = max(self.now, when)
        task()

    def work(self, name: str, pieces: int, seconds: float = PIECE) -> Work:
        for number in range(pieces):
            if number:
                yield
            self.now += seconds
            self.done.append(name)


@pytest.fixture
def loop() -> Loop:
    return Loop()


@pytest.fixture
def lanes(loop: Loop) -> tuple[Lane, Lane]:
    return loop.turns.lane(), loop.turns.lane()


def test_a_quiet_window_is_served_at_once(loop: Loop, lanes: tuple[Lane, Lane]) -> None:
    lanes[0].take(loop.work("a", 3))
    assert loop.done == ["a", "a", "a"]


def test_one_that_used_its_burst_waits(loop: Loop, lanes: tuple[Lane, Lane]) -> None:
    lanes[0].take(loop.work("a", 10))
    assert 4 <= len(loop.done) < 10
    loop.run()
    assert loop.done == ["a"] * 10


def test_what_comes_later_waits_for_what_came_before(loop: Loop, lanes: tuple[Lane, Lane]) -> None:
    for name in ("a", "b", "c"):
        lanes[0].take(loop.work(name, 8))
    loop.run()
    assert loop.done == ["a"] * 8 + ["b"] * 8 + ["c"] * 8


def test_a_flood_does_not_keep_a_quiet_window_waiting(loop: Loop, lanes: tuple[Lane, Lane]) -> None:
    for _ in range(100):
        lanes[0].take(loop.work("flood", 8))
    before = loop.now
    lanes[1].take(loop.work("calm", 1))
    assert loop.done[-1] == "calm"
    assert loop.now == pytest.approx(before + PIECE)


def test_two_floods_get_the_same(loop: Loop, lanes: tuple[Lane, Lane]) -> None:
    for _ in range(20):
        lanes[0].take(loop.work("a", 8))
        lanes[1].take(loop.work("b", 8))
    loop.run()
    half = loop.done[: len(loop.done) // 2]
    assert abs(half.count("a") - half.count("b")) <= 8


def test_a_flood_gets_its_share_while_another_window_is_active(
    loop: Loop, lanes: tuple[Lane, Lane]
) -> None:
    lanes[1].take(loop.work("calm", 1, 0.0))
    begin = loop.now
    lanes[0].take(loop.work("flood", 2000))
    while loop.now < begin + ACTIVE_SECONDS * 0.9:
        loop.turn()
    used = loop.done.count("flood") * PIECE
    assert used <= SHARE * (loop.now - begin) + BURST_SECONDS + PIECE
    assert used >= SHARE * (loop.now - begin) * 0.5


def test_a_flood_alone_gets_all(loop: Loop, lanes: tuple[Lane, Lane]) -> None:
    begin = loop.now
    lanes[0].take(loop.work("flood", 2000))
    loop.run()
    assert loop.now - begin == pytest.approx(2000 * PIECE)


def test_a_turn_is_short(loop: Loop, lanes: tuple[Lane, Lane]) -> None:
    lanes[0].take(loop.work("flood", 2000, SLICE_SECONDS / 4))
    before = len(loop.done)
    loop.turn()
    assert 1 <= len(loop.done) - before <= 5


def test_a_window_that_closes_finishes_what_waits(loop: Loop, lanes: tuple[Lane, Lane]) -> None:
    lanes[0].take(loop.work("a", 20))
    lanes[0].take(loop.work("b", 2))
    loop.turns.close(lanes[0])
    loop.turns.close(lanes[0])
    assert loop.done == ["a"] * 20 + ["b"] * 2
    lanes[0].take(loop.work("c", 20))
    assert loop.done[-20:] == ["c"] * 20
    loop.run()


def test_work_may_close_its_own_window(loop: Loop, lanes: tuple[Lane, Lane]) -> None:
    def closing() -> Work:
        loop.turns.close(lanes[0])
        yield
        loop.done.append("closed")

    lanes[0].take(closing())
    assert loop.done == ["closed"]


def test_after_the_loop_nothing_is_run(loop: Loop) -> None:
    def refuse(task: Callable[[], None], seconds: float) -> None:
        raise EventLoopClosedError("over")

    lane = Turns(refuse, lambda: loop.now).lane()
    lane.take(loop.work("a", 10))
    lane.take(loop.work("a", 10))
    assert len(loop.done) < 10


def test_a_long_message_costs_before_it_is_worked_on(loop: Loop, lanes: tuple[Lane, Lane]) -> None:
    lanes[0].take(loop.work("long", 1), chars=round(BURST_SECONDS / CHAR_SECONDS))
    assert loop.done == []
    loop.run()
    assert loop.done == ["long"]
