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
    assert heard == [
        Event(name="a:b", payload={"x": [1]}, source="other", origin="millennium://localhost")
    ]


def test_a_remote_page_is_known_by_its_origin() -> None:
    remote = "https://example.org"
    capability = {"local": False, "remote": [remote], "permissions": ["event:*"]}
    config = {"windows": TWO, "security": {"navigation": [remote]}}
    with mock_app(context=mock_context(config, capabilities=(capability,))) as running:
        running.runtime.window("main").load(f"{remote}/a.html?millennium://localhost")
        running.page().greet()
        invoke(running, "event.emit", name="a")
        event = running.page().wait_event("a")
        assert (event.source, event.origin) == ("main", remote)


@pytest.mark.parametrize("key", ["source", "origin", "label", "sender"])
def test_a_page_cannot_say_who_or_where_it_is(running: MockApp, key: str) -> None:
    with assert_refused("command.bad_args"):
        running.page().invoke("event.emit", {"name": "a", key: "other"})


def test_what_an_addressed_event_tells_of_its_sender(running: MockApp) -> None:
    running.page("other").greet()
    invoke(running, "event.emit_to", target="other", name="a")
    event = running.page("other").wait_event("a")
    assert (event.source, event.origin) == ("main", "millennium://localhost")


POLLUTION = {
    "__proto__": {"polluted": True},
    "constructor": {"prototype": {"polluted": True}},
    "__class__": {"__init__": {"__globals__": {"polluted": True}}},
    "__dict__": {"name": "other"},
}


def test_keys_that_pollute_are_plain_data(running: MockApp) -> None:
    heard: list[Event] = []
    is_there = threading.Event()

    def listen(event: Event) -> None:
        heard.append(event)
        is_there.set()

    running.handle.listen("a", listen)
    invoke(running, "event.emit", name="a", payload=POLLUTION)
    assert is_there.wait(5)
    assert type(heard[0].payload) is dict
    assert heard[0].payload == running.page().wait_event("a").payload == POLLUTION
    assert (heard[0].name, heard[0].source) == ("a", "main")
    assert not hasattr(Event, "polluted")


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
@pytest.mark.parametrize(
    "name",
    [
        "millennium:resize",
        "millennium:",
        "a b",
        "",
        "a\n",
        "a\nb",
        "\u00e9",
        "\uff41",
        "x" * 65,
        "a.b",
    ],
    ids=["ours", "prefix", "space", "empty", "newline", "lines", "latin", "wide", "long", "dot"],
)
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
