"""Checks of `millennium_runtime.runtime`: the life of a loop."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from functools import partial

from millennium_runtime.errors import EventLoopClosedError, UnsupportedError
from millennium_runtime.run_event import (
    Destroyed,
    Exit,
    ExitRequested,
    Ready,
    RunEvent,
    UserEvent,
    WindowEvent,
)
from millennium_runtime.testing.conformance.check import check
from millennium_runtime.testing.conformance.log import expect, refuses
from millennium_runtime.testing.conformance.stage import Stage
from millennium_runtime.testing.conformance.stage_window import WindowPlan


@check("runtime 1")
def ready_comes_first_and_once(stage: Stage) -> None:
    """`Ready` is the first event, and comes once."""
    stage.open()
    stage.finish()
    kinds = [type(event) for event in stage.events.items]
    expect(kinds[0] is Ready, f"the first event is {kinds[0].__name__}")
    expect(kinds.count(Ready) == 1, f"Ready came {kinds.count(Ready)} times")


@check("runtime 1")
def a_loop_runs_once(stage: Stage) -> None:
    """A second `run` is refused."""
    stage.finish()
    again = refuses(Exception, lambda: stage.runtime.run(lambda _event: None))
    expect(again, "run ran a second time")


@check("runtime 2")
def no_window_is_needed(stage: Stage) -> None:
    """A loop that never had a window runs on until it is asked to exit."""
    stage.settle()
    stage.settle()
    asked = [event for event in stage.events.items if isinstance(event, ExitRequested)]
    expect(not asked, "ExitRequested was sent though no window was closed")
    expect(stage.finish() == 0, "the exit code is not 0")


@check("runtime 2")
def windows_are_made_on_the_main_thread(stage: Stage) -> None:
    """`create_window` on the main thread returns a window that loads its page."""
    window = stage.new_window()
    stage.on_main(lambda: window.create(stage.handle))
    window.wait_loaded()


@check("runtime 2")
def windows_are_made_on_another_thread(stage: Stage) -> None:
    """`create_window` on another thread returns a window that loads its page."""
    first = stage.open()
    second = stage.open(WindowPlan(label="second"))
    expect(first.dispatcher is not second.dispatcher, "two windows share one dispatcher")


@check("runtime 2")
def windows_are_made_while_ready_is_told(stage: Stage) -> None:
    """A window may be made inside the callback that is told `UserEvent`."""
    window = stage.new_window()

    def react(event: RunEvent) -> None:
        if isinstance(event, UserEvent):
            window.create(stage.handle)

    stage.react = react
    stage.handle.create_proxy().send_event("make it")
    stage.wait_event(UserEvent)
    window.wait_loaded()


@check("runtime 3")
def the_last_window_asks_to_exit(stage: Stage) -> None:
    """After the last window was destroyed, `ExitRequested(None)` is sent, and the code is 0."""
    first, second = stage.open(), stage.open(WindowPlan(label="second"))
    first.dispatcher.destroy()
    first.wait_destroyed()
    stage.settle()
    early = [event for event in stage.events.items if isinstance(event, ExitRequested)]
    expect(not early, "ExitRequested was sent while a window was open")
    stage.is_held = False
    second.dispatcher.destroy()
    expect(stage.wait_ended() == 0, "the exit code is not 0")
    asked = [event for event in stage.events.items if isinstance(event, ExitRequested)]
    expect([event.code for event in asked] == [None], f"it asked to exit with {asked}")


@check("runtime 3")
def an_exit_can_be_prevented(stage: Stage) -> None:
    """A prevented `ExitRequested` keeps the loop and its windows alive."""
    window = stage.open()
    stage.handle.request_exit(4)
    asked = stage.wait_event(ExitRequested)
    stage.settle()
    expect(asked == ExitRequested(4), f"it asked with {asked}")
    expect(window.dispatcher.title() == "conformance", "the window did not live on")
    expect(Exit() not in stage.events.items, "Exit was sent though it was prevented")


@check("runtime 3")
def a_window_can_follow_the_last_one(stage: Stage) -> None:
    """When the exit after the last window is prevented, new windows can be made."""
    first = stage.open()
    first.dispatcher.destroy()
    stage.wait_event(ExitRequested)
    again = stage.open(WindowPlan(label="again"))
    again.dispatcher.destroy()
    stage.wait_event(ExitRequested, count=2)


@check("runtime 3")
def the_exit_code_is_returned(stage: Stage) -> None:
    """`run` returns the code that `request_exit` was given."""
    stage.open()
    wanted = 7
    code = stage.finish(wanted)
    expect(code == wanted, f"run returned {code}")


@check("runtime 3")
def exit_destroys_all_windows_and_comes_last(stage: Stage) -> None:
    """At the exit each window is destroyed without being asked; then `Exit`, then nothing."""
    windows = [stage.open(), stage.open(WindowPlan(label="second"))]
    stage.finish()
    events = stage.events.items
    expect(events[-1] == Exit(), f"the last event is {events[-1]}")
    for window in windows:
        told = [event for event in events if event == WindowEvent(window.label, Destroyed())]
        expect(len(told) == 1, f"Destroyed came {len(told)} times for {window.label!r}")
    expect(events.count(Exit()) == 1, "Exit came more than once")


def _leave_by(stage: Stage, number: int, code: int) -> None:
    stage.open()
    os.kill(os.getpid(), number)
    asked = stage.wait_event(ExitRequested)
    expect(asked == ExitRequested(code), f"the first signal asked with {asked}")
    stage.settle()
    os.kill(os.getpid(), number)
    left = stage.wait_ended()
    expect(left == code, f"run returned {left}, not {code}")


@check("runtime 4")
def sigterm_asks_then_insists(stage: Stage) -> None:
    """SIGTERM asks to exit with 143; a second one exits though the first was prevented."""
    _leave_by(stage, signal.SIGTERM, 143)


@check("runtime 4")
def sigint_asks_then_insists(stage: Stage) -> None:
    """SIGINT asks to exit with 130; a second one exits though the first was prevented."""
    _leave_by(stage, signal.SIGINT, 130)


@check("runtime 5")
def tasks_keep_their_order(stage: Stage) -> None:
    """Posted tasks run in the order they were posted."""
    wanted = [str(number) for number in range(200)]
    for name in wanted:
        stage.handle.post(lambda name=name: stage.tasks.append(name))  # type: ignore[misc]
    stage.settle()
    expect(list(stage.tasks.items) == wanted, "tasks ran out of order or were lost")


@check("runtime 5", starts_itself=True)
def tasks_posted_before_run_wait_for_it(stage: Stage) -> None:
    """A task posted before `run` runs after `Ready`."""
    stage.handle.post(lambda: stage.tasks.append(str(len(stage.events.items))))
    stage.start()
    seen = stage.tasks.wait(lambda _: True, "task")
    expect(seen == "1", f"the task ran after {seen} events, not after Ready")


@check("runtime 5")
def a_task_never_runs_inside_post(stage: Stage) -> None:
    """`post` on the main thread returns before the task runs."""

    def post_and_mark() -> None:
        stage.handle.post(lambda: stage.tasks.append("task"))
        stage.tasks.append("posted")

    stage.on_main(post_and_mark)
    stage.tasks.wait(lambda name: name == "task", "task")
    expect(stage.tasks.items == ("posted", "task"), "post ran the task at once")


@check("runtime 5")
def a_failing_task_does_not_end_the_loop(stage: Stage) -> None:
    """An exception in a task is logged; the next task runs."""
    stage.handle.post(_fail)
    stage.settle()


@check("runtime 5")
def user_events_arrive_in_order(stage: Stage) -> None:
    """Values sent through a proxy arrive as `UserEvent`, in order."""
    proxy = stage.handle.create_proxy()
    for value in ("first", "second", "third"):
        proxy.send_event(value)
    stage.wait_event(UserEvent, count=3)
    values = [event.value for event in stage.events.items if isinstance(event, UserEvent)]
    expect(values == ["first", "second", "third"], f"these values arrived: {values}")


@check("runtime 6")
def a_failing_listener_does_not_end_the_loop(stage: Stage) -> None:
    """An exception in the callback of `run` is logged; the loop goes on."""
    stage.react = lambda event: _fail() if event == UserEvent("fail") else None
    proxy = stage.handle.create_proxy()
    proxy.send_event("fail")
    stage.settle()
    proxy.send_event("go on")
    stage.events.wait(lambda event: event == UserEvent("go on"), "UserEvent after the failure")


@check("runtime 6")
def callbacks_come_on_the_main_thread(stage: Stage) -> None:
    """Events, listeners, tasks, messages, loads and requests come on the main thread."""
    window = stage.open()
    stage.handle.create_proxy().send_event("one")
    window.send("two")
    window.dispatcher.close()
    window.wait_destroyed()
    stage.handle.post(lambda: stage.note("task"))
    stage.settle()
    strays = ", ".join(sorted(set(stage.strays)))
    expect(not strays, f"on another thread came: {strays}")
    expect(not stage.handle.is_main_thread(), "is_main_thread is true beside the loop")
    expect(stage.on_main(stage.handle.is_main_thread), "is_main_thread is false on the main thread")


@check("runtime 7")
def nothing_is_accepted_after_the_end(stage: Stage) -> None:
    """After `run` returned, posting, sending and making windows raise `EventLoopClosedError`."""
    proxy, late = stage.handle.create_proxy(), stage.new_window()
    stage.finish()
    attempts: dict[str, Callable[[], object]] = {
        "post": lambda: stage.handle.post(lambda: None),
        "send_event": lambda: proxy.send_event("late"),
        "create_window": lambda: late.create(stage.handle),
    }
    accepted = [
        name for name, attempt in attempts.items() if not refuses(EventLoopClosedError, attempt)
    ]
    expect(not accepted, f"after the end these were accepted: {accepted}")


@check("runtime 7")
def asking_to_exit_after_the_end_does_nothing(stage: Stage) -> None:
    """`request_exit` after `run` returned does nothing."""
    stage.finish()
    stage.handle.request_exit(9)


@check("runtime 8")
def only_safe_urls_are_opened(stage: Stage) -> None:
    """`open_url` raises `UnsupportedError` for anything but http, https and mailto."""
    urls = ("file:///etc/passwd", "javascript:alert(1)", "millennium://localhost/", "x")
    opened = [
        url for url in urls if not refuses(UnsupportedError, partial(stage.handle.open_url, url))
    ]
    expect(not opened, f"these were handed to the system: {opened}")


@check("runtime 8")
def monitors_are_listed(stage: Stage) -> None:
    """`available_monitors` lists monitors of some size on any thread, the same on all."""
    here = stage.handle.available_monitors()
    there = stage.on_main(stage.handle.available_monitors)
    expect(here == there, f"threads see different monitors: {here} and {there}")
    expect(all(screen.size.width > 0 for screen in here), "a monitor has no width")


def _fail() -> None:
    raise LookupError("on purpose: the suite checks that the loop survives this")
