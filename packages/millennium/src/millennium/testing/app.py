"""Runs an app on a mock runtime, beside the test."""

from __future__ import annotations

import queue
import threading
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self

from millennium.app import App
from millennium.collected import Collected
from millennium.context import Context
from millennium.handle import AppHandle
from millennium.launch import Launch
from millennium.main_thread import MainThread
from millennium.paths import AppPaths
from millennium.testing.context import mock_context
from millennium.testing.page import WAIT_SECONDS, Page
from millennium_runtime.dialog import Dialog
from millennium_runtime.testing import MockRuntime
from millennium_runtime.testing.mock_page import MockPage
from millennium_runtime.webview import World

POLL_SECONDS = 0.002


class MockApp:
    """An app that runs without a display; made by `mock_app`. Use it in a ``with`` statement.

    The app's own commands, state and hooks are used; the app itself is not changed and may be run
    in many tests, one after the other.

    Attributes:
        runtime: What its windows are made by; its `window` has the hands of user and system.
        exit_code: What the loop returned, None while it runs.
        collected: The app's own commands, state and hooks, once more.
    """

    runtime: MockRuntime

    def __init__(self, app: App, context: Context, home: Path | None = None) -> None:
        self.exit_code: int | None = None
        self.collected: Collected = app.collected.fork()
        self._context = context
        self._home = home
        self._pages: dict[str, Page] = {}
        self._started: queue.SimpleQueue[MockRuntime | None] = queue.SimpleQueue()
        self._is_over = threading.Event()
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="mock-app", daemon=True)

    def __enter__(self) -> Self:
        """Start the app and wait for the first documents of its windows."""
        self._thread.start()
        runtime = self._started.get()
        if runtime is None:
            self._thread.join()
            self._raise()
        else:
            self.runtime = runtime
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the app; raise what it failed with, unless the test failed first."""
        self._is_over.set()
        self._thread.join(WAIT_SECONDS)
        if kind is None:
            self._raise()

    @property
    def handle(self) -> AppHandle:
        """Reaches the app from any thread."""
        return self.collected.require_handle()

    def page(self, label: str = "main") -> Page:
        """Return the page of a window.

        Raises:
            LookupError: There never was such a window.
        """
        if label not in self._pages:
            self._pages[label] = Page(self.runtime.window(label), MainThread(self.runtime.handle()))
        return self._pages[label]

    def answer_dialog(self, *result: str, window: str = "main") -> Dialog:
        """Wait for a dialog of the window, then answer it; nothing means cancelled.

        Returns:
            The dialog that was shown.

        Raises:
            TimeoutError: None came.
        """
        hands = self.runtime.window(window)
        end = time.monotonic() + WAIT_SECONDS
        while not hands.dialogs:
            if time.monotonic() > end:
                raise TimeoutError(f"window {window!r} showed no dialog")
            time.sleep(POLL_SECONDS)
        return hands.answer_dialog(*result)

    def _run(self) -> None:
        runtime = MockRuntime.scripted(self._follow)
        try:
            with TemporaryDirectory() as folder:
                self.exit_code = Launch(self.collected, []).run(
                    context=self._context,
                    runtime=runtime,
                    paths=AppPaths.below(
                        self._home or Path(folder), self._context.config.identifier
                    ),
                )
        except BaseException as error:  # noqa: BLE001 - the test's thread raises it
            self._error = error
        self._started.put(None)

    def _follow(self, runtime: MockRuntime) -> None:
        """Stand beside the loop until the test is over. Thread: the script's."""
        runtime.handle().post(lambda: self._begin(runtime))
        self._is_over.wait()

    def _begin(self, runtime: MockRuntime) -> None:
        """Let the test go on: the first documents have been asked for before. Thread: main."""
        runtime.run_script = self._on_script
        if self.collected.failure is None:
            self._started.put(runtime)

    def _on_script(self, page: MockPage, script: str, world: World) -> None:
        self.page(page.source.label).on_script(script, world)

    def _raise(self) -> None:
        if self._error is not None:
            raise self._error


def mock_app(
    app: App | None = None,
    *,
    context: Context | None = None,
    home: Path | None = None,
    **config: object,
) -> MockApp:
    """Run an app without a display.

    Example:
        ::

            with mock_app(app) as running:
                assert invoke(running, "greet", name="Ada") == "Hello, Ada!"

    Args:
        app: Whose commands, state and hooks are used; none gives an app without any.
        context: What the app is; made of `config` by `mock_context` when left out.
        home: The folder that all of the app's folders are in; a fresh one that is removed
            afterwards when left out.
        **config: Keys of the configuration.
    """
    return MockApp(app or App(), context or mock_context(config), home)


def invoke(app: App | MockApp, name: str, /, *, window: str = "main", **args: object) -> object:
    """Call a command from a window's page: greeting, token, handle and gate are the real ones.

    A command's ``bytes`` go and come as they are. For a parameter called ``window`` use
    `Page.invoke`.

    Args:
        app: One that runs (`mock_app`); another one is run for this call alone.
        name: Of the command.
        window: Label of the window.
        **args: The command's arguments.

    Raises:
        InvokeError: It was refused, or it raised.
        TimeoutError: It was not answered.
    """
    if isinstance(app, App):
        with mock_app(app) as running:
            return invoke(running, name, window=window, **args)
    bodies = [value for value in args.values() if isinstance(value, bytes)]
    plain = {key: None if isinstance(value, bytes) else value for key, value in args.items()}
    return app.page(window).invoke(name, plain, body=bodies[0] if bodies else None)
