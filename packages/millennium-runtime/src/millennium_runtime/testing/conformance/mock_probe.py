"""The suite's probe for `MockRuntime`: the fake that must pass what the engines pass."""

from __future__ import annotations

from functools import partial

from millennium_runtime.runtime import Runtime, RuntimeAttributes
from millennium_runtime.testing.conformance.probe import RuntimeProbe
from millennium_runtime.testing.conformance.scripted_page import Fetched, ScriptedPage, Settled
from millennium_runtime.testing.conformance.scripts import Action
from millennium_runtime.testing.exchange import Fetched as Answer
from millennium_runtime.testing.fake_reply import FakeReply
from millennium_runtime.testing.mock_page import MockPage
from millennium_runtime.testing.mock_runtime import MockRuntime
from millennium_runtime.webview import World

__all__ = ["MockProbe"]


class MockProbe(RuntimeProbe):
    """Makes mocks whose pages run the suite's scripts.

    Attributes:
        kind: The class of runtime; a broken one, in the tests of the suite.
    """

    timeout_seconds: float = 0.2
    patience: float = 2.0
    kind: type[MockRuntime] = MockRuntime

    def new_runtime(self, attributes: RuntimeAttributes) -> Runtime:
        """Make a mock with a short limit and an interpreter of the suite's scripts."""
        runtime = self.kind.new(attributes, timeout_seconds=self.timeout_seconds)
        runtime.run_script = _Interpreter().run
        return runtime

    def crash_page(self, runtime: Runtime, label: str) -> None:
        """Crash the page of a mock window."""
        _mock(runtime).window(label).crash()

    def abort(self, runtime: Runtime) -> None:
        """End the mock's loop without asking."""
        _mock(runtime).loop.exit_now()


def _mock(runtime: Runtime) -> MockRuntime:
    if not isinstance(runtime, MockRuntime):
        message = f"{runtime!r} is not a MockRuntime"
        raise TypeError(message)
    return runtime


class _Interpreter:
    """Keeps one scripted page for each world of each document."""

    def __init__(self) -> None:
        self._pages: dict[tuple[MockPage, int, World], ScriptedPage] = {}

    def run(self, page: MockPage, script: str, world: World) -> None:
        """Be the mock's `ScriptRunner`."""
        key = (page, page.source.document, world)
        if key not in self._pages:
            self._pages[key] = ScriptedPage(_MockHost(page, world))
        self._pages[key].run(script)


class _MockHost:
    """What one world of a mock document can do."""

    def __init__(self, page: MockPage, world: World) -> None:
        self._page = page
        self._world = world

    def can_send(self) -> bool:
        """Only the private world sees the handler."""
        return self._world is World.PRIVATE

    def send(self, text: str, settled: Settled) -> None:
        """Post a message."""
        self._page.send(text).when_settled(partial(_tell_settled, settled))

    def fetch(self, action: Action, fetched: Fetched) -> None:
        """Ask the protocol."""
        self._page.fetch(
            action.url,
            method=action.method,
            headers=action.headers,
            body=action.body.encode(),
            when_done=partial(_tell_fetched, fetched),
        )

    def navigate(self, url: str) -> None:
        """Leave."""
        self._page.request_navigation(url)

    def follow_link(self, url: str) -> None:
        """Leave as the user would."""
        self._page.follow_link(url)

    def open_window(self, url: str) -> None:
        """Ask for a pop-up."""
        self._page.open_window(url)


def _tell_settled(settled: Settled, reply: FakeReply) -> None:
    settled(reply.status, reply.text)


def _tell_fetched(fetched: Fetched, answer: Answer) -> None:
    fetched(answer.status, answer.headers, answer.body)
