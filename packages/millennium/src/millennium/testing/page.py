"""The page's side of the wire, in Python: greets, pays with tokens, calls by handle.

What the bootstrap's two worlds do in a webview, this does on a `MockRuntime`: a call made here goes
through the hello, the tokens, the handles and the gate, like any other. No JavaScript runs.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import msgspec

from millennium.ipc.limits import BYTES_PATH, INLINE_JSON_CHARS
from millennium.ipc.transfer import OCTETS, TICKET_HEADER
from millennium.ipc.wire import HELLO
from millennium.main_thread import MainThread
from millennium.testing.envelopes import Frame, SealedCalls
from millennium.testing.errors import InvokeError
from millennium.testing.inbox import Head, Inbox
from millennium.testing.stand_in import Answer, StandIn, unquote
from millennium_runtime.testing import FakeReply, MockWindow
from millennium_runtime.webview import World

WAIT_SECONDS = 5.0
BAD_REQUEST = 400
CLOSED = 5  # kind of news: no more items come

_SINK = re.compile(r"[a-z][0-9a-f]+\(([0-9]+),'(.*)'\)", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageEvent:
    """An event as a listener in the page hears it."""

    name: str
    payload: object
    source: str
    origin: str = ""


class PageChannel:
    """A page's end of a channel: pass it as an argument, read what came.

    Attributes:
        items: What came so far, in order.
        is_closed: Whether the command ended it.
    """

    def __init__(self, number: int) -> None:
        self.number = number
        self.items: list[object] = []
        self.is_closed: bool = False


@dataclass(slots=True)
class _Promise:
    """A promise of the page, and the bytes that wait to travel for it."""

    body: bytes | None = None
    ticket: str = ""
    value: object = None
    error: InvokeError | None = None
    is_settled: bool = False


class Page:
    """The document that a window shows. Thread: the test's; news arrives on the main one.

    Attributes:
        events: What its listeners heard, oldest first; it listens to everything.
    """

    def __init__(self, window: MockWindow, main: MainThread) -> None:
        self.events: list[PageEvent] = []
        self._window = window
        self._main = main
        self._changed = threading.Condition()
        self._inbox = Inbox()
        self._sunk: dict[int, list[str]] = {}
        self._document = 0
        self._last_id = 0
        self._pad: list[str] = []
        self._handles: dict[str, list[str]] = {}
        self._uses_handles_once = False
        self._promises: dict[int, _Promise] = {}
        self._channels: dict[int, PageChannel] = {}
        self._stand_in = StandIn()
        self._frame: Frame | None = None
        self._sealed: SealedCalls | None = None

    # --- what a test does

    def invoke(
        self, name: str, args: Mapping[str, object] | None = None, *, body: bytes | None = None
    ) -> object:
        """Call a command as the page would, and wait for its answer.

        Args:
            name: Of the command.
            args: Its arguments by name.
            body: Bytes that travel beside them.

        Raises:
            InvokeError: The promise was rejected.
            TimeoutError: It was never settled.
        """
        return self.wait(self.start(name, args, body=body))

    def start(
        self,
        name: str,
        args: Mapping[str, object] | None = None,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> int:
        """Call a command and return the number of the call at once."""
        self.greet()
        json = msgspec.json.encode(args or {}, enc_hook=_encode_channel).decode()
        is_large = body is None and len(json) > INLINE_JSON_CHARS
        if is_large:
            body, json = json.encode(), "{}"
        if body is not None or headers:
            length = -1 if body is None else len(body)
            extended = [dict(headers or {}), msgspec.Raw(json.encode()), length, is_large]
            json = msgspec.json.encode(extended).decode()
        with self._changed:
            call = self._next_id()
            self._promises[call] = _Promise(body=body)
        handle, ticket = self._handle(name), self._pad.pop()
        if self._frame is not None:
            json = self._frame.seal(call, name, json)
        elif self._sealed is not None and self._sealed.covers(name):
            json = self._sealed.seal(ticket.partition(" ")[2], handle, json)
        item = json if handle else msgspec.json.encode(["unknown", name]).decode()
        self._post(f'[[{call},"{handle}",{item}]]', [call], ticket=ticket)
        return call

    def wait(self, call: int, seconds: float = WAIT_SECONDS) -> object:
        """Wait for the answer of a call that was started.

        Raises:
            InvokeError: The promise was rejected.
            TimeoutError: It was never settled.
        """
        promise = self._promises[call]
        self._wait_for(lambda: promise.is_settled or promise.ticket, f"call {call}", seconds)
        if not promise.is_settled:
            self._transfer(call, promise)
            self._wait_for(lambda: promise.is_settled or promise.ticket, f"call {call}", seconds)
        if not promise.is_settled:  # bytes went up, now bytes come down
            self._transfer(call, promise)
        if promise.error is not None:
            raise promise.error
        return promise.value

    def cancel(self, call: int) -> None:
        """Abort a call, as an ``AbortSignal`` does; its promise is rejected here and now."""
        self._settle(call, error=InvokeError("command.aborted", "the call was aborted"))
        self._post(f'[[{call},"",["cancel"]]]', [])

    def say_loaded(self) -> int:
        """Tell the verification door that the document has loaded, as the bootstrap does.

        Returns:
            A call to `wait` for; only a refusal is ever answered.
        """
        with self._changed:
            call = self._next_id()
            self._promises[call] = _Promise()
        self._post(f'[[{call},"",["verify",1.0]]]', [call])
        return call

    def channel(self) -> PageChannel:
        """Make a channel, to be passed as an argument."""
        with self._changed:
            channel = PageChannel(self._next_id())
            self._channels[channel.number] = channel
        return channel

    def on_ask(self, answer: Answer) -> None:
        """Stand in for the page's JavaScript when the app calls ``ask_page``.

        Args:
            answer: Told script and argument; returns the result, or raises. Thread: main.
        """
        self._stand_in.answer = answer
        self.greet()

    def wait_event(self, name: str, seconds: float = WAIT_SECONDS) -> PageEvent:
        """Return the first event of this name, heard already or within some seconds.

        Raises:
            TimeoutError: None came.
        """
        self.greet()
        self._wait_for(lambda: self._heard(name), f"event {name}", seconds)
        return self._heard(name)[0]

    def wait_items(self, channel: PageChannel, count: int, seconds: float = WAIT_SECONDS) -> None:
        """Wait until so many items came.

        Raises:
            TimeoutError: They did not.
        """
        self._wait_for(lambda: len(channel.items) >= count, f"{count} items", seconds)

    def greet(self) -> None:
        """Say hello if the window shows a document that was not greeted yet.

        Raises:
            InvokeError: The hello was refused.
        """
        self._main.call(lambda: None)  # a document that was asked for before is there now
        document = self._window.source.document
        if document == self._document:
            return
        reply = self._window.send(HELLO).wait()
        if reply.status == "refused":
            raise InvokeError(reply.text, "the hello was refused")
        self._handles.clear()
        self._pad.clear()
        self._frame = self._sealed = None
        with self._changed:
            self._document = document
            self._inbox = Inbox()
            self._accept(reply.text.partition("\n")[2])
            for text in self._sunk.pop(document, []):
                self._accept(text)

    def knows(self, name: str) -> bool:
        """Whether this document was given a handle for the command."""
        self.greet()
        return name in self._handles

    def on_script(self, script: str, world: World = World.PRIVATE) -> None:
        """Take what is evaluated in one of its worlds. Thread: main."""
        if world is World.PAGE:
            self._answer(script)
            return
        found = _SINK.fullmatch(script)
        if found is None:
            return
        document, text = int(found[1]), unquote(found[2])
        with self._changed:
            if document == self._document:
                self._accept(text)
            else:  # it overtook the answer to the hello
                self._sunk.setdefault(document, []).append(text)

    # --- what the page's own world does

    def _answer(self, script: str) -> None:
        answered = self._stand_in.run(script)
        if answered:
            self._say(*answered)

    # --- what the private world does

    def _handle(self, name: str) -> str:
        handles = self._handles.get(name, [])
        if not handles:
            return ""
        return handles.pop() if self._uses_handles_once else handles[0]

    def _post(self, items: str, calls: list[int], *, ticket: str = "") -> None:
        def on_settled(reply: FakeReply) -> None:
            if reply.status == "answered":
                self._accept(reply.text)
                return
            for call in calls:
                self._settle(call, error=InvokeError(reply.text, "the message was refused"))

        self._window.send(f"{ticket or self._pad.pop()} {items}").when_settled(on_settled)

    def _accept(self, text: str) -> None:
        with self._changed:
            for head, news in self._inbox.take(text):
                self._pad.extend(head.pad)
                self._take_keys(head)
                self._uses_handles_once = self._uses_handles_once or bool(head.once)
                for name, handles in head.handles.items():
                    self._handles.setdefault(name, []).extend(handles)
                for at in range(0, len(news), 3):
                    self._hear(*news[at : at + 3])
                if head.ack:
                    self._say(self._inbox.next - 1, ["ack"])
            self._changed.notify_all()

    def _take_keys(self, head: Head) -> None:
        """Take what encrypts calls, where the app does that."""
        label, document = self._window.source.label, self._window.source.document
        if head.seal:
            token = head.pad[0].partition(" ")[2]
            self._sealed = SealedCalls(
                head.seal, token, head.sealed, label=label, document=document
            )
        if head.frame:
            page = self._window.fetch(head.frame, method="GET", headers={}, body=b"").wait()
            html = bytes(page.body).decode()
            self._frame = Frame(html, label=label, document=document)

    def _say(self, key: int, verb: list[object]) -> None:
        """Say it soon: the lock must not be held while a message is sent."""
        item = msgspec.json.encode([[key, "", verb]]).decode()
        self._main.post(lambda: self._post(item, []))

    def _hear(self, kind: object, key: object, value: object) -> None:
        match kind, key, value:
            case 0, int(), _:
                self._settle(key, value=value)
            case 1, int(), {"code": str(code), "message": str(message)}:
                self._settle(key, error=InvokeError(code, message))
            case 2 | 5, int(), _:
                self._hear_channel(self._channels[key], kind, value)
            case 3, str(), {"payload": payload, "source": str(source), **more}:
                origin = str(more.get("origin", ""))
                event = PageEvent(name=key, payload=payload, source=source, origin=origin)
                self.events.append(event)
            case 4, int(), str():
                self._promises[key].ticket = value
            case 6, int(), [str(name), _]:
                self._hear_question(name, key)
            case 7, int(), str() if self._sealed is not None:
                self._hear(*self._sealed.open(key, value))
            case _:
                raise AssertionError(f"the page does not understand news of kind {kind!r}")

    def _hear_channel(self, channel: PageChannel, kind: object, value: object) -> None:
        if kind == CLOSED:
            channel.is_closed = True
        else:
            channel.items.append(value)

    def _hear_question(self, name: str, number: int) -> None:
        self._stand_in.expect(name, number)
        if number:
            self._say(number, ["ready"])

    def _transfer(self, call: int, promise: _Promise) -> None:
        """Send or fetch the bytes of a call, by its ticket."""
        body, promise.body = promise.body, None
        headers, promise.ticket = {TICKET_HEADER: promise.ticket}, ""
        uri = f"{self._window.source.url.split('/', 3)[0]}//localhost{BYTES_PATH}"
        method = "GET" if body is None else "POST"
        fetched = self._window.fetch(uri, method=method, headers=headers, body=body or b"").wait()
        if fetched.status >= BAD_REQUEST:
            self._settle(call, error=InvokeError(**msgspec.json.decode(fetched.body)))
        elif body is None:
            is_json = fetched.headers["content-type"] != OCTETS
            self._settle(call, value=msgspec.json.decode(fetched.body) if is_json else fetched.body)

    def _settle(self, call: int, *, value: object = None, error: InvokeError | None = None) -> None:
        promise = self._promises[call]
        if promise.is_settled:
            return
        with self._changed:
            promise.value, promise.error, promise.is_settled = value, error, True
            self._changed.notify_all()

    def _next_id(self) -> int:
        self._last_id += 1
        return self._last_id

    def _heard(self, name: str) -> list[PageEvent]:
        return [event for event in self.events if event.name == name]

    def _wait_for(self, happened: Callable[[], object], what: str, seconds: float) -> None:
        with self._changed:
            if not self._changed.wait_for(happened, seconds):
                raise TimeoutError(f"{what} did not come within {seconds:g} s")


def _encode_channel(value: object) -> object:
    if isinstance(value, PageChannel):
        return f"channel:{value.number}"
    raise NotImplementedError(type(value).__qualname__)
