"""The webview of a mock window: documents, scripts and messages, without an engine."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from urllib.parse import urldefrag, urlsplit

from millennium_runtime.errors import EventLoopClosedError, UnsupportedError
from millennium_runtime.request import Request
from millennium_runtime.testing.exchange import Exchange, Fetched
from millennium_runtime.testing.fake_reply import FakeReply
from millennium_runtime.testing.inline_scripts import inline_scripts
from millennium_runtime.testing.mock_loop import MockLoop
from millennium_runtime.webview import InitScript, LoadStage, MessageSource, PageLoad, World
from millennium_runtime.window import PendingWindow

__all__ = ["Evaluated", "MockPage", "ScriptRunner"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluated:
    """A script that ran: its text, its world, and the serial of the document it ran in."""

    script: str
    world: World
    document: int


ScriptRunner = Callable[["MockPage", str, World], None]
"""Stands in for JavaScript: told each script that runs, in order. Thread: main."""


class MockPage:
    """What is loaded in one window. All methods: main thread.

    Attributes:
        source: What the runtime vouches for now: committed URL and document serial.
        evaluated: Scripts that ran, oldest first; init scripts of each document included.
        content: The last committed document as its protocol answered it; None for other schemes.
        refused: URLs the navigation handler refused.
    """

    def __init__(self, pending: PendingWindow, loop: MockLoop, runner: ScriptRunner) -> None:
        self.pending = pending
        self.source: MessageSource = MessageSource(label=pending.label, url="", document=0)
        self.evaluated: list[Evaluated] = []
        self.content: Fetched | None = None
        self.refused: list[str] = []
        self._loop = loop
        self._runner = runner
        self._navigation = 0
        self._is_loading = False

    def request_navigation(self, url: str) -> None:
        """Go to `url` as a script in the page would: the handler is asked."""
        self._navigate(url)

    def follow_link(self, url: str) -> None:
        """Go to `url` as a link the user clicked: a refused one is told as a new window is."""
        if not self._navigate(url):
            self.open_window(url)

    def load(self, url: str) -> None:
        """Load `url` without asking. A load under way fails first."""
        self.stop()
        self._navigation += 1
        self._is_loading = True
        self._tell("started")
        if urlsplit(url).scheme not in self.pending.protocols:
            self._commit(self._navigation, url, None)
            return
        arrived = partial(self._arrive, self._navigation, url)
        self.fetch(url, headers={"sec-fetch-dest": "document"}, when_done=arrived)

    def stop(self) -> None:
        """Give up a load that has not committed."""
        if self._is_loading:
            self._is_loading = False
            self._navigation += 1
            self._tell("failed")

    def reload(self) -> None:
        """Load the committed document again."""
        self.load(self.source.url)

    def crash(self) -> None:
        """Lose the web process: the document is gone, then it is loaded again."""
        self._tell("terminated")
        self.reload()

    def evaluate(self, script: str, world: World) -> None:
        """Run a script in the current document."""
        done = Evaluated(script=script, world=world, document=self.source.document)
        self.evaluated.append(done)
        self._runner(self, script, world)

    def send(self, text: str) -> FakeReply:
        """Post a message from the private world; return what the page waits with."""
        if self.pending.ipc_handler is None or not self.pending.webview.message_handler:
            raise UnsupportedError(f"window {self.source.label!r} has no message handler")
        reply = self.new_reply()
        self.pending.ipc_handler(self.source, text, reply)
        return reply

    def new_reply(self) -> FakeReply:
        """Make what the page will wait with."""
        return FakeReply(self._loop.wait)

    def open_window(self, url: str) -> None:
        """Ask for a new window, as ``window.open`` would; always refused."""
        if self.pending.new_window_handler is not None:
            self.pending.new_window_handler(url)

    def fetch(
        self,
        uri: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        when_done: Callable[[Fetched], None] | None = None,
    ) -> Exchange:
        """Ask the protocol of the URI's scheme."""
        protocol = self.pending.protocols.get(urlsplit(uri).scheme)
        if protocol is None:
            raise UnsupportedError(f"window {self.source.label!r} serves no such scheme: {uri}")
        request = Request(
            method=method.upper(),
            uri=urldefrag(uri).url,
            headers={name.lower(): value for name, value in (headers or {}).items()},
            window=self.source.label,
            read_body=partial(_read_body, body),
        )
        exchange = Exchange(request, wait=self._loop.wait, when_done=when_done)
        exchange.start(protocol)
        return exchange

    def _navigate(self, url: str) -> bool:
        """Load `url` if the handler allows it; return whether it does."""
        allow = self.pending.navigation_handler
        if allow is None or allow(url):
            self.load(url)
            return True
        self.refused.append(url)
        return False

    def _arrive(self, navigation: int, url: str, fetched: Fetched) -> None:
        """Commit on the main thread, whichever thread the answer came from."""
        if self._loop.main.is_current():
            self._commit(navigation, url, fetched)
            return
        with contextlib.suppress(EventLoopClosedError):
            self._loop.main.post(partial(self._commit, navigation, url, fetched))

    def _commit(self, navigation: int, url: str, fetched: Fetched | None) -> None:
        if navigation != self._navigation:
            return
        self._is_loading = False
        serial = self.source.document + 1
        self.source = MessageSource(label=self.source.label, url=url, document=serial)
        self.content = fetched
        self._tell("committed")
        for script in filter(self._is_meant, self.pending.webview.init_scripts):
            self.evaluate(script.source, script.world)
        for text in _scripts_of(fetched):
            self.evaluate(text, World.PAGE)
        self._tell("finished")

    def _is_meant(self, script: InitScript) -> bool:
        """Whether the committed document's origin is one the script is injected into."""
        parts = urlsplit(self.source.url)
        return f"{parts.scheme}://{parts.netloc}" in script.origins

    def _tell(self, stage: LoadStage) -> None:
        if self.pending.page_load_handler is not None:
            self.pending.page_load_handler(PageLoad(stage=stage, source=self.source))


def _scripts_of(document: Fetched | None) -> tuple[str, ...]:
    is_page = document is not None and document.headers.get("content-type", "").startswith(
        "text/html"
    )
    return inline_scripts(document.text) if document is not None and is_page else ()


def _read_body(body: bytes, max_bytes: int) -> bytes:
    if len(body) > max_bytes:
        message = f"the body has {len(body)} bytes, more than {max_bytes}"
        raise ValueError(message)
    return body


def run_nothing(_page: MockPage, _script: str, _world: World) -> None:
    """Stand in for JavaScript by only recording scripts."""
