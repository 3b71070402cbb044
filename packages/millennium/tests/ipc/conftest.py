"""A page that speaks the wire, a window that keeps what it is told, and a bridge between them."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from millennium.ipc.bridge import Bridge
from millennium.ipc.command import CommandRegistry
from millennium.ipc.policy import BridgePolicy
from millennium.ipc.workers import Workers
from millennium.security.handles import HandleMode
from millennium.security.origin import APP_ORIGIN, Origin
from millennium_runtime.errors import WindowClosedError
from millennium_runtime.request import Request, Response
from millennium_runtime.testing import FakeReply
from millennium_runtime.webview import MessageSource, PageLoad, World

HOME = "millennium://localhost/"
BYTES_URL = "millennium://localhost/__millennium/ipc/"
Json = object


class Loop:
    """The main thread: keeps posted tasks until `turn`."""

    def __init__(self) -> None:
        self.tasks: list[Callable[[], None]] = []
        self.error: Exception | None = None

    def post(self, task: Callable[[], None]) -> None:
        if self.error is not None:
            raise self.error
        self.tasks.append(task)

    def turn(self) -> None:
        tasks, self.tasks = self.tasks, []
        for task in tasks:
            task()


class Screen:
    """The window: keeps what is evaluated."""

    def __init__(self) -> None:
        self.evaluated: list[str] = []
        self.asked: list[str] = []
        self.is_closed = False

    def evaluate(self, script: str, world: World = World.PAGE) -> None:
        if self.is_closed:
            raise WindowClosedError("closed")
        (self.evaluated if world is World.PRIVATE else self.asked).append(script)


_ESCAPES = {"n": "\n", "r": "\r", "x3c": "<", "u2028": "\u2028", "u2029": "\u2029"}


def unquote(script: str) -> str:
    """Read the string literal of a sink call, as a page would."""
    literal = script[script.index(",") + 2 : -2]
    return re.sub(r"\\(x3c|u2028|u2029|.)", lambda found: _ESCAPES.get(found[1], found[1]), literal)


@dataclass
class Page:
    """One document: greets, keeps its pad and handles, orders what arrives."""

    bridge: Bridge
    loop: Loop
    screen: Screen
    source: MessageSource
    pad: list[str] = field(default_factory=list)
    handles: dict[str, list[str]] = field(default_factory=dict)
    heads: list[dict[str, Json]] = field(default_factory=list)
    news: list[tuple[int, Json, Json]] = field(default_factory=list)
    replies: list[FakeReply] = field(default_factory=list)
    sequence: int = 0
    early: dict[int, str] = field(default_factory=dict)
    is_reading: bool = False
    is_asked_again: bool = False

    def send(self, text: str, source: MessageSource | None = None) -> FakeReply:
        reply = FakeReply()
        self.bridge.on_message(source or self.source, text, reply)
        return reply

    def hello(self) -> FakeReply:
        reply = self.send("hello 1")
        if reply.status == "answered":
            document, _, first = reply.text.partition("\n")
            assert int(document) == self.source.document
            self.take(first)
        return reply

    def batch(self, *items: list[Json]) -> FakeReply:
        reply = self.send(f"{self.pad.pop(0)} {json.dumps(items)}")
        self.replies.append(reply)
        self.read()
        return reply

    def call(self, number: int, name: str, args: Json) -> FakeReply:
        return self.batch([number, self.handles[name][0], args])

    def read(self) -> None:
        """Take everything that has arrived by reply or by evaluate.

        What is taken may be acknowledged, and the answer to that be there at once: whoever reads
        already takes that, too.
        """
        self.is_asked_again = True
        if self.is_reading:
            return
        self.is_reading = True
        try:
            while self.is_asked_again:
                self.is_asked_again = False
                self._read_once()
        finally:
            self.is_reading = False

    def _read_once(self) -> None:
        self.loop.turn()
        ready = [each for each in self.replies if each.status != "pending"]
        self.replies = [each for each in self.replies if each not in ready]
        scripts, self.screen.evaluated = self.screen.evaluated, []
        texts = [reply.text for reply in ready if reply.status == "answered"]
        for text in [*texts, *map(unquote, scripts)]:
            self.take(text)

    def take(self, message: str) -> None:
        self.early[int(message.partition("\n")[0])] = message
        while self.sequence in self.early:
            _, head, news = self.early.pop(self.sequence).split("\n", 2)
            self.sequence += 1
            self._accept(json.loads(head or "{}"), json.loads(news or "[]"))

    def wait(self, enough: Callable[[], object], seconds: float = 30.0) -> None:
        deadline = time.monotonic() + seconds
        while not enough() and time.monotonic() < deadline:
            time.sleep(0.001)
            self.read()
        assert enough()

    def settled(self, number: int) -> bool:
        return any(kind in (0, 1, 4) and key == number for kind, key, _ in self.news)

    def answer(self, number: int) -> tuple[int, Json]:
        """Wait for a call's answer: kind and value."""
        self.wait(lambda: self.settled(number))
        return next((k, v) for k, key, v in self.news if k in (0, 1, 4) and key == number)

    def result(self, number: int) -> Json:
        kind, value = self.answer(number)
        assert kind == 0, value
        return value

    def error(self, number: int) -> dict[str, str]:
        kind, value = self.answer(number)
        assert kind == 1
        assert isinstance(value, dict)
        return value

    def ticket(self, number: int) -> str:
        kind, value = self.answer(number)
        assert kind == 4
        assert isinstance(value, str)
        self.news = [each for each in self.news if each[:2] != (4, number)]
        return value

    def fetch(self, method: str, ticket: str, body: bytes = b"", **headers: str) -> Response:
        answers: list[Response] = []
        request = Request(
            method=method,
            uri=BYTES_URL,
            headers={"x-millennium-ticket": ticket, **headers},
            window=self.source.label,
            read_body=lambda limit: read_at_most(body, limit),
        )
        self.bridge.serve(request, answers.append)
        (answer,) = answers
        self.read()
        return answer

    def _accept(self, head: dict[str, Json], flat: list[Json]) -> None:
        self.heads.append(head)
        self.pad += head.get("pad", [])  # type: ignore[arg-type]
        for name, fresh in head.get("handles", {}).items():  # type: ignore[attr-defined]
            self.handles[name] = self.handles.get(name, []) + fresh
        self.news += [
            (int(str(flat[at])), flat[at + 1], flat[at + 2]) for at in range(0, len(flat), 3)
        ]
        if "ack" in head:
            self.batch([self.sequence - 1, "", ["ack"]])


def read_at_most(body: bytes, limit: int) -> bytes:
    if len(body) > limit:
        raise ValueError("too long")
    return body


@dataclass
class Room:
    """A bridge, what it stands on, and the way to open pages in it."""

    registry: CommandRegistry
    workers: Workers
    bridge: Bridge
    loop: Loop
    screen: Screen
    documents: int = 0

    def commit(self, url: str = HOME) -> Page:
        """Load a page, without its hello."""
        self.documents += 1
        source = MessageSource(label="main", url=url, document=self.documents)
        self.bridge.on_page_load(PageLoad(stage="committed", source=source))
        return Page(self.bridge, self.loop, self.screen, source)

    def open(self, url: str = HOME) -> Page:
        """Load a page and let it greet."""
        page = self.commit(url)
        page.hello()
        return page


class MakeRoom:
    """Makes rooms; their workers end with the test."""

    def __init__(self) -> None:
        self.workers: list[Workers] = []

    def __call__(
        self,
        *functions: Callable[..., object],
        inline: bool = True,
        registry: CommandRegistry | None = None,
        granted: frozenset[str] | None = None,
        handles: HandleMode = "session",
        **policy: object,
    ) -> Room:
        registry = CommandRegistry() if registry is None else registry
        for function in functions:
            registry.add(function, inline=inline)
        workers = Workers(4)
        self.workers.append(workers)
        names = registry.names() if granted is None else granted
        rules = BridgePolicy(
            is_trusted=lambda origin: origin in (APP_ORIGIN, Origin("https", "good.example", 443)),
            permit=lambda label, origin, asked: frozenset(asked) & names,
            handles=handles,
            **policy,  # type: ignore[arg-type]
        )
        bridge = Bridge("main", registry=registry, workers=workers, policy=rules)
        loop, screen = Loop(), Screen()
        bridge.attach(screen, loop)  # type: ignore[arg-type]
        return Room(registry, workers, bridge, loop, screen)


@pytest.fixture
def make_room() -> Iterator[MakeRoom]:
    make = MakeRoom()
    yield make
    ended = [workers.stop() for workers in make.workers]
    assert all(ended)
