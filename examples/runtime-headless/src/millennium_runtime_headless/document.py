"""The webview of a headless window: documents, messages and scripts."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urldefrag, urlsplit

from millennium_runtime.errors import EventLoopClosedError
from millennium_runtime.request import Request, Response
from millennium_runtime.webview import LoadStage, MessageSource, PageLoad, World
from millennium_runtime.window import PendingWindow
from millennium_runtime_headless.loop import Loop, guarded

__all__ = ["Answer", "Fetch", "RunScript", "View"]

log = logging.getLogger(__name__)

RunScript = Callable[["View", str, World], None]
"""Says what a script means. Thread: main."""

Settle = Callable[[str, str], None]
"""Told "answered" or "refused", and the text. Thread: main."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetch:
    """What a page asks for."""

    url: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What it gets: header names in lower case, all chunks of the body."""

    status: int
    headers: dict[str, str]
    body: bytes


class View:
    """Loads documents and lets them talk. Thread: main."""

    def __init__(self, pending: PendingWindow, loop: Loop, run_script: RunScript) -> None:
        self.pending = pending
        self.source = MessageSource(label=pending.label, url="", document=0)
        self._loop = loop
        self._run_script = run_script
        self._navigation = 0
        self._is_gone = False

    # --8<-- [start:load]
    def load(self, url: str) -> None:
        """Ask the protocol for a document; commit it when the answer is there."""
        self._navigation += 1
        navigation = self._navigation
        self._tell("started")
        if urlsplit(url).scheme in self.pending.protocols:
            self.fetch(Fetch(url=url), lambda answer: self._commit(navigation, url, answer))
        else:
            self._loop.main.post(lambda: self._commit(navigation, url, None))

    def _commit(self, navigation: int, url: str, answer: Answer | None) -> None:
        if self._is_gone or navigation != self._navigation:
            return
        serial = self.source.document + 1
        self.source = MessageSource(label=self.source.label, url=url, document=serial)
        self._tell("committed")
        self._run_document(answer)
        self._tell("finished")

    def _run_document(self, answer: Answer | None) -> None:
        """Run the init scripts this origin may have, then the document's own."""
        parts = urlsplit(self.source.url)
        origin = f"{parts.scheme}://{parts.netloc}"
        for script in self.pending.webview.init_scripts:
            if origin in script.origins:
                self.evaluate(script.source, script.world)
        if answer is not None and answer.headers.get("content-type", "").startswith("text/html"):
            for text in _inline_scripts(answer.body.decode()):
                self.evaluate(text, World.PAGE)

    # --8<-- [end:load]

    # --8<-- [start:policies]
    def leave(self, url: str) -> None:
        """Go to `url` as a script would: the navigation handler decides."""
        if self._may_leave(url):
            self.load(url)

    def follow_link(self, url: str) -> None:
        """Go to `url` as a link the user clicked; a refused one is told."""
        if self._may_leave(url):
            self.load(url)
        else:
            self.open_window(url)

    def _may_leave(self, url: str) -> bool:
        allow = self.pending.navigation_handler
        return allow is None or allow(url)

    def open_window(self, url: str) -> None:
        """Refuse a new window, and say so."""
        if self.pending.new_window_handler is not None:
            guarded(self.pending.new_window_handler, url)

    def crash(self) -> None:
        """Lose the document and load it again."""
        self._tell("terminated")
        self.load(self.source.url)

    # --8<-- [end:policies]

    def forget(self) -> None:
        """Commit nothing more: the window is gone."""
        self._is_gone = True

    def evaluate(self, script: str, world: World) -> None:
        """Run a script, in order, in one world of the current document."""
        self._run_script(self, script, world)

    # --8<-- [start:send]
    def send(self, text: str, settle: Settle) -> None:
        """Post a message of the private world; settle it once."""
        if self.pending.ipc_handler is not None:
            reply = _Reply(settle)
            guarded(self.pending.ipc_handler, self.source, text, reply)

    # --8<-- [end:send]

    # --8<-- [start:fetch]
    def fetch(self, ask: Fetch, take: Callable[[Answer], None]) -> None:
        """Ask the protocol of a scheme; `take` gets the whole answer on the main thread."""
        request = Request(
            method=ask.method,
            uri=urldefrag(ask.url).url,
            headers={name.lower(): value for name, value in ask.headers.items()},
            window=self.pending.label,
            read_body=lambda max_bytes: _limited(ask.body, max_bytes),
        )
        responder = _Responder(self._loop, take)
        try:
            self.pending.protocols[urlsplit(ask.url).scheme](request, responder)
        except Exception:
            log.exception("the protocol failed at %s", request.uri)
            responder(Response(status=500))

    # --8<-- [end:fetch]

    def _tell(self, stage: LoadStage) -> None:
        if self.pending.page_load_handler is not None:
            guarded(self.pending.page_load_handler, PageLoad(stage=stage, source=self.source))


class _Reply:
    """Settles one message once."""

    def __init__(self, settle: Settle) -> None:
        self._settle: Settle | None = settle

    def answer(self, text: str) -> None:
        self._once("answered", text)

    def refuse(self, text: str) -> None:
        self._once("refused", text)

    def _once(self, how: str, text: str) -> None:
        settle, self._settle = self._settle, None
        if settle is None:
            log.error("a message was settled twice")
        else:
            settle(how, text)


# --8<-- [start:responder]
class _Responder:
    """Takes one answer, from any thread, and brings it to the main thread."""

    def __init__(self, loop: Loop, take: Callable[[Answer], None]) -> None:
        self._loop = loop
        self._take = take
        self._lock = threading.Lock()
        self._is_answered = False

    def __call__(self, response: Response) -> None:
        with self._lock:
            is_late, self._is_answered = self._is_answered, True
        if is_late:
            log.error("a request was answered twice")
        elif isinstance(response.body, bytes | memoryview):
            self._bring(response, bytes(response.body))
        else:
            chunks = response.body
            threading.Thread(target=lambda: self._bring(response, b"".join(chunks))).start()

    def _bring(self, response: Response, body: bytes) -> None:
        headers = {name.lower(): value for name, value in response.headers}
        answer = Answer(status=response.status, headers=headers, body=body)
        with contextlib.suppress(EventLoopClosedError):  # nobody waits for it any more
            self._loop.main.post(lambda: self._take(answer))


# --8<-- [end:responder]


class _InlineScripts(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def handle_data(self, data: str) -> None:
        if self.lasttag == "script":
            self.texts.append(data)


def _inline_scripts(html: str) -> list[str]:
    parser = _InlineScripts()
    parser.feed(html)
    return [text for text in parser.texts if text.strip()]


def _limited(body: bytes, max_bytes: int) -> bytes:
    if len(body) > max_bytes:
        raise ValueError(f"the body has more than {max_bytes} bytes")
    return body
