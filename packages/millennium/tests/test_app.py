"""An app from its making to its exit code."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable

import pytest

from millennium import App, AppHandle, CommandError, Event, State, Window
from millennium.app import App as SameApp
from millennium.errors import (
    AppStateError,
    BadSignatureError,
    DuplicateCommandError,
    ReservedNameError,
    StateError,
)
from millennium.launch import SWITCH_INTERVAL_SECONDS
from millennium.main_thread import MainThread
from millennium.plugin import Plugin
from millennium.testing import assert_refused, invoke, mock_app, mock_context
from millennium.testing.page import Page
from millennium_runtime.run_event import (
    CloseRequested,
    Exit,
    ExitRequested,
    Ready,
    RunEvent,
    WindowEvent,
)
from millennium_runtime.testing import MockRuntime

SECONDS = 5.0


def run(app: App, script: Callable[[MockRuntime], None] = lambda runtime: None) -> int:
    """Run an app the way a program does, and return its exit code."""
    made = App(context=mock_context(), runtime=MockRuntime.scripted(script))
    made.collected = app.collected
    try:
        made.run()
    except SystemExit as left:
        return int(str(left.code))
    return 0


def exit_with(code: int) -> Callable[[MockRuntime], None]:
    def script(runtime: MockRuntime) -> None:
        runtime.handle().request_exit(code)
        threading.Event().wait(0.2)

    return script


def linger(runtime: MockRuntime) -> None:
    """Leave the loop the time to end by itself."""
    threading.Event().wait(0.2)


@pytest.fixture
def app() -> App:
    return App()


def test_the_facade_has_the_app() -> None:
    assert App is SameApp


# --- commands


def test_a_command_stays_a_function(app: App) -> None:
    @app.command
    def double(number: int) -> int:
        return number * 2

    assert double(4) == 8
    assert invoke(app, "double", number=4) == 8


def test_each_kind_of_command_runs_where_it_should(app: App) -> None:
    @app.command
    def pool(handle: AppHandle) -> tuple[bool, str]:
        return handle.is_main_thread(), threading.current_thread().name

    @app.command
    async def loop(handle: AppHandle) -> tuple[bool, str]:
        return handle.is_main_thread(), threading.current_thread().name

    @app.command(inline=True)
    def inline(handle: AppHandle) -> tuple[bool, str]:
        return handle.is_main_thread(), threading.current_thread().name

    with mock_app(app) as running:
        assert invoke(running, "pool") == [False, "millennium-worker-0"]
        assert invoke(running, "loop") == [False, "millennium-asyncio"]
        assert invoke(running, "inline") == [True, "mock-app"]


def test_a_command_may_have_another_name(app: App) -> None:
    @app.command(name="twice")
    def double(number: int) -> int:
        return number * 2

    assert invoke(app, "twice", number=2) == 4


def test_a_command_knows_its_window_and_state(app: App) -> None:
    app.manage([1, 2])
    app.manage({"a": 1}, kind=dict)

    @app.command
    def look(window: Window, numbers: State[list]) -> list[object]:  # type: ignore[type-arg]
        return [window.label, numbers.value]

    assert invoke(app, "look") == ["main", [1, 2]]


def test_missing_state_is_told_by_code(app: App) -> None:
    @app.command
    def look(numbers: State[set]) -> None:  # type: ignore[type-arg]
        numbers.value.clear()

    with assert_refused("state.failed"):
        invoke(app, "look")


def test_state_of_no_class_is_refused(app: App) -> None:
    def look(numbers: State[list[int] | None]) -> None:
        return None

    with pytest.raises(BadSignatureError, match="names no class"):
        app.command(look)


def test_a_command_that_cannot_be_registered_is_explained_on_the_command_line(app: App) -> None:
    with pytest.raises(ReservedNameError) as refused:
        app.command(name="exit")(lambda: None)
    assert refused.value.__notes__[0] == "error[M0158]: command.reserved_name"
    assert refused.value.__notes__[-1].startswith("  = help: ")


def test_a_name_is_taken_once(app: App) -> None:
    app.command(name="a")(lambda: None)
    with pytest.raises(DuplicateCommandError):
        app.command(name="a")(lambda: None)


def test_a_built_in_name_is_refused(app: App) -> None:
    with pytest.raises(ReservedNameError):
        app.command(name="exit")(lambda: None)


# --- hooks


def test_set_up_comes_before_the_first_call_and_after_the_first_window(app: App) -> None:
    seen: list[object] = []

    @app.setup
    def prepare(handle: AppHandle) -> None:
        seen.append(handle.window().label)
        handle.manage(seen)

    @app.command
    def look(found: State[list]) -> object:  # type: ignore[type-arg]
        return found.value

    assert invoke(app, "look") == ["main"]


def test_a_set_up_that_fails_ends_the_app_with_its_exception(app: App) -> None:
    @app.setup
    def fail(handle: AppHandle) -> None:
        raise LookupError("no database")

    with pytest.raises(LookupError, match="no database"):
        run(app, linger)


@pytest.mark.parametrize("is_logged", [True, False], ids=["log", "no-log"])
def test_why_it_did_not_start_is_logged_where_there_is_a_log(
    app: App,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    is_logged: bool,
) -> None:
    monkeypatch.setattr(logging.getLogger("millennium.app"), "propagate", is_logged)

    @app.setup
    def fail(handle: AppHandle) -> None:
        raise LookupError("no database")

    with pytest.raises(LookupError):
        run(app, linger)
    assert ("no database" in caplog.text) is is_logged


def test_nobody_prevents_the_exit_of_an_app_that_failed(app: App) -> None:
    @app.setup
    def fail(handle: AppHandle) -> None:
        raise LookupError("no database")

    @app.on_event
    def stay(handle: AppHandle, event: RunEvent) -> None:
        raise AssertionError("nobody is told")

    with pytest.raises(LookupError):
        run(app, linger)


def test_listeners_are_told_the_life_of_the_loop(app: App) -> None:
    told: list[RunEvent] = []

    @app.on_event
    def listen(handle: AppHandle, event: RunEvent) -> None:
        told.append(event)

    run(app)
    assert (told[0], told[-1]) == (Ready(), Exit())


def test_a_listener_that_fails_is_logged_and_the_app_goes_on(
    app: App, caplog: pytest.LogCaptureFixture
) -> None:
    @app.on_event
    def fail(handle: AppHandle, event: RunEvent) -> None:
        raise RuntimeError("oops")

    app.command(name="alive")(lambda: True)
    assert invoke(app, "alive") is True
    assert "a listener failed at Ready" in caplog.text


ASYNC_HOOKS: list[tuple[str, Callable[[App], object]]] = [
    ("setup", lambda app: app.setup(wait)),  # type: ignore[type-var]
    ("on_event", lambda app: app.on_event(wait)),  # type: ignore[type-var]
]


async def wait(*_: object) -> None: ...


@pytest.mark.parametrize(("hook", "add"), ASYNC_HOOKS, ids=[name for name, _ in ASYNC_HOOKS])
def test_a_hook_that_nobody_would_await_is_refused(
    app: App, hook: str, add: Callable[[App], object]
) -> None:
    with pytest.raises(BadSignatureError, match="'wait' is async") as refused:
        add(app)
    assert refused.value.__notes__[-1].startswith("  = help: write `def`")


def test_a_listener_prevents_a_close_and_an_exit(app: App) -> None:
    asked: list[str] = []

    @app.on_event
    def stay(handle: AppHandle, event: RunEvent) -> None:
        if isinstance(event, WindowEvent) and isinstance(event.event, CloseRequested):
            asked.append("close")
            event.event.veto.prevent()
        if isinstance(event, ExitRequested):
            asked.append("exit")
            event.veto.prevent()

    with mock_app(app) as running:
        running.runtime.window().close()
        running.handle.exit(3)
        running.handle.run_on_main(lambda: None)
        assert not running.runtime.window().is_destroyed
    assert asked == ["close", "exit"]


# --- events


def test_an_app_hears_and_sends_events(app: App) -> None:
    heard = threading.Event()

    def answer(event: Event) -> None:
        heard.set()

    app.listen("ping", answer, once=True)
    with mock_app(app) as running:
        invoke(running, "event.emit", name="ping")
        assert heard.wait(SECONDS)


def test_an_app_sends_to_its_own_pages() -> None:
    sending: list[App] = []
    heard: list[object] = []

    def script(runtime: MockRuntime) -> None:
        page = Page(runtime.window(), MainThread(runtime.handle()))
        runtime.run_script = lambda _, script, world: page.on_script(script)
        page.greet()
        sending[0].emit("a", 1)
        sending[0].emit("a", 2, to="main")
        page.wait_event("a")
        runtime.handle().available_monitors()
        heard.extend(event.payload for event in page.events if event.name == "a")

    sending.append(App(context=mock_context(), runtime=MockRuntime.scripted(script)))
    sending[0].run()
    assert heard == [1, 2]


# --- running


@pytest.mark.parametrize("code", [0, 1, 7, 255])
def test_the_exit_code_is_the_one_asked_for(app: App, code: int) -> None:
    assert run(app, exit_with(code)) == code


def test_an_app_runs_once() -> None:
    app = App(context=mock_context(), runtime=MockRuntime.scripted(lambda runtime: None))
    app.run()
    with pytest.raises(AppStateError, match="has run"):
        app.run()


LATE: list[tuple[str, Callable[[App], object]]] = [
    ("command", lambda app: app.command(lambda: None)),
    ("setup", lambda app: app.setup(lambda handle: None)),
    ("on_event", lambda app: app.on_event(lambda handle, event: None)),
    ("plugin", lambda app: app.plugin(Weather())),
]


class Weather(Plugin):
    @property
    def name(self) -> str:
        return "weather"


@pytest.mark.parametrize(("name", "add"), LATE, ids=[name for name, _ in LATE])
def test_nothing_is_added_to_an_app_that_runs(name: str, add: Callable[[App], object]) -> None:
    app = App(context=mock_context(), runtime=MockRuntime.scripted(lambda runtime: None))
    app.run()
    with pytest.raises(AppStateError, match=r"before app\.run"):
        add(app)


def test_the_handle_exists_only_while_it_runs(app: App) -> None:
    with pytest.raises(AppStateError, match="does not run"):
        _ = app.handle
    seen: list[str] = []
    run(app, lambda runtime: seen.append(app.handle.config.identifier))
    assert seen == ["org.example.mock"]
    with pytest.raises(AppStateError):
        _ = app.handle


def test_an_app_and_its_handle_say_what_they_are(app: App) -> None:
    seen: list[str] = []
    run(app, lambda runtime: seen.extend([repr(app), repr(app.handle)]))
    assert seen == ["<App running>", "AppHandle('org.example.mock')"]
    assert repr(app) == "<App not running>"


def test_threads_take_turns_quickly_only_while_it_runs(app: App) -> None:
    seen: list[float] = []
    before = sys.getswitchinterval()
    run(app, lambda runtime: seen.append(sys.getswitchinterval()))
    assert seen == [pytest.approx(SWITCH_INTERVAL_SECONDS)]
    assert sys.getswitchinterval() == pytest.approx(before)


def test_a_second_value_of_a_type_is_refused(app: App) -> None:
    app.manage(1)
    with pytest.raises(StateError):
        app.manage(2)


def test_an_error_of_a_command_is_the_apps_own_code(app: App) -> None:
    @app.command
    def fail() -> None:
        raise CommandError("app.own", "mine")

    with assert_refused("app.own"):
        invoke(app, "fail")
