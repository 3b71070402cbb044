"""Who hears an event, and in which order."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator

import msgspec
import pytest

from millennium import event_bus
from millennium.errors import EventNameError, PayloadError, TooManyListenersError
from millennium.event import Event, Sender
from millennium.event_bus import EventBus, Listener
from millennium.ipc.limits import PIECE_CALLS
from millennium.ipc.workers import Workers

SECONDS = 5.0


class Ear:
    """Hears events and can be waited for."""

    def __init__(self) -> None:
        self.heard: list[Event] = []
        self._changed = threading.Condition()

    def __call__(self, event: Event) -> None:
        with self._changed:
            self.heard.append(event)
            self._changed.notify_all()

    async def hear(self, event: Event) -> None:
        self(event)

    def wait(self, count: int) -> list[Event]:
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.heard) >= count, SECONDS)
        return self.heard


class Screen:
    """The page of a window, as the bus knows it."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, object]] = []

    def __call__(self, news: bytes) -> None:
        _, name, content = msgspec.json.decode(b"[%b]" % news)
        self.heard.append((name, content))


@pytest.fixture
def workers() -> Iterator[Workers]:
    workers = Workers()
    yield workers
    workers.stop()


@pytest.fixture
def bus(workers: Workers) -> EventBus:
    return EventBus(workers)


@pytest.fixture
def screens(bus: EventBus) -> dict[str, Screen]:
    screens = {"main": Screen(), "other": Screen()}
    bus.attach("main", screens["main"])
    bus.attach("other", screens["other"])
    return screens


def names(screens: dict[str, Screen]) -> dict[str, list[str]]:
    return {label: [name for name, _ in screen.heard] for label, screen in screens.items()}


def test_every_page_hears_what_python_sends_to_nobody_in_particular(
    bus: EventBus, screens: dict[str, Screen]
) -> None:
    bus.emit(Event(name="a", payload=[1]))
    assert screens["main"].heard == [("a", {"payload": [1], "source": ""})]
    assert names(screens) == {"main": ["a"], "other": ["a"]}


def test_only_the_addressed_page_hears(bus: EventBus, screens: dict[str, Screen]) -> None:
    bus.emit(Event(name="a", source="main"), to="other")
    assert names(screens) == {"main": [], "other": ["a"]}


def test_other_pages_do_not_hear_a_page_that_addresses_nobody(
    bus: EventBus, screens: dict[str, Screen]
) -> None:
    bus.emit(Event(name="a", source="main"))
    assert names(screens) == {"main": ["a"], "other": []}


def test_a_label_without_a_window_reaches_nobody(bus: EventBus, screens: dict[str, Screen]) -> None:
    bus.emit(Event(name="a"), to="nobody")
    assert names(screens) == {"main": [], "other": []}


def test_a_detached_window_hears_nothing(bus: EventBus, screens: dict[str, Screen]) -> None:
    ear = Ear()
    bus.listen("a", ear, window="main")
    bus.listen("a", ear, window="other")
    bus.detach("main")
    bus.emit(Event(name="a"))
    ear.wait(1)
    assert names(screens) == {"main": [], "other": ["a"]}
    assert len(ear.heard) == 1


def test_an_app_listener_sees_who_sent_what(bus: EventBus) -> None:
    ear = Ear()
    bus.listen("a", ear)
    bus.emit(Event(name="a", payload={"x": 1}, source="main"))
    assert ear.wait(1) == [Event(name="a", payload={"x": 1}, source="main")]


def test_an_app_listener_does_not_hear_what_is_addressed(bus: EventBus) -> None:
    ear = Ear()
    bus.listen("a", ear)
    bus.emit(Event(name="a", payload=1), to="main")
    bus.emit(Event(name="a", payload=2))
    assert [event.payload for event in ear.wait(1)] == [2]


def test_a_window_listener_hears_its_page_and_what_is_addressed_to_it(bus: EventBus) -> None:
    ear = Ear()
    bus.listen("a", ear, window="main")
    bus.emit(Event(name="a", payload="of another page", source="other"))
    bus.emit(Event(name="a", payload="to another", source="main"), to="other")
    bus.emit(Event(name="a", payload="of its page", source="main"))
    bus.emit(Event(name="a", payload="addressed"), to="main")
    bus.emit(Event(name="a", payload="to all"))
    assert [event.payload for event in ear.wait(3)] == ["of its page", "addressed", "to all"]


def test_a_coroutine_listens_too(bus: EventBus) -> None:
    ear = Ear()
    bus.listen("a", ear.hear)
    bus.emit(Event(name="a"))
    assert ear.wait(1)


@pytest.mark.parametrize("kind", ["function", "coroutine"])
def test_a_listener_gets_its_events_in_order(bus: EventBus, kind: str) -> None:
    ear = Ear()
    listeners: dict[str, Listener] = {"function": ear, "coroutine": ear.hear}
    bus.listen("a", listeners[kind])
    for number in range(500):
        bus.emit(Event(name="a", payload=number))
    assert [event.payload for event in ear.wait(500)] == list(range(500))


@pytest.mark.parametrize("is_async", [False, True], ids=["function", "coroutine"])
def test_a_listener_that_fails_is_logged_and_hears_on(
    bus: EventBus, caplog: pytest.LogCaptureFixture, is_async: bool
) -> None:
    ear = Ear()

    def fail(event: Event) -> None:
        ear(event)
        raise RuntimeError("deaf")

    async def fail_later(event: Event) -> None:
        fail(event)

    bus.listen("a", fail_later if is_async else fail)
    bus.emit(Event(name="a", payload=1))
    bus.emit(Event(name="a", payload=2))
    ear.wait(2)
    assert "a listener of a failed" in caplog.text


def test_once_is_once(bus: EventBus) -> None:
    once, always = Ear(), Ear()
    bus.listen("a", once, once=True)
    bus.listen("a", always)
    bus.emit(Event(name="a", payload=1))
    bus.emit(Event(name="a", payload=2))
    always.wait(2)
    assert [event.payload for event in once.wait(1)] == [1]


def test_who_stopped_listening_hears_nothing(bus: EventBus) -> None:
    ear, control = Ear(), Ear()
    stop = bus.listen("a", ear)
    bus.listen("a", control)
    stop()
    stop()
    bus.emit(Event(name="a"))
    control.wait(1)
    assert ear.heard == []


def test_what_waits_is_dropped_when_a_listener_stops(bus: EventBus) -> None:
    begun, go_on, ear = threading.Event(), threading.Event(), Ear()

    def slow(event: Event) -> None:
        begun.set()
        assert go_on.wait(SECONDS)
        ear(event)

    stop = bus.listen("a", slow)
    bus.emit(Event(name="a", payload=1))
    assert begun.wait(SECONDS)
    bus.emit(Event(name="a", payload=2))
    stop()
    go_on.set()
    ear.wait(1)
    assert [event.payload for event in ear.heard] == [1]


def test_a_stopped_once_listener_is_not_called_by_an_emit_under_way(bus: EventBus) -> None:
    ear = Ear()
    stop = bus.listen("a", ear, once=True)
    bus.attach("main", lambda _news: stop())
    bus.emit(Event(name="a"))
    assert ear.heard == []


def test_a_listener_may_listen_and_stop_while_it_listens(bus: EventBus) -> None:
    outer, inner = Ear(), Ear()

    def listen_more(event: Event) -> None:
        stop()
        bus.listen("a", inner)
        outer(event)

    stop = bus.listen("a", listen_more)
    bus.emit(Event(name="a", payload=1))
    outer.wait(1)
    bus.emit(Event(name="a", payload=2))
    assert [event.payload for event in inner.wait(1)] == [2]
    assert len(outer.heard) == 1


def test_too_many_waiting_events_are_dropped_with_a_warning(
    bus: EventBus, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(event_bus, "MAX_WAITING_EVENTS", 1)
    begun, go_on, ear = threading.Event(), threading.Event(), Ear()

    def slow(event: Event) -> None:
        begun.set()
        assert go_on.wait(SECONDS)
        ear(event)

    bus.listen("a", slow)
    bus.emit(Event(name="a", payload=1))
    assert begun.wait(SECONDS)
    bus.emit(Event(name="a", payload=2))
    with caplog.at_level(logging.WARNING):
        bus.emit(Event(name="a", payload=3))
    go_on.set()
    assert [event.payload for event in ear.wait(2)] == [1, 2]
    assert "events a are dropped" in caplog.text


def test_a_flood_of_dropped_events_is_two_lines_in_the_log(
    bus: EventBus, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(event_bus, "MAX_WAITING_EVENTS", 1)
    begun, go_on, ear = threading.Event(), threading.Event(), Ear()

    def slow(event: Event) -> None:
        begun.set()
        assert go_on.wait(SECONDS)
        ear(event)

    bus.listen("a", slow)
    bus.emit(Event(name="a", payload=1))
    assert begun.wait(SECONDS)
    for number in range(100):
        bus.emit(Event(name="a", payload=number))
    go_on.set()
    ear.wait(2)
    bus.emit(Event(name="a", payload="after"))
    assert ear.wait(3)[2].payload == "after"
    assert [record.getMessage() for record in caplog.records] == [
        "events a are dropped, 1 wait for a listener [event.dropped]",
        "99 events were dropped, a listener was too slow",
    ]


def test_so_many_bytes_of_events_wait_and_no_more(
    bus: EventBus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_bus, "MAX_WAITING_EVENT_BYTES", 100)
    begun, go_on, ear = threading.Event(), threading.Event(), Ear()

    def slow(event: Event) -> None:
        begun.set()
        assert go_on.wait(SECONDS)
        ear(event)

    bus.listen("a", slow)
    bus.emit(Event(name="a", payload=1))
    assert begun.wait(SECONDS)
    bus.emit(Event(name="a", payload="x" * 200))
    bus.emit(Event(name="a", payload="dropped"))
    go_on.set()
    ear.wait(2)
    bus.emit(Event(name="a", payload="after"))
    assert [event.payload for event in ear.wait(3)] == [1, "x" * 200, "after"]


def test_a_listener_that_never_waits_lets_the_loop_go_on(bus: EventBus, workers: Workers) -> None:
    ear, other = Ear(), Ear()

    async def chatter(event: Event) -> None:
        ear(event)
        if event.payload == 0:
            bus.listen("b", other.hear)
            bus.emit(Event(name="b"))
        if not other.heard:
            bus.emit(Event(name="a", payload=1))

    bus.listen("a", chatter)
    bus.emit(Event(name="a", payload=0))
    assert other.wait(1)
    assert len(ear.heard) <= 4 * PIECE_CALLS


@pytest.mark.parametrize("window", [None, "main"], ids=["app", "window"])
def test_so_many_may_listen_and_no_more(
    bus: EventBus, monkeypatch: pytest.MonkeyPatch, window: str | None
) -> None:
    monkeypatch.setattr(event_bus, "MAX_LISTENERS", 2)
    stops = [bus.listen(name, print, window=window) for name in ("a", "b")]
    with pytest.raises(TooManyListenersError, match="2 functions listen"):
        bus.listen("c", print, window=window)
    bus.listen("c", print, window="other")
    stops[0]()
    stops[0]()
    bus.listen("c", print, window=window)
    with pytest.raises(TooManyListenersError):
        bus.listen("d", print, window=window)


def test_a_listener_that_heard_its_one_event_counts_no_longer(
    bus: EventBus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_bus, "MAX_LISTENERS", 1)
    ear = Ear()
    stop = bus.listen("a", ear, once=True)
    bus.emit(Event(name="a"))
    stop()
    ear.wait(1)
    bus.listen("a", print)
    with pytest.raises(TooManyListenersError):
        bus.listen("a", print)


def test_a_closed_windows_listeners_count_no_longer_and_leave_no_name(
    bus: EventBus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_bus, "MAX_LISTENERS", 1)
    bus.listen("a", print, window="main")
    bus.detach("main")
    assert bus._boxes == {}
    bus.listen("a", print, window="main")


def test_who_sends_is_told_to_page_and_python(bus: EventBus, screens: dict[str, Screen]) -> None:
    ear = Ear()
    bus.listen("a", ear)
    bus.send("a", 1, sender=Sender("main", "https://example.org"))
    assert ear.wait(1) == [Event(name="a", payload=1, source="main", origin="https://example.org")]
    assert screens["main"].heard == [
        ("a", {"payload": 1, "source": "main", "origin": "https://example.org"})
    ]


def test_a_bad_name_is_refused_on_both_ends(bus: EventBus) -> None:
    with pytest.raises(EventNameError):
        bus.emit(Event(name="a b"))
    with pytest.raises(EventNameError):
        bus.listen("a b", print)


def test_a_payload_without_a_json_form_is_refused_and_reaches_nobody(
    bus: EventBus, screens: dict[str, Screen]
) -> None:
    with pytest.raises(PayloadError, match="event 'a'"):
        bus.emit(Event(name="a", payload=object()))
    assert names(screens) == {"main": [], "other": []}


def test_another_bus_can_take_over_the_listeners(bus: EventBus, workers: Workers) -> None:
    ear = Ear()
    bus.listen("a", ear)
    bus.listen("a", ear, window="main")
    other = EventBus(workers)
    other.listen_as(bus)
    other.emit(Event(name="a"))
    ear.wait(1)
    assert len(ear.heard) == 1
