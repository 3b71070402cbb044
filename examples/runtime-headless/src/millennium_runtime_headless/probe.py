"""What the conformance suite must know about this runtime."""

from __future__ import annotations

from functools import partial

from millennium_runtime import Runtime, RuntimeAttributes
from millennium_runtime.testing.conformance import RuntimeProbe
from millennium_runtime.testing.conformance.scripted_page import Fetched, ScriptedPage, Settled
from millennium_runtime.testing.conformance.scripts import Action
from millennium_runtime.webview import World
from millennium_runtime_headless.document import Answer, Fetch, View
from millennium_runtime_headless.runtime import HeadlessRuntime

__all__ = ["HeadlessProbe"]


# --8<-- [start:probe]
class HeadlessProbe(RuntimeProbe):
    """Makes headless runtimes whose pages run the suite's scripts."""

    timeout_seconds = 0.2
    patience = 2.0

    def new_runtime(self, attributes: RuntimeAttributes) -> Runtime:
        runtime = _Impatient.new(attributes)
        runtime.run_script = _Pages().run
        return runtime

    def crash_page(self, runtime: Runtime, label: str) -> None:
        if isinstance(runtime, HeadlessRuntime):
            runtime.loop.main.call(runtime.window(label).view.crash)


class _Impatient(HeadlessRuntime):
    timeout_seconds = HeadlessProbe.timeout_seconds


# --8<-- [end:probe]


# --8<-- [start:host]
class _Pages:
    """Keeps one scripted page for each world of each document."""

    def __init__(self) -> None:
        self._pages: dict[tuple[View, int, World], ScriptedPage] = {}

    def run(self, view: View, script: str, world: World) -> None:
        key = (view, view.source.document, world)
        if key not in self._pages:
            self._pages[key] = ScriptedPage(_Host(view, world))
        self._pages[key].run(script)


class _Host:
    """What one world of a document can do here."""

    def __init__(self, view: View, world: World) -> None:
        self._view = view
        self._world = world

    def can_send(self) -> bool:
        return self._world is World.PRIVATE

    def send(self, text: str, settled: Settled) -> None:
        self._view.send(text, settled)

    def fetch(self, action: Action, fetched: Fetched) -> None:
        ask = Fetch(
            url=action.url,
            method=action.method,
            headers=action.headers,
            body=action.body.encode(),
        )
        self._view.fetch(ask, partial(_tell, fetched))

    def navigate(self, url: str) -> None:
        self._view.leave(url)

    def follow_link(self, url: str) -> None:
        """Leave as the user would."""
        self._view.follow_link(url)

    def open_window(self, url: str) -> None:
        self._view.open_window(url)


# --8<-- [end:host]


def _tell(fetched: Fetched, answer: Answer) -> None:
    fetched(answer.status, answer.headers, answer.body)
