"""Checks of `millennium_runtime.dispatcher`: who waits for whom, and what a closed window says."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import partial

from millennium_runtime.dispatcher import Dispatcher
from millennium_runtime.errors import RuntimeTimeoutError, WindowClosedError
from millennium_runtime.run_event import CloseRequested, Destroyed, WindowEvent, WindowEventKind
from millennium_runtime.testing.conformance.check import check
from millennium_runtime.testing.conformance.log import expect, refuses
from millennium_runtime.testing.conformance.scripts import Action
from millennium_runtime.testing.conformance.stage import Stage
from millennium_runtime.testing.conformance.stage_window import WindowPlan


@check("dispatcher 1")
def calls_on_the_main_thread_act_at_once(stage: Stage) -> None:
    """On the main thread a setter has acted when it returns."""
    window = stage.open()

    def set_and_get() -> str:
        window.dispatcher.set_title("at once")
        return window.dispatcher.title()

    title = stage.on_main(set_and_get)
    expect(title == "at once", f"the title is {title!r}")


@check("dispatcher 2")
def a_blocked_main_thread_times_out(stage: Stage) -> None:
    """A call that the main thread cannot answer in time raises `RuntimeTimeoutError`."""
    window, release = stage.open(), threading.Event()
    limit = stage.probe.timeout_seconds
    stage.handle.post(lambda: _block(release, limit * 3))
    started = time.monotonic()
    has_timed_out = refuses(RuntimeTimeoutError, window.dispatcher.title)
    waited = time.monotonic() - started
    release.set()
    expect(has_timed_out, "the call was answered while the main thread was blocked")
    expect(waited < limit * 2, f"it took {waited:.1f} s to give up, the limit is {limit:g} s")


@check("dispatcher 2")
def a_call_that_timed_out_is_not_made_later(stage: Stage) -> None:
    """After `RuntimeTimeoutError` the call is not made when the main thread is free again."""
    window, release = stage.open(), threading.Event()
    stage.handle.post(lambda: _block(release, stage.probe.timeout_seconds * 3))
    late = partial(window.dispatcher.set_title, "too late")
    expect(refuses(RuntimeTimeoutError, late), "the call was answered")
    release.set()
    stage.settle()
    title = window.dispatcher.title()
    expect(title == "conformance", f"the title became {title!r}")


@check("dispatcher 2")
def evaluate_and_destroy_never_wait(stage: Stage) -> None:
    """`evaluate` and `destroy` return while the main thread is blocked."""
    window, release = stage.open(), threading.Event()
    limit = stage.probe.timeout_seconds
    stage.handle.post(lambda: _block(release, limit * 3))
    started = time.monotonic()
    window.run(Action(do="record", text="later"))
    window.dispatcher.destroy()
    waited = time.monotonic() - started
    release.set()
    expect(waited < limit / 2, f"they waited {waited:.2f} s")
    window.wait_destroyed()


_CALLS: dict[str, Callable[[Dispatcher], object]] = {
    "title": lambda window: window.title(),
    "set_title": lambda window: window.set_title("ghost"),
    "url": lambda window: window.url(),
    "navigate": lambda window: window.navigate("millennium://localhost/a"),
    "evaluate": lambda window: window.evaluate("1"),
    "inner_size": lambda window: window.inner_size(),
    "show": lambda window: window.show(),
    "is_visible": lambda window: window.is_visible(),
    "add_listener": lambda window: window.add_listener(lambda _event: None),
    "close": lambda window: window.close(),
}


def _expect_closed(window: Dispatcher) -> None:
    names = [
        name
        for name, call in _CALLS.items()
        if not refuses(WindowClosedError, partial(call, window))
    ]
    expect(not names, f"these did not raise WindowClosedError: {names}")
    window.destroy()


@check("dispatcher 3")
def a_closed_window_refuses_calls(stage: Stage) -> None:
    """After `Destroyed` calls of other threads raise `WindowClosedError`; `destroy` does nothing."""
    window = stage.open()
    window.dispatcher.destroy()
    window.wait_destroyed()
    _expect_closed(window.dispatcher)


@check("dispatcher 3")
def a_closed_window_refuses_calls_on_the_main_thread(stage: Stage) -> None:
    """After `Destroyed` calls on the main thread raise `WindowClosedError` too."""
    window = stage.open()
    window.dispatcher.destroy()
    window.wait_destroyed()
    stage.on_main(lambda: _expect_closed(window.dispatcher))


@check("dispatcher 3")
def a_window_is_closed_while_destroyed_is_told(stage: Stage) -> None:
    """A listener that is told `Destroyed` cannot reach the window any more."""
    window = stage.open()
    is_closed: list[bool] = []

    def ask(event: WindowEventKind) -> None:
        if isinstance(event, Destroyed):
            is_closed.append(refuses(WindowClosedError, window.dispatcher.title))

    window.dispatcher.add_listener(ask)
    window.dispatcher.destroy()
    window.wait_destroyed()
    stage.settle()
    expect(is_closed == [True], "the listener could reach the window, or was not told")


@check("dispatcher 3")
def windows_are_closed_after_the_loop(stage: Stage) -> None:
    """After the loop ended its windows raise `WindowClosedError`."""
    window = stage.open()
    stage.finish()
    _expect_closed(window.dispatcher)


@check("dispatcher 4")
def calls_of_one_thread_keep_their_order(stage: Stage) -> None:
    """A call that does not wait takes effect before the next one that does."""
    window = stage.open()
    wanted = tuple(str(number) for number in range(50))
    for name in wanted:
        window.run(Action(do="record", text=name))
        window.dispatcher.set_title(name)
    expect(window.dispatcher.title() == wanted[-1], "the last title is not the last one set")
    expect(window.trace()[-50:] == wanted, "scripts ran out of order or were lost")


@check("dispatcher 5")
def a_close_can_be_prevented(stage: Stage) -> None:
    """`close` tells `CloseRequested`; a listener that prevents it keeps the window."""
    window = stage.open()
    stop = window.dispatcher.add_listener(_prevent)
    window.dispatcher.close()
    stage.settle()
    stage.settle()
    expect(window.dispatcher.title() == "conformance", "the window did not live on")
    expect(Destroyed() not in window.heard.items, "Destroyed was told though it was prevented")
    stop()
    window.dispatcher.close()
    window.wait_destroyed()


@check("dispatcher 5")
def the_app_can_prevent_a_close(stage: Stage) -> None:
    """The callback of `run` may prevent a close as well."""
    window = stage.open()

    def react(event: object) -> None:
        if isinstance(event, WindowEvent):
            _prevent(event.event)

    stage.react = react
    window.dispatcher.close()
    stage.settle()
    stage.settle()
    expect(window.dispatcher.title() == "conformance", "the window did not live on")


@check("dispatcher 5")
def a_window_closes_unless_prevented(stage: Stage) -> None:
    """`close` tells `CloseRequested`, then `Destroyed`, once each, to listeners and to the app."""
    window = stage.open()
    window.dispatcher.close()
    window.wait_destroyed()
    stage.settle()
    ends = (CloseRequested(), Destroyed())
    heard = [event for event in window.heard.items if event in ends]
    expect(heard == list(ends), f"the listener heard {heard}")
    app = [e.event for e in stage.events.items if isinstance(e, WindowEvent) and e.event in ends]
    expect(app == list(ends), f"the app was told {app}")


@check("dispatcher 5")
def destroy_asks_nobody(stage: Stage) -> None:
    """`destroy` closes without `CloseRequested`."""
    window = stage.open()
    window.dispatcher.add_listener(_prevent)
    window.dispatcher.destroy()
    window.wait_destroyed()
    expect(CloseRequested() not in window.heard.items, "CloseRequested was told")


@check("dispatcher 5")
def a_removed_listener_hears_nothing(stage: Stage) -> None:
    """What `add_listener` returned stops the listener; a second call does nothing."""
    window = stage.open()
    heard: list[WindowEventKind] = []
    stop = window.dispatcher.add_listener(heard.append)
    stop()
    stop()
    window.dispatcher.close()
    window.wait_destroyed()
    expect(not heard, f"it still heard {heard}")


@check("dispatcher 5")
def each_window_has_its_own_listeners(stage: Stage) -> None:
    """A listener hears its own window only, and the app learns the label."""
    first, second = stage.open(), stage.open(WindowPlan(label="second"))
    second.dispatcher.close()
    second.wait_destroyed()
    stage.settle()
    ends = [event for event in first.heard.items if isinstance(event, CloseRequested | Destroyed)]
    expect(not ends, f"the other window heard {ends}")
    told = {
        e.label for e in stage.events.items if isinstance(e, WindowEvent) and e.event == Destroyed()
    }
    expect(told == {"second"}, f"the app was told of {told}")


def _prevent(event: WindowEventKind) -> None:
    if isinstance(event, CloseRequested):
        event.veto.prevent()


def _block(release: threading.Event, seconds: float) -> None:
    release.wait(seconds)
