"""A page that pauses loses nothing; for one that hangs, nothing grows without bound."""

from __future__ import annotations

import json
import threading

import pytest

from millennium.errors import ChannelFullError, TooLargeError
from millennium.ipc import document
from millennium.ipc.channel import Channel
from millennium.ipc.encoding import encode
from millennium.ipc.flow import Flow
from millennium.ipc.limits import (
    MAX_BATCH_CALLS,
    MAX_CARRIERS,
    MAX_NEWS_BYTES,
    MAX_PUSHED_BYTES,
    MAX_PUSHES,
)
from millennium.ipc.question import Question
from millennium.ipc.wire import event_news

KIB = "x" * 1024


def event(payload: object) -> bytes:
    return event_news("n", encode(payload))


def emit(room, *payloads: object) -> None:
    """Emit each in a turn of its own, so that each is a message of its own."""
    for payload in payloads:
        room.bridge.emit(event(payload))
        room.loop.turn()


def payloads(page) -> list[object]:
    return [content["payload"] for kind, _, content in page.news if kind == 3]


def size(value: str) -> str:
    return "x" * int(value)


def echo(n: int) -> int:
    return n


# ── what the engine is handed


def test_a_page_that_hangs_is_handed_no_more_than_so_many_messages(make_room) -> None:
    room = make_room(echo)
    room.open()
    emit(room, *range(4 * MAX_PUSHES))

    assert len(room.screen.evaluated) == MAX_PUSHES


def test_a_page_that_hangs_is_handed_no_more_than_so_many_bytes(make_room) -> None:
    room = make_room(echo)
    room.open()
    emit(room, *[KIB * 100] * 100)

    assert sum(map(len, room.screen.evaluated)) >= MAX_PUSHED_BYTES
    assert sum(map(len, room.screen.evaluated)) < MAX_PUSHED_BYTES + 2 * MAX_NEWS_BYTES


def test_control_a_page_that_acknowledges_is_handed_everything(make_room) -> None:
    room = make_room(echo)
    page = room.open()
    for number in range(4 * MAX_PUSHES):
        emit(room, number)
        page.read()

    assert payloads(page) == [*range(4 * MAX_PUSHES)]


def test_a_page_that_paused_gets_all_of_it_in_order(make_room) -> None:
    room = make_room(echo)
    page = room.open()
    emit(room, *range(4 * MAX_PUSHES))
    page.wait(lambda: len(payloads(page)) == 4 * MAX_PUSHES)

    assert payloads(page) == [*range(4 * MAX_PUSHES)]


def test_a_page_that_paused_gets_large_ones_in_order(make_room) -> None:
    room = make_room(echo)
    page = room.open()
    large = [f"{number}{KIB * 200}" for number in range(100)]
    emit(room, *large)
    page.wait(lambda: len(payloads(page)) == len(large))

    assert payloads(page) == large


def test_a_page_that_is_only_slow_gets_what_waits_with_its_replies(make_room) -> None:
    room = make_room(echo)
    page = room.open()
    emit(room, *range(2 * MAX_PUSHES))
    handle = page.handles["echo"][0]
    reply = page.send(f'{page.pad.pop(0)} [[1,"{handle}",{{"n":1}}]]')

    assert reply.status == "answered"
    assert f'"payload":{2 * MAX_PUSHES - 1},' in reply.text
    emit(room, "later")
    page.replies.append(reply)
    page.wait(lambda: len(payloads(page)) == 2 * MAX_PUSHES + 1)
    assert payloads(page) == [*range(2 * MAX_PUSHES), "later"]


def test_a_reply_that_is_held_carries_news_though_the_engine_has_enough(make_room) -> None:
    room = make_room(echo)
    page = room.open()
    emit(room, *range(MAX_PUSHES + 1))
    page.batch([1, "", ["cancel"]])
    emit(room, "more")
    page.wait(lambda: "more" in payloads(page))

    assert payloads(page) == [*range(MAX_PUSHES + 1), "more"]
    assert len(room.bridge._document.carriers) <= MAX_CARRIERS


def test_the_flow_asks_before_it_closes() -> None:
    flow = Flow()
    asked = 0
    for sequence in range(MAX_PUSHES):
        is_asked = flow.must_ask(1)
        asked += is_asked
        flow.push(sequence, 1, is_asked=is_asked)

    assert not flow.is_open
    assert asked == 4
    flow.acknowledge(MAX_PUSHES // 4 - 1)
    assert flow.is_open


# ── what waits here


def test_a_page_learns_how_many_events_it_was_not_sent(
    make_room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(document, "MAX_WAITING_NEWS", 3)
    room = make_room(echo)
    page = room.open()
    for number in range(5):
        room.bridge.emit(event(number))
    page.wait(lambda: len(page.news) == 4)

    assert page.news[-1] == (
        3,
        "millennium:events-dropped",
        {"payload": {"count": 2}, "source": ""},
    )


@pytest.mark.parametrize("how", ["inline", "pool"])
def test_large_results_become_errors_when_too_much_waits(
    make_room, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    monkeypatch.setattr(document, "MAX_WAITING_RESULT_BYTES", 64 * 1024)
    room = make_room(size, inline=how == "inline")
    page = room.open()
    emit(room, *range(MAX_PUSHES), KIB * 100)
    page.loop.turn()
    handle = page.handles["size"][0]
    items = [[number, handle, {"value": "100000"}] for number in (1, 2)]
    page.replies.append(page.send(f"{page.pad.pop(0)} {json.dumps(items)}"))
    page.replies.append(page.send(f'{page.pad.pop(0)} [[3,"{handle}",{{"value":"10"}}]]'))
    page.wait(lambda: all(page.settled(number) for number in (1, 2, 3)))

    assert "ipc.too_large" in (page.error(1)["code"], page.error(2)["code"])
    assert page.result(3) == "x" * 10


def test_control_a_large_result_arrives_when_little_waits(
    make_room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(document, "MAX_WAITING_RESULT_BYTES", 64 * 1024)
    page = make_room(size).open()
    page.call(1, "size", {"value": "1000"})

    assert page.result(1) == "x" * 1000


def test_results_of_one_message_leave_in_several(make_room) -> None:
    page = make_room(size).open()
    handle = page.handles["size"][0]
    reply = page.batch(*([number, handle, {"value": "10000"}] for number in range(MAX_BATCH_CALLS)))

    assert len(reply.text) < 2 * MAX_NEWS_BYTES
    assert [page.result(number) for number in range(MAX_BATCH_CALLS)] == ["x" * 10_000] * 256


def test_channels_of_one_page_share_the_room(make_room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "MAX_WAITING_BYTES", 4096)
    kept: list[Channel[str]] = []

    def keep(to: Channel[str]) -> None:
        kept.append(to)

    room = make_room(keep)
    page = room.open()
    page.call(1, "keep", {"to": "channel:8"})
    page.call(2, "keep", {"to": "channel:9"})
    emit(room, *range(MAX_PUSHES))
    for _ in range(4):
        kept[0].send_nowait(KIB)
    with pytest.raises(ChannelFullError):
        kept[1].send_nowait("more")

    sent = threading.Event()

    def send() -> None:
        kept[1].send_blocking("more")
        sent.set()

    sender = threading.Thread(target=send)
    sender.start()
    page.wait(sent.is_set)
    page.wait(lambda: (2, 9, "more") in page.news)
    sender.join()


def test_a_question_is_refused_when_too_much_waits(
    make_room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(document, "MAX_WAITING_NEWS", 2)
    room = make_room(echo)
    room.open()
    emit(room, *range(MAX_PUSHES))
    question, settle = Question.of("() => 1", None), lambda text, error: None
    room.bridge.ask(question, settle)
    room.bridge.emit(event(1))

    with pytest.raises(TooLargeError):
        room.bridge.ask(question, settle)


def test_a_page_that_never_greets_keeps_little(make_room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "MAX_WAITING_BYTES", 4096)
    room = make_room(echo)
    page = room.commit()
    for _ in range(100):
        room.bridge.emit(event(KIB))
    page.hello()
    page.read()

    assert len(payloads(page)) == 5
