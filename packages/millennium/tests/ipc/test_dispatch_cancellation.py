"""Calls that the page gives up: cancelled, dropped, never answered twice."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest

from millennium.errors import CommandError
from millennium.ipc import dispatch
from millennium.ipc.channel import Channel


def length(text: str) -> int:
    return len(text)


def test_an_aborted_coroutine_is_cancelled_and_not_answered(make_room) -> None:
    begun, cancelled = threading.Event(), threading.Event()

    async def wait() -> int:
        begun.set()
        try:
            await asyncio.sleep(30)
        finally:
            cancelled.set()
        return 1

    page = make_room(wait, inline=False).open()
    page.call(1, "wait", {})
    assert begun.wait(5)
    page.batch([1, "", ["cancel"]])

    assert cancelled.wait(5)
    time.sleep(0.01)
    page.read()
    assert not page.settled(1)


def test_an_aborted_call_closes_its_channel(make_room) -> None:
    kept: list[Channel[int]] = []

    async def wait(to: Channel[int]) -> None:
        kept.append(to)
        await asyncio.sleep(30)

    page = make_room(wait, inline=False).open()
    page.call(1, "wait", {"to": "channel:9"})
    page.wait(lambda: kept)
    page.batch([1, "", ["cancel"]])

    assert kept[0].is_closed


def test_an_aborted_call_that_waits_for_the_pool_never_runs(make_room) -> None:
    gate = threading.Event()
    ran: list[int] = []

    def block() -> None:
        gate.wait(5)

    def run(n: int) -> None:
        ran.append(n)

    page = make_room(block, run, inline=False).open()
    page.batch(*([n, page.handles["block"][0], {}] for n in range(10, 14)))
    page.batch([1, page.handles["run"][0], {"n": 1}], [2, page.handles["run"][0], {"n": 2}])
    page.batch([1, "", ["cancel"]])
    gate.set()
    page.wait(lambda: page.settled(2))

    assert ran == [2]


def test_a_late_result_is_dropped(make_room) -> None:
    gate, ended = threading.Event(), threading.Event()

    def block() -> bytes:
        gate.wait(5)
        ended.set()
        return b"late"

    room = make_room(block, inline=False)
    page = room.open()
    page.call(1, "block", {})
    page.batch([1, "", ["cancel"]])
    gate.set()
    assert ended.wait(5)
    time.sleep(0.01)
    page.read()

    assert not page.settled(1)


def test_a_late_error_is_dropped(make_room) -> None:
    gate, ended = threading.Event(), threading.Event()

    def block() -> None:
        gate.wait(5)
        ended.set()
        raise CommandError("late", "late")

    page = make_room(block, inline=False).open()
    page.call(1, "block", {})
    page.batch([1, "", ["cancel"]])
    gate.set()
    assert ended.wait(5)
    time.sleep(0.01)
    page.read()

    assert not page.settled(1)


def test_a_coroutine_aborted_before_it_began_never_runs(make_room) -> None:
    ran: list[int] = []

    async def run() -> None:
        ran.append(1)

    async def last() -> None: ...

    page = make_room(run, last, inline=False).open()
    page.batch([1, page.handles["run"][0], {}], [1, "", ["cancel"]])
    page.call(2, "last", {})
    page.wait(lambda: page.settled(2))

    assert ran == []


def test_a_coroutine_that_cancels_itself_is_answered(make_room) -> None:
    async def give_up() -> None:
        raise asyncio.CancelledError

    page = make_room(give_up, inline=False).open()
    page.call(1, "give_up", {})

    assert page.error(1)["code"] == "command.aborted"


def test_cancelling_what_is_over_does_nothing(make_room) -> None:
    page = make_room(length).open()
    page.call(1, "length", {"text": "a"})
    page.batch([1, "", ["cancel"]])

    assert page.result(1) == 1


def test_an_id_in_use_is_refused(make_room) -> None:
    async def wait() -> None:
        await asyncio.sleep(30)

    page = make_room(wait, inline=False).open()
    page.call(1, "wait", {})
    page.call(1, "wait", {})

    assert page.error(1)["code"] == "ipc.too_large"


def test_too_many_unanswered_calls_are_refused(make_room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispatch, "MAX_RUNNING_CALLS", 1)

    async def wait() -> None:
        await asyncio.sleep(30)

    page = make_room(wait, inline=False).open()
    page.call(1, "wait", {})
    page.call(2, "wait", {})

    assert page.error(2)["code"] == "ipc.too_large"
