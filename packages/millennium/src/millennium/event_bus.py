"""Fire-and-forget messages between Python and the pages.

Who hears an event:

1. Addressed to a window: the page of that window and the Python listeners of that window.
2. Not addressed, from Python: every page and every Python listener.
3. Not addressed, from a page: that page itself, the Python listeners of its window and those of the
   app. Other windows hear a page only when it addresses them, which is a permission of its own.

A receiver always sees who sent the event, as the runtime vouches for it. Each Python listener gets
its events one at a time and in order; nothing is promised between listeners.
"""

from __future__ import annotations

import inspect
import logging
import threading
from collections import Counter, deque
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING

from millennium.errors import TooManyListenersError
from millennium.event import PYTHON, Event, Sender, require_name
from millennium.ipc.encoding import encode_payload
from millennium.ipc.limits import (
    MAX_LISTENERS,
    MAX_WAITING_EVENT_BYTES,
    MAX_WAITING_EVENTS,
    PIECE_CALLS,
)
from millennium.ipc.wire import event_news
from millennium.ipc.workers import Workers

if TYPE_CHECKING:
    from asyncio import Task

_log = logging.getLogger("millennium.event")


Listener = Callable[[Event], object]
"""A function or coroutine function. Thread: a pool worker, or the loop for coroutines."""

Sink = Callable[[bytes], None]
"""Takes the news of an event to one window's page; any thread, never waits."""


class EventBus:
    """Carries events of one app by the rules above. Thread: any."""

    def __init__(self, workers: Workers) -> None:
        self._workers = workers
        self._lock = threading.Lock()
        self._sinks: dict[str, Sink] = {}
        self._boxes: dict[str, list[_Mailbox]] = {}
        self._counts: Counter[str | None] = Counter()

    def attach(self, label: str, sink: Sink) -> None:
        """Let the page of window `label` hear events."""
        with self._lock:
            self._sinks = {**self._sinks, label: sink}

    def detach(self, label: str) -> None:
        """Forget window `label`: its page and its Python listeners hear nothing more."""
        with self._lock:
            self._sinks = {key: sink for key, sink in self._sinks.items() if key != label}
            for name, boxes in [*self._boxes.items()]:
                self._keep(name, [box for box in boxes if box.window != label])
            del self._counts[label]

    def listen(
        self, name: str, listener: Listener, *, window: str | None = None, once: bool = False
    ) -> Callable[[], None]:
        """Have `listener` told each event `name`; call what is returned to stop.

        Args:
            name: See `require_name`.
            listener: A function or coroutine function of one `Event`.
            window: Label of the window to listen for; None hears what is not addressed.
            once: Whether the first event is the last.

        Raises:
            EventNameError: The name is malformed.
            TooManyListenersError: `MAX_LISTENERS` listen for this window, or for none, already.
        """
        require_name(name)
        box = _Mailbox(listener, self._workers, window=window, is_once=once)
        with self._lock:
            if self._counts[window] >= MAX_LISTENERS:
                raise _too_many(window)
            self._counts[window] += 1
            self._boxes.setdefault(name, []).append(box)
        return lambda: self._drop(name, box)

    def listen_as(self, other: EventBus) -> None:
        """Add the listeners of `other` that listen for no window."""
        for name, boxes in other._boxes.items():
            for box in boxes:
                if box.window is None:
                    self.listen(name, box.listener, once=box.is_once)

    def emit(self, event: Event, *, to: str | None = None) -> None:
        """Carry `event` to all who hear it; a label without a window reaches nobody.

        Raises:
            EventNameError: The name is malformed.
            PayloadError: JSON cannot carry the payload.
            TooLargeError: The payload is over the limit.
        """
        self.send(event.name, event.payload, sender=Sender(event.source, event.origin), to=to)

    def send(
        self, name: str, payload: object, *, sender: Sender = PYTHON, to: str | None = None
    ) -> None:
        """Do what `emit` does; an `Event` is made only if somebody in Python hears it.

        Raises:
            EventNameError: The name is malformed.
            PayloadError: JSON cannot carry the payload.
            TooLargeError: The payload is over the limit.
        """
        require_name(name)
        payload_json = encode_payload(payload, f"event {name!r}")
        news = event_news(name, payload_json, sender.label, sender.origin)
        reach = to if to is not None else (sender.label or None)
        boxes = self._hearers(name, reach, to) if name in self._boxes else ()
        if reach is None:
            for sink in self._sinks.values():  # no lock: it is replaced, never changed
                sink(news)
        elif (only := self._sinks.get(reach)) is not None:
            only(news)
        if boxes:
            event = Event(name=name, payload=payload, source=sender.label, origin=sender.origin)
            for box in boxes:
                box.deliver(event, len(payload_json))

    def _hearers(self, name: str, reach: str | None, to: str | None) -> list[_Mailbox]:
        """Return who in Python hears this, for the last time if it wants to hear but one."""
        with self._lock:
            all_boxes = self._boxes.get(name, [])
            boxes = [box for box in all_boxes if box.hears(reach, to)]
            done = [box for box in boxes if box.is_once]
            if done:
                self._keep(name, [box for box in all_boxes if box not in done])
                self._counts.subtract(box.window for box in done)
            return boxes

    def _drop(self, name: str, box: _Mailbox) -> None:
        box.close()
        with self._lock:
            boxes = self._boxes.get(name, [])
            if box in boxes:
                self._keep(name, [other for other in boxes if other is not box])
                self._counts[box.window] -= 1

    def _keep(self, name: str, boxes: list[_Mailbox]) -> None:
        """Let only these listen for `name`; a name nobody listens for is forgotten."""
        if boxes:
            self._boxes[name] = boxes
        else:
            self._boxes.pop(name, None)


class _Mailbox:
    """One listener and the events that wait for it."""

    def __init__(
        self, listener: Listener, workers: Workers, *, window: str | None, is_once: bool
    ) -> None:
        self.window = window
        self.is_once = is_once
        self.task: Task[None] | None = None
        self.listener = listener
        self._workers = workers
        self._is_async = inspect.iscoroutinefunction(listener)
        self._lock = threading.Lock()
        self._waiting: deque[tuple[Event, int]] = deque()
        self._bytes = 0
        self._dropped = 0
        self._is_busy = False
        self._is_closed = False

    def hears(self, reach: str | None, to: str | None) -> bool:
        """Whether an event of this reach is for this listener."""
        if self.window is None:
            return to is None
        return reach in (None, self.window)

    def close(self) -> None:
        """Deliver nothing more, not even what waits."""
        with self._lock:
            self._is_closed = True
            self._waiting.clear()
            self._bytes = 0

    def deliver(self, event: Event, size: int) -> None:
        """Queue one event of `size` bytes of JSON; start the listener unless it is running."""
        with self._lock:
            if self._is_closed:
                return
            if self._bytes >= MAX_WAITING_EVENT_BYTES or len(self._waiting) >= MAX_WAITING_EVENTS:
                self._dropped += 1
                if self._dropped == 1:  # once: a page must not fill the disk
                    name, amount = event.name, len(self._waiting)
                    _log.warning(
                        "events %s are dropped, %d wait for a listener [event.dropped]",
                        name,
                        amount,
                    )
                return
            self._waiting.append((event, size))
            self._bytes += size
            if self._is_busy:
                return
            self._is_busy = True
        if self._is_async:
            self._workers.start([self])
        else:
            self._workers.submit([self._drain])

    async def run(self) -> None:
        """Tell a coroutine listener all that waits. Thread: the loop's."""
        number = 0
        while (event := self._next()) is not None:
            number += 1
            try:
                await self.listener(event)  # type: ignore[misc] # iscoroutinefunction said so
            except Exception:  # noqa: BLE001 - the app's own code may raise anything
                _log.exception("a listener of %s failed", event.name)
            if number % PIECE_CALLS == 0:
                await _Pause()

    def _next(self) -> Event | None:
        with self._lock:
            if self._waiting:
                event, size = self._waiting.popleft()
                self._bytes -= size
                return event
            self._is_busy = False
            dropped, self._dropped = self._dropped, 0
        if dropped:
            _log.warning("%d events were dropped, a listener was too slow", dropped)
        return None

    def _drain(self) -> None:
        while (event := self._next()) is not None:
            try:
                self.listener(event)
            except Exception:  # noqa: BLE001 - the app's own code may raise anything
                _log.exception("a listener of %s failed", event.name)


class _Pause:
    """Lets the loop's other tasks run: a listener that never waits would keep it."""

    def __await__(self) -> Generator[None, None, None]:
        yield


def _too_many(window: str | None) -> TooManyListenersError:
    where = "the app" if window is None else f"window {window!r}"
    return TooManyListenersError(
        f"{MAX_LISTENERS} functions listen to events of {where} already",
        help="call what `listen` returned when a listener is no longer needed",
    )
