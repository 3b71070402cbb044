"""Events that pages send."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from millennium.event import Event
from millennium.testing import MockApp, assert_refused, invoke, mock_app, mock_context

TWO = [{"label": "main"}, {"label": "other"}]


@pytest.fixture
def running() -> Iterator[MockApp]:
    with mock_app(windows=TWO) as running:
        yield running


def test_python_hears_a_page_and_who_it_is(running: MockApp) -> None:
    heard: list[Event] = []
    is_there = threading.Event()

    def listen(event: Event) -> None:
        heard.append(event)
        is_there.set()

    running.handle.listen("a:b", listen)
    invoke(running, "event.emit", name="a:b", payload={"x": [1]}, window="other")
    assert is_there.wait(5)
    assert heard == [Event(name="a:b", payload={"x": [1]}, source="other")]


def test_a_page_hears_itself_and_no_other_page_does(running: MockApp) -> None:
    running.page("other").greet()
    invoke(running, "event.emit", name="a")
    assert running.page().wait_event("a").source == "main"
    assert [event for event in running.page("other").events if event.name == "a"] == []


def test_a_page_cannot_say_that_it_is_another(running: MockApp) -> None:
    with assert_refused("command.bad_args"):
        invoke(running, "event.emit", name="a", source="other")


@pytest.mark.parametrize(
    ("command", "args"),
    [("event.emit", {}), ("event.emit_to", {"target": "other"})],
    ids=["emit", "emit-to"],
)
@pytest.mark.parametrize("name", ["millennium:resize", "a b", ""], ids=["ours", "space", "empty"])
def test_a_bad_name_is_refused(
    running: MockApp, command: str, args: dict[str, object], name: str
) -> None:
    with assert_refused("event.bad_name"):
        running.page().invoke(command, {"name": name, **args})


def test_a_label_without_a_window_reaches_nobody(running: MockApp) -> None:
    invoke(running, "event.emit_to", target="nobody", name="a")
    assert [event for event in running.page().events if event.name == "a"] == []


def test_other_windows_are_a_permission_of_their_own() -> None:
    context = mock_context({"windows": TWO}, capabilities=({"permissions": ["event:emit"]},))
    with mock_app(context=context) as running:
        invoke(running, "event.emit", name="a")
        with assert_refused():
            invoke(running, "event.emit_to", target="other", name="a")
