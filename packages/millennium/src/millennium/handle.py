"""The running app, as commands, hooks and listeners reach it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from millennium.errors import UnknownWindowError
from millennium.event import Event, EventBus, Listener
from millennium.main_thread import call_main
from millennium.paths import AppPaths
from millennium.state import States
from millennium.window import Window
from millennium_runtime.monitor import Monitor
from millennium_runtime.runtime import RuntimeHandle

if TYPE_CHECKING:
    from millennium.config.schema import Config
    from millennium.config.window import WindowConfig
    from millennium.context import Context

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class AppParts:
    """What a running app is made of.

    Attributes:
        context: What it was built from.
        runtime: Reaches the loop.
        states: Its managed values.
        events: Carries its events.
        windows: The live ones by label, oldest first.
        create: Makes a window; main thread.
    """

    context: Context
    runtime: RuntimeHandle
    states: States
    events: EventBus
    windows: Mapping[str, Window]
    create: Callable[[WindowConfig], Window]


class AppHandle:
    """Reaches the running app from any thread. Commands that annotate a parameter with it get it."""

    def __init__(self, parts: AppParts) -> None:
        self._context = parts.context
        self._runtime = parts.runtime
        self._states = parts.states
        self._events = parts.events
        self._windows = parts.windows
        self._create = parts.create
        self._paths = AppPaths.of(parts.context.config.identifier)

    # --- what it is

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
        return call_main(self._runtime, lambda: self._create(config))

    def available_monitors(self) -> tuple[Monitor, ...]:
        """Return all monitors, the primary one first."""
        return call_main(self._runtime, self._runtime.available_monitors)

    # --- events and state

    def emit(self, name: str, payload: object = None, *, to: str | None = None) -> None:
        """Send an event to everybody, or to the window with the label `to`; never waits."""
        self._events.emit(Event(name=name, payload=payload), to=to)

    def listen(self, name: str, listener: Listener, *, once: bool = False) -> Callable[[], None]:
        """Hear each event `name`, or the next one, that is not addressed to a window.

        Returns:
            What to call to stop.
        """
        return self._events.listen(name, listener, once=once)

    def manage(self, value: object, *, kind: type[object] | None = None) -> None:
        """Keep a value for commands that ask for ``State[type]``; see `States.manage`."""
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
        return self._runtime.is_main_thread()

    def post(self, task: Callable[[], None]) -> None:
        """Run `task` on the main thread soon; never waits."""
        self._runtime.post(task)

    def open_url(self, url: str) -> None:
        """Hand an http, https or mailto URL to the system.

        Raises:
            millennium_runtime.errors.UnsupportedError: Another scheme.
        """
        call_main(self._runtime, lambda: self._runtime.open_url(url))

    def exit(self, code: int = 0) -> None:
        """Ask the app to end with this exit code; a listener may prevent it."""
        self._runtime.request_exit(code)
