"""The running app, as commands, hooks and listeners reach it."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from millennium.errors import UnknownWindowError

if TYPE_CHECKING:
    from collections.abc import Callable

    from millennium.app_parts import AppParts
    from millennium.config.schema import Config
    from millennium.config.window import WindowConfig
    from millennium.context import Context
    from millennium.event_bus import Listener
    from millennium.paths import AppPaths
    from millennium.window import Window
    from millennium_runtime.monitor import Monitor

T = TypeVar("T")


class AppHandle:
    """Reaches the running app from any thread.

    Commands that annotate a parameter with it get it. What the main thread has to do is waited for
    there, at most 5 s (`runtime.timeout`); after the app ended it raises
    `runtime.event_loop_closed`.
    """

    def __init__(self, parts: AppParts) -> None:
        self._context = parts.context
        self._runtime = parts.runtime
        self._states = parts.states
        self._events = parts.events
        self._windows = parts.windows
        self._create = parts.create
        self._main = parts.main
        self._paths = parts.paths

    def __repr__(self) -> str:
        """Show which app it is."""
        return f"AppHandle({self.config.identifier!r})"

    # --- what it is

    @property
    def context(self) -> Context:
        """What the app is: its configuration, its files, its policy; for plug-ins."""
        return self._context

    @property
    def config(self) -> Config:
        """The app's configuration, as it was built."""
        return self._context.config

    @property
    def paths(self) -> AppPaths:
        """Folders of this app and of the user."""
        return self._paths

    # --- windows

    def windows(self) -> dict[str, Window]:
        """Return the live windows by label, oldest first."""
        return dict(self._windows)

    def window(self, label: str = "main") -> Window:
        """Return the window with this label.

        Raises:
            UnknownWindowError: There is none, or it was closed.
        """
        try:
            return self._windows[label]
        except KeyError:
            message = f"there is no window {label!r}"
            raise UnknownWindowError(
                message, help="create it first with handle.create_window"
            ) from None

    def create_window(self, config: WindowConfig) -> Window:
        """Make a window; on other threads than the main one, wait for it.

        Example:
            ``handle.create_window(WindowConfig(label="settings", url="settings.html"))``

        Raises:
            millennium_runtime.errors.InvalidLabelError: The label breaks the grammar or is taken.
            millennium_runtime.errors.CreateWindowError: The system refused.
        """
        return self._main.call(lambda: self._create(config))

    def available_monitors(self) -> tuple[Monitor, ...]:
        """Return all monitors, the primary one first."""
        return self._main.call(self._runtime.available_monitors)

    # --- events and state

    def emit(self, name: str, payload: object = None, *, to: str | None = None) -> None:
        """Send an event to everybody, or to the window with the label `to`; never waits.

        Raises:
            EventNameError: The name is malformed.
            PayloadError: JSON cannot carry the payload.
            TooLargeError: The payload is over the limit.
        """
        self._events.send(name, payload, to=to)

    def listen(self, name: str, listener: Listener, *, once: bool = False) -> Callable[[], None]:
        """Hear each event `name`, or the next one, that is not addressed to a window.

        Returns:
            What to call to stop.

        Raises:
            EventNameError: The name is malformed.
            TooManyListenersError: As many as may be listen already.
        """
        return self._events.listen(name, listener, once=once)

    def manage(self, value: object, *, kind: type[object] | None = None) -> None:
        """Keep a value for commands that ask for ``State[type]``; see `States.manage`.

        Raises:
            StateError: There is a value of this type, or it is not of that `kind`.
        """
        self._states.manage(value, kind=kind)

    def state(self, kind: type[T]) -> T:
        """Return the managed value of this type.

        Raises:
            StateError: No value of this type is managed.
        """
        return self._states.get(kind)

    # --- the loop

    def is_main_thread(self) -> bool:
        """Whether the caller is on the main thread, where nobody may wait."""
        return self._main.is_current()

    def run_on_main(self, question: Callable[[], T]) -> T:
        """Run `question` on the main thread and return what it returned."""
        return self._main.call(question)

    def post(self, task: Callable[[], None]) -> None:
        """Run `task` on the main thread soon; never waits. An exception in it is logged."""
        self._main.post(task)

    def open_url(self, url: str) -> None:
        """Hand an http, https or mailto URL to the system.

        Raises:
            millennium_runtime.errors.UnsupportedError: Another scheme.
        """
        self._main.call(lambda: self._runtime.open_url(url))

    def exit(self, code: int = 0) -> None:
        """Ask the app to end with this exit code; a listener may prevent it."""
        self._runtime.request_exit(code)
