"""A running app for tests of the real engine: the loop has the main thread, the test its own."""

from __future__ import annotations

import contextlib
import itertools
import json
import logging
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

import pytest

from millennium_runtime import RuntimeAttributes
from millennium_runtime.dispatcher import Dispatcher
from millennium_runtime.request import Request, Responder, Response, UriSchemeProtocol
from millennium_runtime.run_event import ExitRequested, RunEvent, WindowEvent
from millennium_runtime.webview import MessageSource, PageLoad, Reply, WebviewAttributes, World
from millennium_runtime.window import PendingWindow, WindowAttributes
from millennium_runtime_webview import WebviewRuntime
from millennium_runtime_webview.dispatcher import WebviewDispatcher

sys.path.insert(0, str(Path(__file__).parent))

from webview_probe import descendants

T = TypeVar("T")
ORIGIN = "millennium://localhost"
PATIENCE_SECONDS = 15.0
LOOK = WindowAttributes(title="under test")


def eventually(question: Callable[[], T]) -> T:
    """Ask until the answer is true; fail when patience ends."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not (answer := question()):
        assert time.monotonic() < end, "it never came to pass"
        time.sleep(0.02)
    return answer


@dataclass
class Shown:
    """A window under test and everything it told."""

    app: App
    label: str = "main"
    loads: list[PageLoad] = field(default_factory=list)
    messages: list[tuple[MessageSource, str, Reply]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    popups: list[str] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    answers: dict[str, object] = field(default_factory=dict)
    pages: dict[str, Response] = field(default_factory=dict)
    is_allowed: Callable[[str], bool] = lambda _url: True
    dispatcher: Dispatcher = field(init=False)

    def serve(self, request: Request, respond: Responder) -> None:
        """Serve the pages of the test, and take what its scripts report."""
        parts = urlsplit(request.uri)
        if parts.path == "/__report":
            key = parse_qs(parts.query)["id"][0]
            self.answers[key] = json.loads(request.read_body(1 << 24))
            respond(Response(status=204))
            return
        self.requests.append(request)
        respond(self.pages.get(parts.path) or html("<title>page</title>hello"))

    def ask(self, url: str) -> bool:
        """Be the navigation handler."""
        self.asked.append(url)
        return self.is_allowed(url)

    def stages(self, stage: str) -> list[PageLoad]:
        """Return the steps of one kind."""
        return [load for load in list(self.loads) if load.stage == stage]

    def wait(self, stage: str, count: int = 1) -> Shown:
        """Wait for so many steps of one kind."""
        eventually(lambda: len(self.stages(stage)) >= count)
        return self

    def js(self, expression: str, world: World = World.PAGE) -> object:
        """Return the value of an expression, awaited, as JSON."""
        key = str(next(self.app.numbers))
        self.dispatcher.evaluate(
            "(async () => { let value; try { value = await (" + expression + ") }"
            " catch (error) { value = `failed ${error.name}` }"
            f" await fetch('{ORIGIN}/__report?id={key}', {{ method: 'POST',"
            " body: JSON.stringify(value ?? null) }) })()",
            world,
        )
        eventually(lambda: key in self.answers)
        return self.answers[key]

    def native(self, function: Callable[[object], T]) -> T:
        """Return what a function of the engine's window returns on the main thread."""
        assert isinstance(self.dispatcher, WebviewDispatcher)
        window = self.dispatcher._window
        return self.app.on_main(lambda: function(window))


@dataclass
class App:
    """A runtime under test."""

    runtime: WebviewRuntime
    attributes: RuntimeAttributes
    events: list[RunEvent] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    is_leaving: bool = False

    def take(self, event: RunEvent) -> None:
        """Be the app: stay until the test is over."""
        self.events.append(event)
        if isinstance(event, ExitRequested) and not self.is_leaving:
            event.veto.prevent()

    def window_events(self, kind: type[T]) -> list[T]:
        """Return what windows told, of one kind."""
        told = [event.event for event in list(self.events) if isinstance(event, WindowEvent)]
        return [event for event in told if isinstance(event, kind)]

    def on_main(self, function: Callable[[], T]) -> T:
        """Run a function on the main thread and return its value."""
        return self.runtime._loop.main.call(function)

    def open(
        self,
        *,
        label: str = "main",
        look: WindowAttributes = LOOK,
        pages: dict[str, Response] | None = None,
        is_allowed: Callable[[str], bool] = lambda _url: True,
        on_message: Callable[[MessageSource, str, Reply], None] | None = None,
        serve: UriSchemeProtocol | None = None,
        loaded: bool = True,
        **webview: Any,
    ) -> Shown:
        """Show a window and wait for its first document."""
        shown = Shown(self, label=label, pages=pages or {}, is_allowed=is_allowed)
        attributes = replace(WebviewAttributes(url=f"{ORIGIN}/", private_world="apart"), **webview)
        pending = PendingWindow(
            label=label,
            window=look,
            webview=attributes,
            protocols={"millennium": serve or shown.serve},
            ipc_handler=on_message,
            page_load_handler=shown.loads.append,
            navigation_handler=shown.ask,
            new_window_handler=shown.popups.append,
        )
        shown.dispatcher = self.runtime.handle().create_window(pending).dispatcher
        return shown.wait("finished") if loaded else shown


def html(text: str, *headers: tuple[str, str]) -> Response:
    """Return a document."""
    head = ("content-type", "text/html; charset=utf-8")
    return Response(headers=(head, *headers), body=f"<!doctype html>{text}".encode())


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run a test that has an `app` beside the app's loop."""
    app = pyfuncitem.funcargs.get("app")
    if not isinstance(app, App):
        return None
    names = pyfuncitem._fixtureinfo.argnames
    arguments = {name: pyfuncitem.funcargs[name] for name in names}
    failures: list[BaseException] = []

    def play() -> None:
        try:
            pyfuncitem.obj(**arguments)
        except BaseException as exc:  # noqa: BLE001 - raised again on the main thread
            failures.append(exc)
        app.is_leaving = True
        app.runtime.handle().request_exit()

    actor = threading.Thread(target=play, name="test", daemon=True)
    app.runtime.handle().post(actor.start)
    app.runtime.run(app.take)
    actor.join(PATIENCE_SECONDS)
    if failures:
        raise failures[0]
    return True


@pytest.fixture
def app(tmp_path: Path) -> App:
    """A runtime that is run while the test plays."""
    attributes = RuntimeAttributes(
        identifier="org.example.undertest", app_name="Under Test", data_directory=tmp_path / "data"
    )
    return App(WebviewRuntime.new(attributes), attributes)


def is_managed() -> bool:
    """Whether a window manager says that it manages; windows before that have no frame."""
    command = ["xprop", "-root", "_NET_SUPPORTING_WM_CHECK"]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    return "window id" in said.stdout


@pytest.fixture(scope="session")
def window_manager() -> Iterator[None]:
    """A window manager: states and focus are its work."""
    program = shutil.which("openbox")
    if program is None:
        pytest.skip("needs openbox")
    process = subprocess.Popen([program], stderr=subprocess.DEVNULL)
    if shutil.which("xprop"):
        eventually(is_managed)
    else:
        time.sleep(0.5)
    yield
    process.terminate()
    process.wait()


@pytest.fixture
def press() -> Callable[..., None]:
    """Type keys, as the user."""
    program = shutil.which("xdotool")
    if program is None:
        pytest.skip("needs xdotool")

    def type_keys(*arguments: str) -> None:
        subprocess.run([program, *arguments], check=True, capture_output=True, timeout=8)

    return type_keys


@pytest.fixture
def stop_page() -> Iterator[Callable[[], None]]:
    """Stop all processes of pages, as a page that hangs; call again to let them go on."""
    stopped: list[int] = []

    def stop() -> None:
        if not stopped:
            stopped.extend(descendants(os.getpid(), "WebKitWebProces"))
            signal_all(signal.SIGSTOP)
        else:
            signal_all(signal.SIGCONT)
            stopped.clear()

    def signal_all(number: signal.Signals) -> None:
        for process in stopped:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, number)

    yield stop
    signal_all(signal.SIGCONT)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out what opens windows where there is no display."""
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        return
    folder = Path(__file__).parent
    for item in items:
        if item.get_closest_marker("gui") and folder in item.path.parents:
            item.add_marker(pytest.mark.skip(reason="needs a display: run it with xvfb-run -a"))


logging.getLogger("millennium_runtime_webview").setLevel(logging.INFO)
