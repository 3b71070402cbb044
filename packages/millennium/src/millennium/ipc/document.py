"""What one committed document owns: standing, queue, carriers, calls, channels and bytes.

All of it dies with the document, at the next commit, at close and when the web process ends.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace

from millennium.errors import TooLargeError
from millennium.ipc.burden import Burden
from millennium.ipc.channel import Acknowledged
from millennium.ipc.channels import Channels
from millennium.ipc.flow import Flow
from millennium.ipc.gate import Standing
from millennium.ipc.limits import (
    MAX_CARRIERS,
    MAX_NEWS_BYTES,
    MAX_NEWS_ITEMS,
    MAX_RUNNING_BODY_BYTES,
    MAX_RUNNING_JSON_BYTES,
    MAX_WAITING_BYTES,
    MAX_WAITING_NEWS,
    MAX_WAITING_RESULT_BYTES,
)
from millennium.ipc.question import Questions
from millennium.ipc.transfer import Transfers
from millennium.ipc.wire import encode_message, error_news, event_news
from millennium.security.origin import Origin
from millennium.security.tokens import LOW_TOKENS
from millennium_runtime.webview import MessageSource, Reply

_log = logging.getLogger("millennium.ipc")

NOWHERE = Origin("", "")
"""The origin of a document that is nobody's: opaque, or not there."""

EVENTS_DROPPED = "millennium:events-dropped"
"""Tells a page that it was not sent some events, and how many: too many waited for it."""

_SHORT_BYTES = 512  # of an answer that is never refused: tickets and errors, most results

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
        self.standing: Standing = standing
        self.is_greeted: bool = False
        self.transfers: Transfers = Transfers()
        self.questions: Questions = Questions(self.post, self._is_full)
        self.carriers: deque[Reply] = deque()
        self.running: dict[int, Cancel] = {}
        self.json_burden: Burden = Burden(self.running, MAX_RUNNING_JSON_BYTES)
        self.body_burden: Burden = Burden(self.running, MAX_RUNNING_BODY_BYTES)
        self.channels: Channels = Channels(self)
        self.has_wake: bool = False
        self._flow = Flow()
        self._is_stalled = False
        self._wake = wake
        self._queue: deque[tuple[Acknowledged | None, bytes]] = deque()
        self._sequence = 0
        self._waiting_bytes = 0  # about: threads do not wait for each other here
        self._dropped = 0
        self._has_told = False
        self._is_short = False
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

    @property
    def has_room(self) -> bool:
        """Whether channels may send; who is told no is woken when there is room. Thread: any."""
        if self._waiting_bytes < MAX_WAITING_BYTES:
            return True
        self._is_short = True  # said before the second look: one of the two threads sees the other
        return self._waiting_bytes < MAX_WAITING_BYTES

    def greet(self, granted: frozenset[str], head: dict[str, object]) -> None:
        """Let the document call what is granted; `head` leaves with the next message."""
        self.standing = replace(self.standing, granted=granted)
        self.is_greeted = True
        self.head = head

    def post(self, channel: Acknowledged | None, news: bytes, *, wake: bool = True) -> None:
        """Queue one piece of news; wakes the UI thread once per drain. Thread: any."""
        is_silent = not self.is_greeted and (len(self._queue) >= MAX_NEWS_ITEMS or self._is_full())
        if is_silent or not self.standing.is_trusted:  # nobody will ever read it
            return
        size = len(news)
        self._waiting_bytes += size
        self._queue.append((channel, news))
        if wake and self.is_greeted and not self.has_wake:
            self.has_wake = True
            self._wake(self)

    def answer(self, call: int, news: bytes, *, is_sealed: bool, wake: bool = True) -> None:
        """Queue what settles a call, sealed if its command is. Thread: any."""
        news = self._bounded(news)
        seals = self.standing.seals if is_sealed else None
        if seals is None:
            self.post(None, news, wake=wake)
            return
        with seals.lock:
            self.post(None, seals.conceal(call, news), wake=wake)

    def offer(self, news: bytes) -> None:
        """Queue an event's news unless too much waits already; the page learns how many were not.

        Thread: any.
        """
        # as `_is_full`, which is a call more for each event
        if len(self._queue) < MAX_WAITING_NEWS and self._waiting_bytes < MAX_WAITING_BYTES:
            self.post(None, news)
            return
        self._dropped += 1
        if not self._has_told:
            self._has_told = True
            label = self.source.label
            _log.warning("window %s: events are dropped, too many wait [event.dropped]", label)

    def compose(self, ready: Sequence[bytes] = ()) -> str:
        """Return the next message: what is queued, then `ready`, with tokens if they run low.

        `ready` comes last: what a command sent to a channel before it returned is queued.
        """
        size = sum(map(len, ready))
        if size > MAX_NEWS_BYTES:
            ready = [self._bounded(news) for news in ready]
            size = sum(map(len, ready))
        if self._queue or size > MAX_NEWS_BYTES:
            self._waiting_bytes += size
            self._queue.extend((None, news) for news in ready)
            ready = self._take()
        head, self.head = self.head, {}
        self._top_up(head)
        sequence = self._sequence
        self._sequence += 1
        return encode_message(sequence, head, ready)

    def push(self) -> str:
        """Return the next message for the engine to hand over, "" if it holds too much already.

        Then the queue waits until the page has acknowledged, and wakes the UI thread.
        """
        if not self._flow.is_open:
            self._is_stalled = self.has_wake = True
            return ""
        is_asked = self._flow.must_ask(max(MAX_NEWS_BYTES, len(self._queue[0][1])))
        if is_asked:
            self.head["ack"] = 1
        sequence, message = self._sequence, self.compose()
        self._flow.push(sequence, len(message), is_asked=is_asked)
        return message

    def acknowledge(self, sequence: int) -> None:
        """Make room for what comes after the messages up to this one: they were delivered."""
        self._flow.acknowledge(sequence)
        if self._is_stalled and self._flow.is_open:
            self._is_stalled = False
            self._wake(self)
        while self._unacknowledged and self._unacknowledged[0][0] <= sequence:
            for channel, (items, size) in self._unacknowledged.popleft()[1].items():
                channel.delivered(items, size)

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
        self.channels.end()
        self.questions.end()
        while self.carriers:
            self.carriers.popleft().refuse("ipc.document_gone")
        self._queue.clear()
        self._waiting_bytes = 0
        self._unacknowledged.clear()
        self.transfers.clear()

    def _is_full(self) -> bool:
        """Tell whether what may be refused is: events and questions. Thread: any."""
        return len(self._queue) >= MAX_WAITING_NEWS or self._waiting_bytes >= MAX_WAITING_BYTES

    def _bounded(self, news: bytes) -> bytes:
        """Return a call's news, or if too much waits already a short refusal of it. Thread: any."""
        if self._waiting_bytes < MAX_WAITING_RESULT_BYTES or len(news) <= _SHORT_BYTES:
            return news
        _, call, _ = news.split(b",", 2)
        return error_news(int(call), TooLargeError("too many results wait for the page"))

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
        self._count_taken(MAX_NEWS_BYTES - room)
        if tally:
            self.head["ack"] = 1
            self._unacknowledged.append((self._sequence, tally))
        if self._is_stalled and not self._queue:
            self._is_stalled = self.has_wake = False  # before the next look, as in the bridge
        if self._queue and not self.has_wake:
            self.has_wake = True
            self._wake(self)
        return news

    def _count_taken(self, size: int) -> None:
        self._waiting_bytes = max(0, self._waiting_bytes - size) if self._queue else 0
        if self._dropped:
            dropped, self._dropped = self._dropped, 0
            self.post(None, event_news(EVENTS_DROPPED, b'{"count":%d}' % dropped))
        if self._is_short and self._waiting_bytes < MAX_WAITING_BYTES:
            self._is_short = False
            self.channels.wake()

    def _top_up(self, head: dict[str, object]) -> None:
        if len(self.standing.pad) < LOW_TOKENS:
            head["pad"] = self.standing.pad.issue()
        refill = self.standing.handles.refill()
        if refill:
            head["handles"] = refill
