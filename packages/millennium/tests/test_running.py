"""Windows come and go; bridge, scope, listeners and permissions come and go with them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from millennium import App, AppHandle, Plugin, Window
from millennium.config.window import WindowConfig
from millennium.errors import AppStateError, NotAllowedError, UnknownWindowError
from millennium.event import Event
from millennium.ipc.invoke import Invoke
from millennium.security.scope import FsScope
from millennium.testing import MockApp, assert_refused, invoke, mock_app, mock_context
from millennium_runtime.dpi import LogicalSize, PhysicalSize
from millennium_runtime.errors import (
    CreateWindowError,
    InvalidLabelError,
    UnsupportedError,
    WindowClosedError,
)
from millennium_runtime.run_event import Destroyed, Ready, RunEvent
from millennium_runtime.testing import MockRuntime
from millennium_runtime.webview import MessageSource

SECONDS = 5.0
TWO = [{"label": "main"}, {"label": "other"}]


@pytest.fixture
def app() -> App:
    app = App()
    app.command(name="alive")(lambda: True)
    return app


@pytest.fixture
def running(app: App) -> Iterator[MockApp]:
    with mock_app(app, windows=TWO) as running:
        yield running


class Heard:
    """Keeps one event."""

    def __init__(self) -> None:
        self.event: Event | None = None
        self._is_there = threading.Event()

    def __call__(self, event: Event) -> None:
        self.event = event
        self._is_there.set()

    def wait(self) -> Event | None:
        assert self._is_there.wait(SECONDS)
        return self.event


# --- windows


def test_the_windows_of_the_configuration_are_there(running: MockApp) -> None:
    assert list(running.handle.windows()) == ["main", "other"]


def test_a_window_may_wait_to_be_made(app: App) -> None:
    with mock_app(app, windows=[{"label": "main"}, {"label": "late", "create": False}]) as running:
        assert list(running.handle.windows()) == ["main"]


def test_an_app_may_begin_without_windows(app: App) -> None:
    with mock_app(app, windows=[]) as running:
        assert running.handle.windows() == {}


def test_a_window_looks_as_configured(app: App) -> None:
    looks = {"width": 300, "height": 200, "min-width": 100, "max-height": 900, "x": 5, "y": 6}
    behaves = {"title": "T", "theme": "dark", "user-agent": "U", "background-color": "#123456"}
    with mock_app(app, windows=[{**looks, **behaves}]) as running:
        pending = running.runtime.window().pending
    window, webview = pending.window, pending.webview
    assert (window.title, window.size, window.theme) == ("T", LogicalSize(300, 200), "dark")
    assert (window.min_size, window.max_size) == (
        LogicalSize(100, 0),
        LogicalSize(100_000, 900),
    )
    assert (webview.user_agent, webview.background) == ("U", "#123456")


def test_a_window_without_a_title_has_the_apps_name(running: MockApp) -> None:
    assert running.handle.window().title() == "Mock"


@pytest.mark.parametrize(("mode", "expected"), [("development", True), ("release", False)])
def test_the_inspector_is_for_development(app: App, mode: str, expected: bool) -> None:
    context = mock_context(mode=mode)  # type: ignore[arg-type]
    with mock_app(app, context=context) as running:
        assert running.runtime.window().pending.webview.devtools is expected


def test_a_window_is_made_while_the_app_runs(running: MockApp) -> None:
    window = running.handle.create_window(WindowConfig(label="third", url="x.html"))
    assert running.handle.window("third") is window
    assert running.runtime.window("third").pending.webview.url == "millennium://localhost/x.html"
    assert invoke(running, "alive", window="third") is True


def test_a_taken_label_is_refused_and_the_app_goes_on(running: MockApp) -> None:
    with pytest.raises(InvalidLabelError):
        running.handle.create_window(WindowConfig(label="other"))
    assert invoke(running, "alive", window="other") is True


def test_a_malformed_label_is_refused(running: MockApp) -> None:
    with pytest.raises(InvalidLabelError):
        running.handle.create_window(WindowConfig(label="a b"))


def test_an_unknown_window_is_told_by_name(running: MockApp) -> None:
    with pytest.raises(UnknownWindowError, match="no window 'third'"):
        running.handle.window("third")


def test_all_hear_of_a_new_window(running: MockApp) -> None:
    heard = Heard()
    running.handle.listen("millennium:window-created", heard)
    running.handle.create_window(WindowConfig(label="third"))
    assert heard.wait() == Event(name="millennium:window-created", payload={"label": "third"})
    assert running.page().wait_event("millennium:window-created").payload == {"label": "third"}


def test_a_closed_window_is_forgotten_and_its_label_is_free(running: MockApp) -> None:
    running.runtime.window("other").close()
    assert list(running.handle.windows()) == ["main"]
    running.handle.create_window(WindowConfig(label="other"))
    assert list(running.handle.windows()) == ["main", "other"]


def test_a_page_hears_what_happens_to_its_window_and_no_other(running: MockApp) -> None:
    running.page().greet()
    running.page("other").greet()
    running.runtime.window("other").resize(PhysicalSize(300, 200))
    event = running.page("other").wait_event("millennium:resize")
    assert (event.payload, event.source) == ({"width": 300, "height": 200}, "")
    assert [event for event in running.page().events if event.name == "millennium:resize"] == []


def test_python_hears_that_a_window_ended(running: MockApp) -> None:
    heard = Heard()
    running.handle.window("other").listen("millennium:destroyed", heard)
    running.runtime.window("other").close()
    assert heard.wait()


def test_the_end_of_an_unknown_window_harms_nobody(running: MockApp) -> None:
    tell = running.runtime.loop.tell_window
    running.handle.run_on_main(lambda: tell("ghost", Destroyed()))
    assert invoke(running, "alive") is True


# --- events


def test_a_page_reaches_another_window_by_name_and_is_named_itself(running: MockApp) -> None:
    running.page("other").greet()
    invoke(running, "event.emit_to", target="other", name="hi", payload=[1])
    event = running.page("other").wait_event("hi")
    assert (event.payload, event.source) == ([1], "main")


# --- assets


API = "millennium://localhost/__millennium/api/"


@pytest.mark.parametrize(
    ("name", "status"),
    [("core.js", 200), ("event.js", 200), ("fs.js", 404), ("nothing.js", 404)],
)
def test_only_enabled_api_modules_are_served(running: MockApp, name: str, status: int) -> None:
    assert running.runtime.window().fetch(API + name).wait().status == status


def test_an_api_module_is_served_where_it_is_enabled(app: App) -> None:
    with mock_app(app, allowlist={"fs": {"read-file": True}}) as running:
        assert running.runtime.window().fetch(API + "fs.js").wait().status == 200


def test_pages_are_served_with_their_policy(running: MockApp) -> None:
    page = running.runtime.window().content
    assert page is not None
    assert "default-src" in page.headers["content-security-policy"]


# --- plug-ins


class Weather(Plugin):
    """Has one command and keeps what it was told."""

    def __init__(self) -> None:
        self.told: list[object] = []

    @property
    def name(self) -> str:
        return "weather"

    def commands(self) -> tuple[object, ...]:  # type: ignore[override]
        return (self.today,)

    def today(self) -> str:
        return "sunny"

    def on_setup(self, handle: AppHandle, config: object) -> None:
        self.told.append(config)

    def on_window_created(self, window: Window) -> None:
        self.told.append(window.label)

    def on_event(self, handle: AppHandle, event: RunEvent) -> None:
        self.told.append(event)


class Quiet(Plugin):
    @property
    def name(self) -> str:
        return "quiet"


def test_a_plugin_is_told_and_has_commands(app: App) -> None:
    weather = Weather()
    app.plugin(weather)
    app.plugin(Quiet())
    context = mock_context(
        {"plugins": {"weather": {"city": "Paris"}}},
        capabilities=({"permissions": ["weather:today"]},),
    )
    with mock_app(app, context=context) as running:
        assert invoke(running, "weather:today") == "sunny"
    assert weather.told[:3] == ["main", {"city": "Paris"}, Ready()]


def test_a_plugins_command_needs_a_capability(app: App) -> None:
    app.plugin(Weather())
    with mock_app(app) as running, assert_refused():
        invoke(running, "weather:today")


def test_a_plugin_is_added_once(app: App) -> None:
    app.plugin(Weather())
    with pytest.raises(AppStateError, match="'weather' already"):
        app.plugin(Weather())


# --- files that are dropped


def test_a_dropped_file_may_be_read(app: App, tmp_path: Path) -> None:
    dropped = tmp_path / "a.txt"
    dropped.write_text("dropped")
    with mock_app(app, allowlist={"fs": {"read-file": True}}) as running:
        with assert_refused("fs.out_of_scope"):
            invoke(running, "fs.read_text", path=str(dropped))
        running.runtime.window().drop_files(str(dropped))
        assert invoke(running, "fs.read_text", path=str(dropped)) == "dropped"


def test_a_file_that_is_dropped_on_a_strangers_page_may_not_be_read(
    app: App, tmp_path: Path
) -> None:
    dropped = tmp_path / "a.txt"
    dropped.write_text("dropped")
    far = {"navigation": ["https://far.example"]}
    with mock_app(app, allowlist={"fs": {"read-file": True}}, security=far) as running:
        window = running.runtime.window()
        window.load("https://far.example/")
        window.drop_files(str(dropped))
        window.load("millennium://localhost/index.html")
        with assert_refused("fs.out_of_scope"):
            invoke(running, "fs.read_text", path=str(dropped))


def test_without_the_fs_api_a_dropped_file_is_only_told(running: MockApp) -> None:
    running.page().greet()
    running.runtime.window().drop_files("/tmp/a")
    assert running.page().wait_event("millennium:file-drop").payload == ["/tmp/a"]


def test_a_document_without_an_origin_has_no_files(app: App) -> None:
    source = MessageSource(label="main", url="about:blank", document=1)
    call = Invoke(command="x", label="main", source=source, document=1, bridge=None)
    with mock_app(app, allowlist={"fs": {"read-file": True}}) as running:
        inject = running.collected.injectors[FsScope]
        with pytest.raises(NotAllowedError):
            inject(call)


# --- when a window cannot be made


class Refusing(MockRuntime):
    def create_window(self, pending: object) -> object:  # type: ignore[override]
        raise CreateWindowError("no")


def test_an_app_whose_first_window_cannot_be_made_says_why() -> None:
    app = App(context=mock_context(), runtime=Refusing)
    with pytest.raises(CreateWindowError):
        app.run()


# --- what the handle reaches


def test_the_handle_reaches_the_system(running: MockApp) -> None:
    running.handle.open_url("https://example.org/")
    assert running.runtime.opened_urls == ["https://example.org/"]
    with pytest.raises(UnsupportedError):
        running.handle.open_url("file:///etc/passwd")
    assert len(running.handle.available_monitors()) == 1


def test_the_handle_keeps_and_finds_values(running: MockApp) -> None:
    running.handle.manage([3])
    assert running.handle.state(list) == [3]


def test_the_handle_sends_to_one_window(running: MockApp) -> None:
    running.page("other").greet()
    running.handle.emit("a", 1, to="other")
    assert running.page("other").wait_event("a").payload == 1


def test_a_task_is_posted_to_the_main_thread(running: MockApp) -> None:
    seen: list[bool] = []
    running.handle.post(lambda: seen.append(running.handle.is_main_thread()))
    assert running.handle.run_on_main(lambda: list(seen)) == [True]


def test_paths_of_a_test_are_not_the_users(running: MockApp) -> None:
    assert not running.handle.paths.app_data.is_relative_to(Path.home())


def test_a_window_kept_over_its_end_says_so(running: MockApp) -> None:
    window = running.handle.window("other")
    running.runtime.window("other").close()
    with pytest.raises(WindowClosedError):
        window.title()
