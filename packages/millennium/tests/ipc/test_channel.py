"""A channel keeps order, waits for room, and learns that nobody listens."""

from __future__ import annotations

import asyncio
import gc
import threading

import pytest

from millennium.errors import ChannelClosedError, ChannelFullError, PayloadError
from millennium.ipc.channel import Acknowledged, Channel
from millennium.ipc.limits import MAX_CHANNEL_BYTES, MAX_CHANNEL_ITEMS


class Line:
    """Keeps what is posted."""

    def __init__(self) -> None:
        self.news: list[bytes] = []
        self.quiet: list[bytes] = []
        self.has_room = True

    def post(self, channel: Acknowledged | None, news: bytes, *, wake: bool = True) -> None:
        (self.news if wake else self.quiet).append(news)


@pytest.fixture
def line() -> Line:
    return Line()


@pytest.fixture
def channel(line: Line) -> Channel[object]:
    return Channel(7, line)


def fill(channel: Channel[object]) -> None:
    for number in range(MAX_CHANNEL_ITEMS):
        channel.send_nowait(number)


def test_items_leave_in_order(channel: Channel[object], line: Line) -> None:
    channel.send_nowait({"a": 1})
    channel.send_nowait(None)

    assert line.news == [b'2,7,{"a":1}', b"2,7,null"]


def test_it_says_whether_it_is_open(channel: Channel[object]) -> None:
    before = repr(channel)
    channel.close()

    assert (before, repr(channel)) == ("<Channel 7 open>", "<Channel 7 closed>")


def test_an_item_over_the_number_is_refused_until_some_are_delivered(
    channel: Channel[object],
) -> None:
    fill(channel)
    with pytest.raises(ChannelFullError, match="1000 items"):
        channel.send_nowait(1)

    channel.delivered(1, 5)
    channel.send_nowait(1)


def test_an_item_over_the_size_is_refused_until_some_are_delivered(
    channel: Channel[object],
) -> None:
    channel.send_nowait("x" * MAX_CHANNEL_BYTES)
    with pytest.raises(ChannelFullError, match="1 items"):
        channel.send_nowait(1)

    channel.delivered(1, MAX_CHANNEL_BYTES)
    channel.send_nowait(1)


@pytest.mark.parametrize("item", [object(), b"raw", {"a": {1, object()}}], ids=str)
def test_an_item_without_a_json_form_is_refused(channel: Channel[object], item: object) -> None:
    with pytest.raises(PayloadError, match="channel item"):
        channel.send_nowait(item)


def test_a_closed_channel_tells_the_page_once_and_the_sender_always(
    channel: Channel[object], line: Line
) -> None:
    channel.close()
    channel.close()

    assert channel.is_closed
    assert line.news == [b"5,7,null"]
    with pytest.raises(ChannelClosedError):
        channel.send_nowait(1)


def test_a_channel_the_page_ended_tells_only_the_sender(
    channel: Channel[object], line: Line
) -> None:
    channel.end()

    with pytest.raises(ChannelClosedError):
        channel.send_blocking(1)
    assert line.news == []


def test_a_channel_nobody_holds_lets_the_page_forget_it(line: Line) -> None:
    Channel[int](7, line)
    gc.collect()

    assert line.quiet == [b"5,7,null"]


def test_a_closed_channel_says_no_second_farewell(line: Line) -> None:
    Channel[int](7, line).close()
    gc.collect()

    assert line.quiet == []


def test_send_waits_for_room(channel: Channel[object], line: Line) -> None:
    async def scenario() -> bool:
        fill(channel)
        sending = asyncio.create_task(channel.send("late"))
        await asyncio.sleep(0.01)
        was_waiting = not sending.done()
        channel.delivered(1, 5)
        await sending
        return was_waiting

    assert asyncio.run(scenario())
    assert line.news[-1] == b'2,7,"late"'


def test_send_with_room_does_not_wait(channel: Channel[object], line: Line) -> None:
    asyncio.run(channel.send(1))

    assert line.news == [b"2,7,1"]


def test_a_waiting_send_learns_the_end(channel: Channel[object]) -> None:
    async def scenario() -> None:
        fill(channel)
        sending = asyncio.create_task(channel.send("late"))
        await asyncio.sleep(0.01)
        channel.end()
        await sending

    with pytest.raises(ChannelClosedError):
        asyncio.run(scenario())


def test_room_for_a_cancelled_sender_wakes_nobody(channel: Channel[object]) -> None:
    async def scenario() -> None:
        fill(channel)
        sending = asyncio.create_task(channel.send("late"))
        await asyncio.sleep(0.01)
        sending.cancel()
        await asyncio.sleep(0)
        channel.delivered(1, 5)
        await asyncio.sleep(0.01)

    asyncio.run(scenario())
    channel.send_nowait("there is room")


def test_room_after_the_loop_has_ended_wakes_nobody(channel: Channel[object]) -> None:
    async def scenario() -> None:
        fill(channel)
        sending = asyncio.create_task(channel.send("late"))
        await asyncio.sleep(0.01)
        sending.cancel()

    asyncio.run(scenario())
    channel.delivered(1, 5)
    channel.send_nowait("there is room")


def test_send_blocking_waits_for_room(channel: Channel[object], line: Line) -> None:
    fill(channel)
    threading.Timer(0.02, channel.delivered, (1, 5)).start()

    channel.send_blocking("late")

    assert line.news[-1] == b'2,7,"late"'


def test_send_blocking_gives_up(channel: Channel[object]) -> None:
    fill(channel)

    with pytest.raises(ChannelFullError, match="for 0"):
        channel.send_blocking("late", timeout=0.01)
