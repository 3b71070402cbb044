"""A bridge whose window takes turns: messages go on later, in order, and each is answered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from millennium.ipc.limits import BURST_SECONDS, MAX_NEWS_BYTES, PIECE_CALLS
from millennium.ipc.turns import Turns
from millennium.ipc.wire import event_news

CALLS = 3 * PIECE_CALLS


class Slow:
    """A clock that passes a burst whenever it is looked at, and the tasks that were posted."""

    def __init__(self) -> None:
        self.now = 0.0
        self.tasks: list[Callable[[], None]] = []
        self.turns = Turns(lambda task, _: self.tasks.append(task), self)

    def __call__(self) -> float:
        self.now += BURST_SECONDS
        return self.now

    def run(self) -> None:
        """Run what was posted, and what that posts."""
        while self.tasks:
            self.tasks.pop(0)()


@pytest.fixture
def slow() -> Slow:
    return Slow()


def items(page: Any, first: int = 1) -> list[Any]:
    handle = page.handles["echo"][0]
    return [[number, handle, {"value": number}] for number in range(first, first + CALLS)]


def echo(value: int) -> int:
    return value


def test_a_message_goes_on_in_pieces_and_is_answered_once(make_room, slow: Slow) -> None:
    room = make_room(echo)
    page = room.open()
    room.bridge._lane = slow.turns.lane()
    reply = page.batch(*items(page))
    assert reply.status == "pending"
    slow.run()
    page.read()
    assert [key for _, key, _ in page.news] == list(range(1, CALLS + 1))


def test_messages_keep_their_order(make_room, slow: Slow) -> None:
    room = make_room(echo)
    page = room.open()
    room.bridge._lane = slow.turns.lane()
    page.batch(*items(page))
    page.batch(*items(page, CALLS + 1))
    slow.run()
    page.read()
    assert [key for _, key, _ in page.news] == list(range(1, 2 * CALLS + 1))


def test_a_message_that_outlives_its_document_is_refused(make_room, slow: Slow) -> None:
    called: list[int] = []

    def note(value: int) -> None:
        called.append(value)

    room = make_room(note)
    page = room.open()
    room.bridge._lane = slow.turns.lane()
    page.handles["echo"] = page.handles["note"]
    reply = page.batch(*items(page))
    before = len(called)
    room.commit()
    slow.run()
    assert (reply.status, reply.text) == ("refused", "ipc.document_gone")
    assert len(called) == before < CALLS


def test_closing_the_window_answers_what_waits(make_room, slow: Slow) -> None:
    room = make_room(echo)
    page = room.open()
    room.bridge._turns, room.bridge._lane = slow.turns, slow.turns.lane()
    replies = [page.batch(*items(page)), page.batch(*items(page))]
    room.bridge.close()
    assert {reply.status for reply in replies} == {"refused"}


def test_one_message_to_the_page_has_so_many_bytes_and_the_rest_comes_in_the_next(
    make_room,
) -> None:
    room = make_room(echo)
    page = room.open()
    half = event_news("a", b'"%b"' % (b"x" * (MAX_NEWS_BYTES // 2 - 60)))
    for _ in range(3):
        room.bridge.emit(half)
    room.loop.turn()
    assert [script.count("payload") for script in room.screen.evaluated] == [2]
    page.read()
    page.read()
    assert len(page.news) == 3


def test_news_over_that_size_travels_alone(make_room) -> None:
    room = make_room(echo)
    page = room.open()
    large = event_news("a", b'"%b"' % (b"x" * 2 * MAX_NEWS_BYTES))
    room.bridge.emit(large)
    room.bridge.emit(large)
    room.loop.turn()
    assert [script.count("payload") for script in room.screen.evaluated] == [1]
    page.read()
    page.read()
    assert len(page.news) == 2
