"""A one-way stream from a command to the page, in order, with back-pressure.

1. Items arrive in the order in which they were sent, and all items sent before a command returns
   arrive before its promise settles.
2. At most `MAX_CHANNEL_ITEMS` items or `MAX_CHANNEL_BYTES` are undelivered, and at most
   `MAX_WAITING_BYTES` wait for one page, all channels together: `send` waits, `send_nowait` raises.
3. The page closing the channel, its document going away, or the page aborting the call closes it;
   the sender learns it at its next send, or while it waits in one.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from millennium.errors import ChannelClosedError, ChannelFullError
from millennium.ipc.limits import MAX_CHANNEL_BYTES, MAX_CHANNEL_ITEMS

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop, Future

T = TypeVar("T")


class Acknowledged(Protocol):
    """Who wants to know that its news was delivered."""

    def delivered(self, items: int, size: int) -> None:
        """Learn that so many items of so many bytes arrived. Thread: main."""


class ChannelLine(Protocol):
    """Where a channel's items go; keeps their order. Thread: any."""

    def post(self, channel: Acknowledged | None, news: bytes, *, wake: bool = True) -> None:
        """Queue one piece of news; without `wake` it leaves with whatever leaves next."""

    @property
    def has_room(self) -> bool:
        """Whether the page took enough; after a no, `Channel.delivered` says when it did."""


class Channel(Generic[T]):
    """Annotate a command's parameter with it; the page passes a channel of its own making.

    Thread: any.
    """

    __slots__ = (
        "__weakref__",
        "_bytes",
        "_encode_payload",
        "_is_closed",
        "_items",
        "_line",
        "_lock",
        "_number",
        "_wake_ups",
    )

    def __init__(self, number: int, line: ChannelLine) -> None:
        # The façade has this class, and `import millennium` has no time for an encoder.
        from millennium.ipc.encoding import encode_payload  # noqa: PLC0415

        self._number = number
        self._line = line
        self._encode_payload = encode_payload
        self._lock = threading.Lock()
        self._items = 0
        self._bytes = 0
        self._is_closed = False
        self._wake_ups: list[Callable[[], None]] = []

    def __repr__(self) -> str:
        """Show its number, and whether somebody listens."""
        return f"<Channel {self._number} {'closed' if self._is_closed else 'open'}>"

    @property
    def is_closed(self) -> bool:
        """Whether nobody listens any more."""
        return self._is_closed

    def send_nowait(self, item: T) -> None:
        """Send without waiting.

        Raises:
            ChannelFullError: Too much is undelivered.
            ChannelClosedError: Nobody listens any more.
            PayloadError: JSON cannot carry the item.
        """
        text = self._encode(item)
        with self._lock:
            if not self._try_post(text):
                raise ChannelFullError(
                    f"{self._items} items or {self._bytes} bytes are undelivered",
                    help="use `await channel.send(item)`, or `channel.send_blocking(item)`",
                )

    async def send(self, item: T) -> None:
        """Send, first waiting for room.

        Raises:
            ChannelClosedError: Nobody listens any more.
            PayloadError: JSON cannot carry the item.
        """
        text = self._encode(item)
        while True:
            with self._lock:
                if self._try_post(text):
                    return
                room = self._next_room()
            await room

    def send_blocking(self, item: T, timeout: float = 60.0) -> None:
        """Send from a plain ``def`` command, first waiting at most `timeout` seconds for room.

        Never call it on the UI thread (in an inline command): room is made on that thread.

        Raises:
            ChannelFullError: There was no room within the time.
            ChannelClosedError: Nobody listens any more.
            PayloadError: JSON cannot carry the item.
        """
        text = self._encode(item)
        while True:
            room = threading.Event()
            with self._lock:
                if self._try_post(text):
                    return
                self._wake_ups.append(room.set)
            if not room.wait(timeout):
                raise ChannelFullError(f"the page took no item for {timeout} seconds")

    def close(self) -> None:
        """Tell the page that no more items come."""
        with self._lock:
            was_closed, self._is_closed = self._is_closed, True
            if not was_closed:
                self._line.post(None, self._farewell())
        self._wake()

    def end(self) -> None:
        """Close without telling the page: it asked for it, or is gone. Thread: any."""
        self._is_closed = True
        self._wake()

    def delivered(self, items: int, size: int) -> None:
        """Make room: the page has run the callback for these. Thread: main."""
        with self._lock:
            self._items -= items
            self._bytes -= size
        self._wake()

    def __del__(self) -> None:
        """Let the page forget a channel that nobody can send to any more."""
        if not self._is_closed:
            self._line.post(None, self._farewell(), wake=False)

    def _farewell(self) -> bytes:
        return b"5,%d,null" % self._number

    def _encode(self, item: T) -> bytes:
        return b"2,%d,%b" % (self._number, self._encode_payload(item, "channel item"))

    def _try_post(self, text: bytes) -> bool:
        if self._is_closed:
            raise ChannelClosedError("the page or the call that made this channel ended")
        is_full = self._items >= MAX_CHANNEL_ITEMS or self._bytes >= MAX_CHANNEL_BYTES
        if is_full or not self._line.has_room:
            return False
        self._items += 1
        self._bytes += len(text)
        self._line.post(self, text)  # under the lock: the order of senders is the order of items
        return True

    def _next_room(self) -> Future[None]:
        from asyncio import get_running_loop  # noqa: PLC0415 - already loaded by whoever awaits

        loop = get_running_loop()
        room = loop.create_future()
        self._wake_ups.append(lambda: _resolve_in(loop, room))
        return room

    def _wake(self) -> None:
        if self._wake_ups:
            with self._lock:
                wake_ups, self._wake_ups = self._wake_ups, []
            for wake_up in wake_ups:
                wake_up()


def _resolve_in(loop: AbstractEventLoop, room: Future[None]) -> None:
    if not loop.is_closed():
        loop.call_soon_threadsafe(_resolve, room)


def _resolve(room: Future[None]) -> None:
    if not room.done():
        room.set_result(None)
