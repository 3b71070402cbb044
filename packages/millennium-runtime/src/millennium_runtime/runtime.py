"""What a window runtime promises: a loop on the main thread and windows that live in it.

The rules that every implementation keeps (the conformance suite checks them by number):

1. `run(on_event)` is called once, on the thread that made the runtime; it sends `Ready`.
2. Windows are made and closed at any time; zero windows at the start is fine.
3. When the last window is destroyed, or after `request_exit`, `ExitRequested` is sent; unless it
   is prevented, all windows are destroyed, `Exit` is sent, and `run` returns the exit code.
4. SIGINT and SIGTERM ask to exit with 130 and 143. A second one cannot be prevented.
5. Tasks and user events keep their order, run after `Ready`, and never inside `post`.
6. Whatever the runtime calls, it calls on the main thread. An exception there is logged and does
   not end the loop.
7. After `run` returned, `post`, `send_event` and `create_window` raise `EventLoopClosedError`;
   `request_exit` does nothing.
8. `open_url` and `available_monitors` may be called on any thread.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self

from millennium_runtime.monitor import Monitor
from millennium_runtime.run_event import RunEvent
from millennium_runtime.window import DetachedWindow, PendingWindow


@dataclass(frozen=True, slots=True, kw_only=True)
class RuntimeAttributes:
    """What a runtime must know before its first window.

    Attributes:
        identifier: Reverse domain name of the app ("org.example.notes").
        app_name: What the user calls it; title of JavaScript dialogs.
        data_directory: Profile folder for saved storage, created 0700 when needed; None saves
            nothing at all.
        schemes: Names of the custom URI schemes windows may serve.
        log_directory: Where a windowed start logs; None logs to stderr only.
        icon: PNG that windows show where the system asks them for one; empty for its own choice.
        starts_with_window: Whether a window that shares the profile will be made at once: a
            runtime may begin with its webview before it is asked for the window.
        sandbox: Whether pages run in the engine's own sandbox: where the system lets them, or not.
    """

    identifier: str
    app_name: str
    data_directory: Path | None = None
    schemes: tuple[str, ...] = ("millennium",)
    log_directory: Path | None = None
    icon: bytes = b""
    starts_with_window: bool = False
    sandbox: Literal["auto", "off"] = "auto"


class EventLoopProxy(ABC):
    """Reaches the loop from any thread, for as long as it runs."""

    @abstractmethod
    def send_event(self, value: object) -> None:
        """Have `UserEvent(value)` sent.

        Raises:
            EventLoopClosedError: The loop has ended.
        """


class RuntimeHandle(ABC):
    """Reaches the runtime from any thread."""

    @abstractmethod
    def create_proxy(self) -> EventLoopProxy:
        """Return a proxy for sending events."""

    @abstractmethod
    def is_main_thread(self) -> bool:
        """Whether the caller is on the loop's thread."""

    @abstractmethod
    def post(self, task: Callable[[], None]) -> None:
        """Run `task` on the main thread soon, before drawing; order is kept; never waits.

        Called before `run` it waits for the loop. An exception in a task is logged and does not
        end the loop.

        Raises:
            EventLoopClosedError: The loop has ended.
        """

    def post_later(self, task: Callable[[], None], seconds: float = 0.0) -> None:  # noqa: ARG002
        """Run `task` on the main thread when nothing else waits there; any thread; never waits.

        What comes from windows and what `post` was given goes first. A runtime that cannot tell
        runs it like `post`.

        Args:
            task: As for `post`.
            seconds: Not before so many have passed.
        """
        self.post(task)

    @abstractmethod
    def create_window(self, pending: PendingWindow) -> DetachedWindow:
        """Make a window; any thread, waiting as `Dispatcher` says.

        Raises:
            InvalidLabelError: The label is taken.
            CreateWindowError: The system refused.
            EventLoopClosedError: The loop has ended.
            RuntimeTimeoutError: The main thread did not answer in time.
        """

    @abstractmethod
    def request_exit(self, code: int = 0) -> None:
        """Ask the loop to end with this exit code; a listener may prevent it.

        Never waits. After the end it does nothing.
        """

    @abstractmethod
    def open_url(self, url: str) -> None:
        """Hand an http, https or mailto URL to the system.

        Raises:
            UnsupportedError: Another scheme.
        """

    @abstractmethod
    def available_monitors(self) -> tuple[Monitor, ...]:
        """Return all monitors, the primary one first."""


class Runtime(ABC):
    """One event loop on one thread."""

    @classmethod
    def preload(cls) -> None:
        """Begin to load what `new` will need, on a thread of its own; never waits or fails.

        May be called often, by any thread, whether or not `new` follows. Does nothing unless a
        runtime has something to load.
        """
        return

    @classmethod
    @abstractmethod
    def new(cls, attributes: RuntimeAttributes) -> Self:
        """Prepare a runtime on the calling thread, which becomes its main thread.

        Raises:
            NoEngineError: No usable system webview; the help names the command that mends it.
        """

    @abstractmethod
    def handle(self) -> RuntimeHandle:
        """Return the thread-safe handle."""

    @abstractmethod
    def run(self, on_event: Callable[[RunEvent], None]) -> int:
        """Run the loop until it exits; return the exit code (see the module's rules)."""

    def engine(self) -> str:
        """Return name and version of the system webview, for reports ("WebKitGTK 2.50.1")."""
        return type(self).__name__
