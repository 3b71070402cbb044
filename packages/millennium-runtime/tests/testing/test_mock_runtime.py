"""The mock as apps and their tests use it."""

from __future__ import annotations

import threading

import pytest

from millennium_runtime.errors import (
    EventLoopClosedError,
    MillenniumRuntimeError,
    UnsupportedError,
    WindowClosedError,
    WouldDeadlockError,
)
from millennium_runtime.run_event import Destroyed, Exit, Ready, RunEvent, UserEvent, WindowEvent
from millennium_runtime.runtime import RuntimeAttributes
from millennium_runtime.testing import MockRuntime
from millennium_runtime.webview import WebviewAttributes, World
from millennium_runtime.window import PendingWindow

PENDING = PendingWindow(label="main", webview=WebviewAttributes(url="about:blank"))


def test_it_keeps_its_attributes():
    attributes = RuntimeAttributes(identifier="org.example.notes", app_name="Notes")
    assert MockRuntime.new(attributes).attributes is attributes


def test_a_script_moves_the_windows_of_a_running_loop():
    titles: list[str] = []
    events: list[RunEvent] = []

    def script(runtime):
        window = runtime.handle().create_window(PENDING).dispatcher
        window.set_title("from the script")
        titles.append(runtime.window().state.title)

    code = MockRuntime.scripted(script).new().run(events.append)
    assert (code, titles) == (0, ["from the script"])
    assert (events[0], events[-1]) == (Ready(), Exit())


def test_a_script_may_ask_for_an_exit_code():
    def script(runtime):
        runtime.handle().request_exit(5)

    assert MockRuntime.scripted(script).new().run(lambda event: None) == 5


def test_what_a_script_raises_is_raised_by_run():
    def script(runtime):
        raise LookupError("in the script")

    with pytest.raises(LookupError, match="in the script"):
        MockRuntime.scripted(script).new().run(lambda event: None)


def test_without_running_the_loop_is_stepped():
    runtime = MockRuntime.new()
    runtime.handle().create_window(PENDING)
    before = runtime.window().source.url
    runtime.run_until_idle()
    assert (before, runtime.window().source.url) == ("", "about:blank")


def test_windows_lists_the_live_ones():
    runtime = MockRuntime.new()
    runtime.handle().create_window(PENDING).dispatcher.destroy()
    assert runtime.windows == ()
    assert runtime.window().is_destroyed


def test_a_window_that_never_was_is_an_error_that_names_the_others():
    runtime = MockRuntime.new()
    runtime.handle().create_window(PENDING)
    with pytest.raises(LookupError, match="no window 'other', only: main"):
        runtime.window("other")


def test_opened_urls_are_recorded():
    runtime = MockRuntime.new()
    runtime.handle().open_url("https://example.org/")
    assert runtime.opened_urls == ["https://example.org/"]


def test_other_urls_are_not_opened():
    runtime = MockRuntime.new()
    with pytest.raises(UnsupportedError):
        runtime.handle().open_url("file:///etc/passwd")
    assert runtime.opened_urls == []


def test_monitors_are_those_the_test_set():
    runtime = MockRuntime.new()
    runtime.monitors = (*runtime.monitors, *runtime.monitors)
    assert len(runtime.handle().available_monitors()) == 2


def test_scripts_go_to_who_stands_in_for_javascript():
    runtime, ran = MockRuntime.new(), []
    window = runtime.handle().create_window(PENDING).dispatcher
    runtime.run_script = lambda page, script, world: ran.append((script, world))
    window.evaluate("1 + 1", World.PRIVATE)
    assert ran == [("1 + 1", World.PRIVATE)]


def test_run_on_another_thread_is_refused():
    def script(runtime):
        other = MockRuntime.new()
        run = runtime.loop.main.call

        run(lambda: other.run(lambda event: None))

    with pytest.raises(MillenniumRuntimeError, match="another thread"):
        MockRuntime.scripted(script).new().run(lambda event: None)


def test_a_loop_runs_once():
    runtime = MockRuntime.scripted(lambda runtime: None).new()
    runtime.run(lambda event: None)
    with pytest.raises(EventLoopClosedError):
        runtime.loop.run(lambda event: None)


def test_windows_cannot_be_made_while_the_loop_ends():
    errors = []

    def script(runtime):
        window = runtime.handle().create_window(PENDING).dispatcher
        again = PendingWindow(label="again", webview=WebviewAttributes(url="about:blank"))

        def make_another(_event):
            with pytest.raises(EventLoopClosedError) as caught:
                runtime.handle().create_window(again)
            errors.append(caught.value.code)

        window.add_listener(make_another)

    MockRuntime.scripted(script).new().run(lambda event: None)
    assert errors == ["runtime.event_loop_closed"]


def test_an_exit_that_was_asked_for_twice_happens_once():
    asked: list[RunEvent] = []

    def script(runtime):
        def ask_twice():
            runtime.loop.request_exit(1)
            runtime.loop.request_exit(2)
            runtime.loop.exit_now(3)

        runtime.loop.main.call(ask_twice)

    code = MockRuntime.scripted(script).new().run(asked.append)
    assert code == 1


def test_a_window_made_by_who_hears_destroyed_keeps_the_loop():
    events: list[RunEvent] = []

    def script(runtime):
        window = runtime.handle().create_window(PENDING).dispatcher
        again = PendingWindow(label="again", webview=WebviewAttributes(url="about:blank"))
        window.add_listener(lambda event: runtime.handle().create_window(again))
        window.destroy()
        runtime.loop.main.call(lambda: None)

    MockRuntime.scripted(script).new().run(events.append)
    assert [type(event).__name__ for event in events].count("ExitRequested") == 0


def test_waiting_inside_a_running_loop_is_refused():
    def script(runtime):
        runtime.loop.main.call(lambda: runtime.loop.wait(threading.Event(), 1))

    with pytest.raises(WouldDeadlockError):
        MockRuntime.scripted(script).new().run(lambda event: None)


def test_a_window_that_another_one_destroyed_is_told_once():
    events: list[RunEvent] = []

    def script(runtime):
        first = runtime.handle().create_window(PENDING).dispatcher
        again = PendingWindow(label="again", webview=WebviewAttributes(url="about:blank"))
        second = runtime.handle().create_window(again).dispatcher
        first.add_listener(lambda event: second.destroy())

    MockRuntime.scripted(script).new().run(events.append)
    assert events.count(WindowEvent("again", Destroyed())) == 1


def test_a_window_of_a_closed_loop_is_closed():
    runtime = MockRuntime.new()
    window = runtime.handle().create_window(PENDING).dispatcher
    runtime.loop.main.close()
    errors = []

    def try_all():
        for call in (window.title, lambda: window.evaluate("1")):
            with pytest.raises(WindowClosedError) as caught:
                call()
            errors.append(caught.value.code)
        window.destroy()

    thread = threading.Thread(target=try_all)
    thread.start()
    thread.join()
    assert errors == ["runtime.window_closed"] * 2


def test_a_script_waits_for_a_reply():
    texts = []

    def script(runtime):
        pending = PendingWindow(
            label="main",
            webview=WebviewAttributes(url="about:blank", message_handler="bridge"),
            ipc_handler=lambda source, text, reply: runtime.handle().post(
                lambda: reply.answer(text.upper())
            ),
        )
        runtime.handle().create_window(pending)
        texts.append(runtime.window().send("hello").wait().text)

    MockRuntime.scripted(script).new().run(lambda event: None)
    assert texts == ["HELLO"]


def test_it_names_its_engine():
    assert MockRuntime.new().engine() == "MockRuntime"


def test_values_are_told_before_anybody_runs_the_loop():
    runtime = MockRuntime.new()
    runtime.handle().create_proxy().send_event("lost")
    runtime.run_until_idle()
    events: list[RunEvent] = []
    runtime.handle().create_proxy().send_event("kept")
    runtime.handle().request_exit()
    runtime.run(events.append)
    assert UserEvent("kept") in events
