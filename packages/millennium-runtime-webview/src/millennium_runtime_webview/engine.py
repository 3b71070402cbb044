"""What a system webview owes the runtime: few primitives, all on the main thread.

`EngineWindow` acts at once and knows no other thread; rules about threads, waiting and closed
windows live above it, in `dispatcher` and `loop`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Literal

from millennium_runtime.dialog import Dialog, DialogHandler
from millennium_runtime.dpi import PhysicalPosition, PhysicalSize, Position, Size
from millennium_runtime.monitor import Monitor
from millennium_runtime.run_event import WindowEventKind
from millennium_runtime.theme import Theme
from millennium_runtime.webview import World
from millennium_runtime.window import PendingWindow

Toggle = Literal[
    "visible",
    "focused",
    "minimized",
    "maximized",
    "fullscreen",
    "resizable",
    "decorated",
]
"""A window state that can be read and set."""

Hint = Literal["always_on_top", "skip_taskbar", "attention"]
"""A wish to the window system that cannot be read back."""

EmitEvent = Callable[[WindowEventKind], None]
"""Tells the runtime what happened to a window."""


class EngineWindow(ABC):
    """One live native window and its webview. Thread: main, always."""

    @abstractmethod
    def title(self) -> str:
        """Return the title bar's text."""

    @abstractmethod
    def set_title(self, title: str) -> None:
        """Set the title bar's text."""

    @abstractmethod
    def url(self) -> str:
        """Return the URL of the committed document, "" before the first."""

    @abstractmethod
    def navigate(self, url: str) -> None:
        """Load `url` in the top frame without asking the navigation handler."""

    @abstractmethod
    def reload(self) -> None:
        """Load the current document again."""

    @abstractmethod
    def evaluate(self, script: str, world: World) -> None:
        """Run a script in the top frame and drop its result."""

    @abstractmethod
    def scale_factor(self) -> float:
        """Return device pixels per CSS pixel."""

    @abstractmethod
    def size(self, *, is_outer: bool) -> PhysicalSize:
        """Return the size of the content area, or with title bar and borders."""

    @abstractmethod
    def position(self, *, is_outer: bool) -> PhysicalPosition:
        """Return the top left of the content area, or with title bar and borders."""

    @abstractmethod
    def set_size(self, size: Size) -> None:
        """Set the size of the content area."""

    @abstractmethod
    def set_size_limits(self, least: Size | None, most: Size | None) -> None:
        """Limit what the user may resize to; None is no limit."""

    @abstractmethod
    def set_position(self, position: Position) -> None:
        """Move the outer top left."""

    @abstractmethod
    def center(self) -> None:
        """Move to the middle of the monitor's work area."""

    @abstractmethod
    def monitor(self) -> Monitor | None:
        """Return the monitor the window is on."""

    @abstractmethod
    def state(self, name: Toggle) -> bool:
        """Read a window state."""

    @abstractmethod
    def set_state(self, name: Toggle, value: bool) -> None:
        """Set a window state."""

    @abstractmethod
    def set_hint(self, name: Hint, value: bool) -> None:
        """Tell the window system a wish."""

    @abstractmethod
    def start_dragging(self) -> None:
        """Let the pointer move the window until its button is released."""

    @abstractmethod
    def theme(self) -> Theme:
        """Return "light" or "dark"."""

    @abstractmethod
    def set_devtools(self, is_open: bool) -> None:
        """Open or close the inspector.

        Raises:
            UnsupportedError: The window's `WebviewAttributes.devtools` are off.
        """

    @abstractmethod
    def show_dialog(self, dialog: Dialog, on_result: DialogHandler) -> None:
        """Show a dialog of this window without waiting for it."""

    @abstractmethod
    def close(self) -> None:
        """Emit CloseRequested; destroy unless it was prevented."""

    @abstractmethod
    def destroy(self) -> None:
        """Destroy the window and emit Destroyed; a second call does nothing."""


class Engine(ABC):
    """One system webview, ready to make windows."""

    @abstractmethod
    def name(self) -> str:
        """Return its name and version."""

    @abstractmethod
    def create_window(self, pending: PendingWindow, emit: EmitEvent) -> EngineWindow:
        """Make and show a window.

        Raises:
            CreateWindowError: The system refused.
        """

    @abstractmethod
    def monitors(self) -> tuple[Monitor, ...]:
        """Return all monitors, the primary one first."""

    @abstractmethod
    def open_url(self, url: str) -> None:
        """Hand a URL to the system; its scheme was checked."""

    @abstractmethod
    def wake(self, task: Callable[[], None]) -> None:
        """Have the loop run `task` once, before drawing. Any thread."""

    @abstractmethod
    def later(self, task: Callable[[], None], seconds: float) -> None:
        """Have the loop run `task` once, when nothing else waits. Any thread.

        Args:
            task: What to run.
            seconds: Not before so many have passed.
        """

    @abstractmethod
    def run(self, on_start: Callable[[], None], on_signal: Callable[[int], None]) -> None:
        """Run the native loop until `stop`; `on_signal` receives the exit code to ask for."""

    @abstractmethod
    def stop(self) -> None:
        """Have `run` return."""

    @abstractmethod
    def close(self) -> None:
        """Let go of all native objects, after `run` and after the last window."""
