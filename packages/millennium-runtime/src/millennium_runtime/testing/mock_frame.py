"""One mock window inside the loop: its look, its page, its listeners and its end."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any, ClassVar

from millennium_runtime.dialog import Dialog, DialogHandler
from millennium_runtime.dispatcher import WindowListener
from millennium_runtime.dpi import PhysicalSize, Position, Size
from millennium_runtime.errors import WindowClosedError
from millennium_runtime.monitor import Monitor
from millennium_runtime.run_event import (
    CloseRequested,
    Destroyed,
    Focused,
    Moved,
    Resized,
    WindowEventKind,
)
from millennium_runtime.testing.mock_loop import MockLoop
from millennium_runtime.testing.mock_page import MockPage, ScriptRunner
from millennium_runtime.testing.mock_state import MockState, initial_state
from millennium_runtime.window import PendingWindow

__all__ = ["MockFrame"]

log: logging.Logger = logging.getLogger(__name__)


class MockFrame:
    """What the dispatcher and the test's hands both act on. All methods: main thread.

    Attributes:
        pending: What the window was made from.
        state: How it looks now.
        page: What its webview shows.
        dialogs: Dialogs that are open, oldest first, each with who waits for its result.
    """

    page_type: ClassVar[type[MockPage]] = MockPage

    def __init__(
        self, pending: PendingWindow, loop: MockLoop, monitor: Monitor, runner: ScriptRunner
    ) -> None:
        self.pending = pending
        self.state: MockState = initial_state(pending.window, monitor)
        self.page: MockPage = self.page_type(pending, loop, runner)
        self.dialogs: list[tuple[Dialog, DialogHandler]] = []
        self.is_destroyed: bool = False
        self._loop = loop
        self._listeners: dict[object, WindowListener] = {}

    @property
    def label(self) -> str:
        """Its name."""
        return self.pending.label

    def begin(self) -> None:
        """Take the keyboard if wanted, and load the first document."""
        if self.is_destroyed:
            return
        if self.pending.window.visible and self.pending.window.focus:
            self.focus()
        self.page.load(self.pending.webview.url)

    def require_open(self) -> MockFrame:
        """Return itself while it lives.

        Raises:
            WindowClosedError: It was destroyed.
        """
        if self.is_destroyed:
            message = f"window {self.label!r} is closed"
            raise WindowClosedError(message, help="stop using it after its Destroyed event")
        return self

    # --- look

    def change(self, **fields: Any) -> None:  # noqa: ANN401 - any field of MockState
        """Set fields of the state and tell what that moved or resized."""
        before, after = self.state, replace(self.state, **fields)
        self.state = after
        if after.inner_size != before.inner_size:
            self.tell(Resized(after.inner_size))
        if after.outer_position != before.outer_position:
            self.tell(Moved(after.outer_position))

    def physical(self, size: Size | None) -> PhysicalSize | None:
        """Bring a limit to device pixels."""
        return None if size is None else size.to_physical(self.state.monitor.scale_factor)

    def resize(self, size: Size) -> None:
        """Make the content area this large."""
        self.change(size=size.to_physical(self.state.monitor.scale_factor))

    def move(self, position: Position) -> None:
        """Put the outer top left here."""
        self.change(position=position.to_physical(self.state.monitor.scale_factor))

    def focus(self) -> None:
        """Take the keyboard from whoever has it."""
        for other in self._loop.windows.values():
            other.blur()
        self.state.is_focused = True
        self.tell(Focused(True))

    def blur(self) -> None:
        """Lose the keyboard, if it is here."""
        if self.state.is_focused:
            self.state.is_focused = False
            self.tell(Focused(False))

    # --- events

    def add_listener(self, listener: WindowListener) -> Callable[[], None]:
        """Tell `listener` each event until what is returned is called."""
        key = object()
        self._listeners[key] = listener
        return lambda: _forget(self._listeners, key)

    def tell(self, event: WindowEventKind) -> None:
        """Tell the listeners, then the app; an exception there is logged."""
        for listener in tuple(self._listeners.values()):
            try:
                listener(event)
            except Exception:
                log.exception("a listener of window %r failed", self.label)
        self._loop.tell_window(self.label, event)

    # --- end

    def close(self) -> None:
        """Ask to close; destroy it unless somebody refused."""
        request = CloseRequested()
        self.tell(request)
        if not request.veto.is_prevented:
            self.destroy()

    def destroy(self) -> None:
        """Close without asking; a second time does nothing."""
        if self.is_destroyed:
            return
        self.is_destroyed = True
        self.page.stop()
        self._loop.remove_window(self.label)
        self.tell(Destroyed())
        self._listeners.clear()


def _forget(listeners: dict[object, WindowListener], key: object) -> None:
    listeners.pop(key, None)
