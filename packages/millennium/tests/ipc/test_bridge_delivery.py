"""What a window's bridge delivers: carriers, order, events, channels, and their ends."""

from __future__ import annotations

import asyncio
import threading

import pytest

from millennium.ipc import document
from millennium.ipc.channel import Channel
from millennium.ipc.encoding import encode
from millennium.ipc.limits import MAX_CARRIERS, MAX_NEWS_ITEMS
from millennium.ipc.wire import event_news
from millennium_runtime.errors import EventLoopClosedError
from millennium_runtime.webview import MessageSource, PageLoad


def echo(n: int) -> int:
    return n


async def nap(seconds: float) -> str:
    await asyncio.sleep(seconds)
    return "woken"


def event(topic: str, payload: object) -> bytes:
    return event_news(topic, encode(payload))


def heard(payload: object) -> dict[str, object]:
    return {"payload": payload, "source": ""}


# ── carriers and order


def test_a_reply_with_nothing_ready_carries_what_is_ready_first(make_room) -> None:
    page = make_room(echo, nap, inline=False).open()
    held = page.call(1, "nap", {"seconds": 0.01})
    assert held.status == "pending"

    assert page.result(1) == "woken"
    assert held.status == "answered"


def test_the_fast_do_not_wait_for_the_slow(make_room) -> None:
    page = make_room(echo, nap, inline=False).open()
    page.batch([1, page.handles["nap"][0], {"seconds": 30}], [2, page.handles["echo"][0], {"n": 2}])

    assert page.result(2) == 2
    assert not page.settled(1)


def test_at_most_four_replies_are_held(make_room) -> None:
    page = make_room(nap, inline=False).open()
    replies = [page.call(number, "nap", {"seconds": 30}) for number in range(7)]

    assert [reply.status for reply in replies].count("pending") == MAX_CARRIERS


def test_without_a_carrier_news_are_evaluated_in_the_private_world(make_room) -> None:
    room = make_room(echo)
    page = room.open()
    room.bridge.emit(event("a", 1))
    room.bridge.emit(event("b", {"x": "it's </script> \u2028"}))
    room.loop.turn()

    assert len(room.screen.evaluated) == 1
    assert "<" not in room.screen.evaluated[0]
    page.read()
    assert page.news == [(3, "a", heard(1)), (3, "b", heard({"x": "it's </script> \u2028"}))]


def test_a_flood_of_news_leaves_in_pieces_and_in_order(make_room) -> None:
    room = make_room(echo)
    page = room.open()
    for number in range(MAX_NEWS_ITEMS + 5):
        room.bridge.emit(event("n", number))
    room.loop.turn()
    page.read()
    page.read()

    assert [told["payload"] for _, _, told in page.news] == [*range(MAX_NEWS_ITEMS + 5)]


def test_a_result_does_not_overtake_a_flood(make_room) -> None:
    room = make_room(echo)
    page = room.open()
    for number in range(MAX_NEWS_ITEMS + 5):
        room.bridge.emit(event("n", number))
    page.call(1, "echo", {"n": 1})
    page.wait(lambda: page.settled(1))

    assert page.news[-1] == (0, 1, 1)


# ── events


def test_events_before_the_hello_wait_for_it(make_room) -> None:
    room = make_room(echo)
    page = room.commit()
    room.bridge.emit(event("early", 1))
    page.hello()

    assert page.news == [(3, "early", heard(1))]


def test_events_for_a_page_that_never_greets_are_dropped_at_some_point(make_room) -> None:
    room = make_room(echo)
    page = room.commit()
    for number in range(MAX_NEWS_ITEMS + 5):
        room.bridge.emit(event("n", number))
    page.hello()

    page.wait(lambda: len(page.news) >= MAX_NEWS_ITEMS)
    page.read()
    assert len(page.news) == MAX_NEWS_ITEMS


def test_events_do_not_reach_a_foreign_page(make_room) -> None:
    room = make_room(echo)
    room.open()
    room.commit("https://evil.example/")
    room.bridge.emit(event("secret", 1))
    room.loop.turn()

    assert room.screen.evaluated == []


def test_events_do_not_reach_the_next_document(make_room) -> None:
    room = make_room(echo)
    room.open()
    room.bridge.emit(event("old", 1))
    page = room.open()
    page.read()

    assert page.news == []


def test_news_of_a_closed_window_are_dropped(make_room) -> None:
    room = make_room(echo)
    room.open()
    room.bridge.emit(event("late", 1))
    room.screen.is_closed = True
    room.loop.turn()

    assert room.screen.evaluated == []


def test_news_after_the_end_of_the_loop_are_dropped(make_room) -> None:
    room = make_room(echo)
    room.open()
    room.loop.error = EventLoopClosedError("ended")

    room.bridge.emit(event("late", 1))


def test_news_before_the_window_was_made_wait_for_it(make_room) -> None:
    room = make_room(echo)
    room.bridge._handle = None
    page = room.open()
    room.bridge.emit(event("early", 1))
    room.bridge.attach(room.screen, room.loop)
    page.read()

    assert page.news == [(3, "early", heard(1))]


def test_attaching_without_news_wakes_nobody(make_room) -> None:
    room = make_room(echo)

    assert room.loop.tasks == []


def test_a_drain_without_a_window_keeps_quiet(make_room) -> None:
    room = make_room(echo)
    room.open()
    room.bridge._dispatcher = None
    room.bridge.emit(event("x", 1))
    room.loop.turn()

    assert room.screen.evaluated == []


# ── channels


def test_a_promise_settles_after_all_items_sent_before(make_room) -> None:
    def count(to: Channel[int]) -> str:
        for number in range(500):
            to.send_nowait(number)
        return "done"

    page = make_room(count, inline=False).open()
    page.call(1, "count", {"to": "channel:9"})
    page.wait(lambda: page.settled(1))

    assert page.news[:501] == [*((2, 9, n) for n in range(500)), (0, 1, "done")]


def test_an_inline_commands_items_precede_its_result(make_room) -> None:
    def count(to: Channel[int]) -> str:
        to.send_nowait(1)
        return "done"

    page = make_room(count).open()
    page.call(1, "count", {"to": "channel:9"})

    assert page.news[:2] == [(2, 9, 1), (0, 1, "done")]


def test_back_pressure_ends_when_the_page_has_taken_the_items(make_room) -> None:
    async def count(to: Channel[int]) -> int:
        for number in range(5000):
            await to.send(number)
        return 5000

    page = make_room(count, inline=False).open()
    page.call(1, "count", {"to": "channel:9"})
    page.wait(lambda: page.settled(1))

    assert [value for kind, _, value in page.news if kind == 2] == [*range(5000)]


def test_one_channel_in_two_calls_is_one_channel(make_room) -> None:
    kept: list[Channel[int]] = []

    def keep(to: Channel[int]) -> None:
        kept.append(to)

    page = make_room(keep).open()
    page.call(1, "keep", {"to": "channel:9"})
    page.call(2, "keep", {"to": "channel:9"})

    assert kept[0] is kept[1]


def test_the_page_closing_a_channel_tells_the_sender(make_room) -> None:
    kept: list[Channel[int]] = []

    def keep(to: Channel[int]) -> None:
        kept.append(to)

    page = make_room(keep).open()
    page.call(1, "keep", {"to": "channel:9"})
    page.batch([9, "", ["close"]], [10, "", ["close"]])

    assert kept[0].is_closed


def test_a_channel_nobody_holds_any_more_ends_in_the_page(make_room) -> None:
    def drop(to: Channel[int]) -> None: ...

    page = make_room(drop).open()
    page.call(1, "drop", {"to": "channel:9"})
    page.call(2, "drop", {"to": "channel:8"})

    assert (5, 9, None) in page.news


@pytest.mark.parametrize(
    "end",
    [
        lambda room: room.commit(),
        lambda room: room.bridge.close(),
        lambda room: room.bridge.on_page_load(
            PageLoad(stage="terminated", source=MessageSource(label="main", url="", document=0))
        ),
    ],
    ids=["navigation", "window-closed", "web-process-died"],
)
def test_the_end_of_a_document_closes_cancels_and_refuses(make_room, end) -> None:
    cancelled = threading.Event()
    kept: list[Channel[int]] = []

    async def wait(to: Channel[int]) -> None:
        kept.append(to)
        try:
            await asyncio.sleep(30)
        except asyncio.CancelledError:
            cancelled.set()
            raise

    room = make_room(wait, inline=False)
    page = room.open()
    held = page.call(1, "wait", {"to": "channel:9"})
    page.wait(lambda: kept)
    end(room)

    assert held.text == "ipc.document_gone"
    assert kept[0].is_closed
    assert cancelled.wait(5)


@pytest.mark.parametrize("stage", ["started", "finished", "failed"])
def test_other_steps_of_a_load_change_nothing(make_room, stage) -> None:
    room = make_room(echo)
    page = room.open()
    room.bridge.on_page_load(PageLoad(stage=stage, source=page.source))
    page.call(1, "echo", {"n": 1})

    assert page.result(1) == 1


def test_events_wait_for_a_page_up_to_the_limit_and_no_further(
    make_room, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(document, "MAX_WAITING_NEWS", 3)
    room = make_room(echo)
    page = room.open()
    for number in range(5):
        room.bridge.emit(event("n", number))
    page.read()
    assert [content["payload"] for _, _, content in page.news] == [0, 1, 2]
    assert caplog.text.count("events are dropped") == 1
    room.bridge.emit(event("n", 9))
    page.read()
    assert page.news[-1] == (3, "n", heard(9))


def test_events_wait_for_a_page_up_to_so_many_bytes(
    make_room, monkeypatch: pytest.MonkeyPatch
) -> None:
    news = event("n", "x" * 100)
    monkeypatch.setattr(document, "MAX_WAITING_BYTES", 2 * len(news))
    room = make_room(echo)
    page = room.open()
    for _ in range(4):
        room.bridge.emit(news)
    page.read()
    assert len(page.news) == 2
    page.read()
    assert page.news[-1] == (3, "millennium:events-dropped", heard({"count": 2}))
    room.bridge.emit(news)
    page.read()
    assert len(page.news) == 4
