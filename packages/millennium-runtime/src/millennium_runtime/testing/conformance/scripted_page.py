"""Runs the suite's scripts for a runtime that has no JavaScript: what ``page.js`` does, in Python.

Make one `ScriptedPage` for each world of each document. A script that is not the suite's, or that
comes before the library, does nothing: in an engine it would be an exception in the page.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Literal, Protocol, assert_never
from urllib.parse import urlencode

from millennium_runtime.testing.conformance.scripts import ORIGIN, Action, library, parse

__all__ = ["Fetched", "PageHost", "ScriptedPage", "Settled"]

Settled = Callable[[str, str], None]
"""Told "answered" or "refused", and the text."""

Fetched = Callable[[int, Mapping[str, str], bytes], None]
"""Told status, headers with lower-case names, and body."""


class PageHost(Protocol):
    """What one world of a document can do, as the runtime lets it. Thread: main."""

    def can_send(self) -> bool:
        """Whether this world sees the message handler."""

    def send(self, text: str, settled: Settled) -> None:
        """Post a message; tell how it was settled."""

    def fetch(self, action: Action, fetched: Fetched) -> None:
        """Ask for ``action.url``; tell the answer, from any thread."""

    def navigate(self, url: str) -> None:
        """Leave for another document."""

    def follow_link(self, url: str) -> None:
        """Leave for another document as a link the user clicked."""

    def open_window(self, url: str) -> None:
        """Ask for a pop-up."""


class ScriptedPage:
    """One world of one document: its trace, and what its scripts do."""

    def __init__(self, host: PageHost) -> None:
        self._host = host
        self._trace: list[str] = []
        self._has_library = False

    def run(self, script: str) -> None:
        """Run one script."""
        if script == library():
            self._has_library = True
            return
        action = parse(script)
        if action is not None and self._has_library:
            self._act(action)

    def _act(self, action: Action) -> None:
        match action.do:
            case "record":
                self._trace.append(action.text)
            case "report":
                self._report(action.number)
            case "look":
                self._trace.append("visible" if self._host.can_send() else "hidden")
            case "send":
                self._send(action)
            case "fetch":
                self._host.fetch(action, lambda *answer: self._take(action, *answer))
            case "navigate" | "follow" | "open":
                self._leave(action.do, action.url)
            case _:
                assert_never(action.do)

    def _leave(self, how: Literal["navigate", "follow", "open"], url: str) -> None:
        host = self._host
        ways = {"navigate": host.navigate, "follow": host.follow_link, "open": host.open_window}
        ways[how](url)

    def _send(self, action: Action) -> None:
        def settled(how: str, text: str) -> None:
            self._trace.append(f"{how} {text}")
            self._report(action.number)

        self._host.send(action.text, settled)

    def _take(self, action: Action, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self._trace.append(f"{status} {headers.get('x-check', 'null')} {body.decode()}")
        self._report(action.number)

    def _report(self, number: str) -> None:
        query = urlencode({"id": number, "trace": json.dumps(self._trace)})
        self._host.fetch(Action(do="fetch", url=f"{ORIGIN}/report?{query}"), _drop)


def _drop(_status: int, _headers: Mapping[str, str], _body: bytes) -> None:
    """The answer to a report says nothing."""
