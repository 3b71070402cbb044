"""What one committed document owns: standing, queue, carriers, calls, channels and bytes.

All of it dies with the document, at the next commit, at close and when the web process ends.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from weakref import WeakValueDictionary

from millennium.ipc.arguments import AnyChannel
from millennium.ipc.channel import Acknowledged, Channel
from millennium.ipc.gate import Standing
from millennium.ipc.limits import (
    MAX_CARRIERS,
    MAX_NEWS_BYTES,
    MAX_NEWS_ITEMS,
    MAX_WAITING_BYTES,
    MAX_WAITING_NEWS,
)
from millennium.ipc.question import Questions
from millennium.ipc.transfer import Transfers
from millennium.ipc.wire import encode_message
from millennium.security.origin import Origin
from millennium.security.tokens import LOW_TOKENS
from millennium_runtime.webview import MessageSource, Reply

_log = logging.getLogger("millennium.ipc")

NOWHERE = Origin("", "")
"""The origin of a document that is nobody's: opaque, or not there."""

Cancel = Callable[[], None]
_Tally = dict[Acknowledged, tuple[int, int]]


class Document:
    """One load of one page. Thread: main; `post`, `answer` and `transfers.park`: any."""

    def __init__(
        self,
        source: MessageSource,
        origin: Origin,
        *,
        standing: Standing,
        wake: Callable[[Document], None],
    ) -> None:
        self.source = source
        self.origin = origin
        self.standing = standing
        self.is_greeted = False
        self.transfers = Transfers()
        self.questions = Questions(self.post)
        self.carriers: deque[Reply] = deque()
        self.running: dict[int, Cancel] = {}
        self.channels: WeakValueDictionary[int, AnyChannel] = WeakValueDictionary()
        self.has_wake = False
        self._wake = wake
        self._queue: deque[tuple[Acknowledged | None, bytes]] = deque()
        self._sequence = 0
        self._event_bytes = 0  # about: threads do not wait for each other here
        self._drops_events = False
        self._unacknowledged: deque[tuple[int, _Tally]] = deque()
        self.head: dict[str, object] = {}

    @property
    def has_news(self) -> bool:
        """Whether something waits for the page."""
        return bool(self._queue)

    @property
    def must_answer(self) -> bool:
        """Whether a reply may not be held: tokens run low, or enough are held."""
        is_low = len(self.standing.pad) < LOW_TOKENS or self.standing.handles.is_low
        return is_low or len(self.carriers) >= MAX_CARRIERS or bool(self.head)

    def greet(self, granted: frozenset[str], head: dict[str, object]) -> None:
        """Let the document call what is granted; `head` leaves with the next message."""
        self.standing = replace(self.standing, granted=granted)
        self.is_greeted = True
        self.head = head

    def post(self, channel: Acknowledged | None, news: bytes, *, wake: bool = True) -> None:
        """Queue one piece of news; wakes the UI thread once per drain. Thread: any."""
        is_silent = not self.is_greeted and len(self._queue) >= MAX_NEWS_ITEMS
        if is_silent or not self.standing.is_trusted:  # nobody will ever read it
            return
        self._queue.append((channel, news))
        if wake and self.is_greeted and not self.has_wake:
            self.has_wake = True
            self._wake(self)

    def answer(self, call: int, news: bytes, *, wake: bool = True) -> None:
        """Queue what settles a call, sealed if the call was. Thread: any."""
        seals = self.standing.seals
        if seals is None:
            self.post(None, news, wake=wake)
            return
        with seals.lock:
            self.post(None, seals.conceal(call, news) or news, wake=wake)

    def offer(self, news: bytes) -> None:
        """Queue an event's news unless too much waits already. Thread: any."""
        if len(self._queue) >= MAX_WAITING_NEWS or self._event_bytes >= MAX_WAITING_BYTES:
            first, self._drops_events = not self._drops_events, True
            if first:
                _log.warning("window %s: events are dropped, too many wait", self.source.label)
            return
        self._event_bytes += len(news)
        self.post(None, news)

    def compose(self, ready: Sequence[bytes] = ()) -> str:
        """Return the next message: what is queued, then `ready`, with tokens if they run low.

        `ready` comes last: what a command sent to a channel before it returned is queued.
        """
        if self._queue:
            self._queue.extend((None, news) for news in ready)
            ready = self._take()
        head, self.head = self.head, {}
        self._top_up(head)
        sequence = self._sequence
        self._sequence += 1
        return encode_message(sequence, head, ready)

    def acknowledge(self, sequence: int) -> None:
        """Make room in the channels whose items were delivered up to this message."""
        while self._unacknowledged and self._unacknowledged[0][0] <= sequence:
            for channel, (items, size) in self._unacknowledged.popleft()[1].items():
                channel.delivered(items, size)

    def open_channel(self, number: int) -> AnyChannel:
        """Return the host's end of the page's channel `number`."""
        channel = self.channels.get(number)
        if channel is None:
            channel = self.channels[number] = Channel(number, self)
        return channel

    def close_channel(self, number: int) -> None:
        """End a channel whose page side is gone."""
        channel = self.channels.pop(number, None)
        if channel is not None:
            channel.end()

    def cancel(self, call: int) -> None:
        """Stop a call nobody waits for; its late result is dropped."""
        self.transfers.forget(call)
        stop = self.running.pop(call, None)
        if stop is not None:
            stop()

    def end(self) -> None:
        """Stop everything that began here."""
        self.standing = replace(self.standing, is_trusted=False)
        for call in list(self.running):
            self.cancel(call)
        for number in list(self.channels):
            self.close_channel(number)
        self.questions.end()
        while self.carriers:
            self.carriers.popleft().refuse("ipc.document_gone")
        self._queue.clear()
        self._unacknowledged.clear()
        self.transfers.clear()

    def _take(self) -> list[bytes]:
        news: list[bytes] = []
        tally: _Tally = {}
        take = self._queue.popleft
        room = MAX_NEWS_BYTES
        for _ in range(min(len(self._queue), MAX_NEWS_ITEMS)):
            if news and len(self._queue[0][1]) > room:
                break
            channel, text = take()
            room -= len(text)
            news.append(text)
            if channel is not None:
                items, size = tally.get(channel, (0, 0))
                tally[channel] = (items + 1, size + len(text))
        self._event_bytes = max(0, self._event_bytes - MAX_NEWS_BYTES + room) if self._queue else 0
        if tally:
            self.head["ack"] = 1
            self._unacknowledged.append((self._sequence, tally))
        if self._queue and not self.has_wake:
            self.has_wake = True
            self._wake(self)
        return news

    def _top_up(self, head: dict[str, object]) -> None:
        if len(self.standing.pad) < LOW_TOKENS:
            head["pad"] = self.standing.pad.issue()
        refill = self.standing.handles.refill()
        if refill:
            head["handles"] = refill
