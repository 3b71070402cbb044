"""The thread-safe handle of one window.

Rules every implementation keeps (the conformance suite checks them):

1. On the main thread a call acts at once and returns.
2. On any other thread a call is posted to the main thread and waited for, at most
   `MAX_WAIT_SECONDS`; then `RuntimeTimeoutError`, and the call will not be made later.
   `evaluate` and `destroy` never wait.
3. From `Destroyed` on, every call raises `WindowClosedError`, except `destroy`, which does
   nothing.
4. Calls of one thread take effect in order.
5. `close` tells `CloseRequested` to the window's listeners, then to the app; unless one of them
   prevents it, the window is destroyed. `destroy` asks nobody. Each window event is told to the
   listeners first, then to the app as `WindowEvent`; `Destroyed` is the last one.

`millennium_runtime.main_thread.MainThread` implements rules 1, 2 and 4.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable

from millennium_runtime.dialog import Dialog, DialogHandler
from millennium_runtime.dpi import PhysicalPosition, PhysicalSize, Position, Size
from millennium_runtime.main_thread import MAX_WAIT_SECONDS
from millennium_runtime.monitor import Monitor
from millennium_runtime.run_event import WindowEventKind
from millennium_runtime.theme import Theme
from millennium_runtime.webview import World

__all__ = ["MAX_WAIT_SECONDS", "Dispatcher", "WindowListener"]

WindowListener = Callable[[WindowEventKind], None]
"""Thread: main."""


class Dispatcher(ABC):
    """Sends messages to one window, from any thread."""

    # --- what it shows

    @abstractmethod
    def title(self) -> str:
        """Return the title bar's text."""

    @abstractmethod
    def set_title(self, title: str) -> None:
        """Set the title bar's text."""

    @abstractmethod
    def url(self) -> str:
        """Return the URL of the committed document, "" before the first.

        What the document itself changed since (its fragment, `history.pushState`) is in it where
        the engine tells.
        """

    @abstractmethod
    def navigate(self, url: str) -> None:
        """Load `url` in the top frame; the navigation handler is not asked."""

    @abstractmethod
    def reload(self) -> None:
        """Load the current document again."""

    @abstractmethod
    def evaluate(self, script: str, world: World = World.PAGE) -> None:
        """Run JavaScript in the top frame; the result is dropped. Order is kept.

        Raises:
            PageBusyError: The page's world has not run so many that no more are kept for it. On
                another thread than the main one it is logged instead.
        """

    # --- where and how large it is

    @abstractmethod
    def scale_factor(self) -> float:
        """Return device pixels per CSS pixel."""

    @abstractmethod
    def inner_size(self) -> PhysicalSize:
        """Return the size of the content area."""

    @abstractmethod
    def outer_size(self) -> PhysicalSize:
        """Return the size with title bar and borders."""

    @abstractmethod
    def inner_position(self) -> PhysicalPosition:
        """Return the top left of the content area."""

    @abstractmethod
    def outer_position(self) -> PhysicalPosition:
        """Return the top left with title bar and borders."""

    @abstractmethod
    def set_size(self, size: Size) -> None:
        """Set the size of the content area."""

    @abstractmethod
    def set_min_size(self, size: Size | None) -> None:
        """Limit how small the user may make it; None removes the limit."""

    @abstractmethod
    def set_max_size(self, size: Size | None) -> None:
        """Limit how large the user may make it; None removes the limit."""

    @abstractmethod
    def set_position(self, position: Position) -> None:
        """Move the outer top left."""

    @abstractmethod
    def center(self) -> None:
        """Move to the middle of its monitor's work area."""

    @abstractmethod
    def current_monitor(self) -> Monitor | None:
        """Return the monitor it is on, None when the system cannot say."""

    # --- its state

    @abstractmethod
    def is_visible(self) -> bool:
        """Whether it is shown."""

    @abstractmethod
    def show(self) -> None:
        """Show it."""

    @abstractmethod
    def hide(self) -> None:
        """Hide it; it lives on."""

    @abstractmethod
    def is_focused(self) -> bool:
        """Whether it has the keyboard."""

    @abstractmethod
    def set_focus(self) -> None:
        """Bring it to the front and give it the keyboard."""

    @abstractmethod
    def is_minimized(self) -> bool:
        """Whether it is minimised."""

    @abstractmethod
    def minimize(self) -> None:
        """Minimise it."""

    @abstractmethod
    def unminimize(self) -> None:
        """Bring it back from minimised."""

    @abstractmethod
    def is_maximized(self) -> bool:
        """Whether it is maximised."""

    @abstractmethod
    def maximize(self) -> None:
        """Maximise it."""

    @abstractmethod
    def unmaximize(self) -> None:
        """Bring it back from maximised."""

    @abstractmethod
    def is_fullscreen(self) -> bool:
        """Whether it covers the screen."""

    @abstractmethod
    def set_fullscreen(self, fullscreen: bool) -> None:
        """Cover the screen, or stop."""

    @abstractmethod
    def is_resizable(self) -> bool:
        """Whether the user may resize it."""

    @abstractmethod
    def set_resizable(self, resizable: bool) -> None:
        """Let the user resize it, or not."""

    @abstractmethod
    def is_decorated(self) -> bool:
        """Whether it has a title bar and borders."""

    @abstractmethod
    def set_decorations(self, decorations: bool) -> None:
        """Give it a title bar and borders, or none."""

    @abstractmethod
    def set_always_on_top(self, always_on_top: bool) -> None:
        """Keep it above other windows, or not."""

    @abstractmethod
    def set_skip_taskbar(self, skip: bool) -> None:
        """Leave it out of the taskbar, or not."""

    @abstractmethod
    def request_user_attention(self, critical: bool) -> None:
        """Ask for attention without taking the keyboard."""

    @abstractmethod
    def start_dragging(self) -> None:
        """Let the pointer move the window until its button is released."""

    @abstractmethod
    def theme(self) -> Theme:
        """Return "light" or "dark"."""

    # --- tools and end

    @abstractmethod
    def open_devtools(self) -> None:
        """Open the inspector.

        Raises:
            UnsupportedError: The window's `WebviewAttributes.devtools` are off.
        """

    @abstractmethod
    def close_devtools(self) -> None:
        """Close the inspector."""

    @abstractmethod
    def show_dialog(self, dialog: Dialog, on_result: DialogHandler) -> None:
        """Show a dialog that belongs to this window, without waiting for it."""

    @abstractmethod
    def add_listener(self, listener: WindowListener) -> Callable[[], None]:
        """Tell `listener` each window event; call what is returned to stop."""

    @abstractmethod
    def close(self) -> None:
        """Ask the window to close; a listener may prevent it."""

    @abstractmethod
    def destroy(self) -> None:
        """Close without asking."""
