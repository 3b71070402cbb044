"""The life of the event loop, over an engine that shows nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from millennium_runtime.errors import (
    CreateWindowError,
    EventLoopClosedError,
    MillenniumRuntimeError,
    WindowClosedError,
)
from millennium_runtime.monitor import Monitor
from millennium_runtime.run_event import Exit, ExitRequested, Ready, Veto
from millennium_runtime.window import PendingWindow
from millennium_runtime_webview.dispatcher import WebviewDispatcher
from millennium_runtime_webview.engine import EmitEvent, Engine, EngineWindow
from millennium_runtime_webview.loop import Loop
from millennium_runtime_webview.runtime import WebviewHandle


class Windowless(Engine):
    """Runs tasks until it is stopped; its signals are sent by the test."""

    def __init__(self) -> None:
        self.tasks: list[Callable[[], None]] = []
        self.signals: list[int] = []
        self.opened: list[str] = []
        self.is_stopped = False

    def name(self) -> str:
        return "Windowless 1"

    def create_window(self, pending: PendingWindow, emit: EmitEvent) -> EngineWindow:
        raise CreateWindowError(f"no window {pending.label!r} here")

    def monitors(self) -> tuple[Monitor, ...]:
        return ()

    def open_url(self, url: str) -> None:
        self.opened.append(url)

    def wake(self, task: Callable[[], None]) -> None:
        self.tasks.append(task)

    def later(self, task: Callable[[], None], seconds: float) -> None:
        self.tasks.append(task)

    def run(self, on_start: Callable[[], None], on_signal: Callable[[int], None]) -> None:
        on_start()
        while not self.is_stopped:
            task = self.tasks.pop(0) if self.tasks else lambda: on_signal(self.signals.pop(0))
            task()

    def stop(self) -> None:
        self.is_stopped = True

    def close(self) -> None:
        self.tasks.clear()


@pytest.fixture
def engine() -> Windowless:
    return Windowless()


@pytest.fixture
def loop(engine: Windowless) -> Loop:
    return Loop(engine)


def test_an_exit_asked_for_early_is_the_first_thing_done(loop: Loop):
    events: list[object] = []
    loop.request_exit(4)
    assert loop.run(events.append) == 4
    assert events == [Ready(), ExitRequested(4), Exit()]


def test_a_failing_app_is_left_alone(loop: Loop, caplog: pytest.LogCaptureFixture):
    loop.request_exit(0)
    assert loop.run(lambda _event: [].pop()) == 0
    assert "the app failed at Ready" in caplog.messages


def test_the_second_signal_cannot_be_prevented(loop: Loop, engine: Windowless):
    engine.signals += [130, 130]

    def stay(event: object) -> None:
        getattr(event, "veto", Veto()).prevent()

    assert loop.run(stay) == 130
    assert engine.signals == []


def test_only_the_first_exit_counts(loop: Loop):
    loop.request_exit(4)
    loop.request_exit(5)
    assert loop.run(lambda _event: None) == 4


def test_a_loop_runs_once(loop: Loop):
    loop.request_exit(0)
    loop.run(lambda _event: None)
    with pytest.raises(EventLoopClosedError, match="ran before"):
        loop.run(lambda _event: None)


def test_a_loop_runs_where_it_was_made(loop: Loop):
    failures: list[MillenniumRuntimeError] = []

    def run() -> None:
        with pytest.raises(MillenniumRuntimeError, match="another thread") as raised:
            loop.run(lambda _event: None)
        failures.append(raised.value)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(10)
    assert [failure.help for failure in failures] == ["make and run it on the same thread"]


def test_a_url_of_the_web_is_handed_to_the_system(loop: Loop, engine: Windowless):
    WebviewHandle(loop).open_url("https://example.org/")
    assert engine.opened == ["https://example.org/"]


def test_a_window_is_gone_with_its_loop(loop: Loop):
    dispatcher = WebviewDispatcher("main", loop)
    loop.request_exit(0)
    loop.run(lambda _event: None)
    dispatcher.destroy()
    with pytest.raises(WindowClosedError):
        dispatcher.title()


def test_what_may_wait_is_run_and_its_failure_logged(loop: Loop, engine: Windowless, caplog):
    def fail() -> None:
        raise RuntimeError("mine")

    done: list[str] = []
    handle = WebviewHandle(loop)
    handle.post_later(fail)
    handle.post_later(lambda: done.append("later"), 0.5)
    handle.request_exit(0)
    loop.run(lambda event: None)
    assert done == ["later"]
    assert "a task on the main thread failed" in caplog.text
