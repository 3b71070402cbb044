"""A window nobody sees: what it would look like, who listens, and how it ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from millennium_runtime.dispatcher import WindowListener
from millennium_runtime.dpi import PhysicalPosition, PhysicalSize
from millennium_runtime.errors import WindowClosedError
from millennium_runtime.run_event import (
    CloseRequested,
    Destroyed,
    Focused,
    Moved,
    Resized,
    WindowEvent,
    WindowEventKind,
)
from millennium_runtime.window import PendingWindow
from millennium_runtime_headless.document import RunScript, View
from millennium_runtime_headless.loop import Loop, guarded

__all__ = ["SCALE_FACTOR", "HeadlessWindow", "Look"]

SCALE_FACTOR = 1.0


@dataclass(slots=True)
class Look:
    """What setters set and getters return."""

    title: str
    size: PhysicalSize
    position: PhysicalPosition
    is_visible: bool
    is_focused: bool
    is_minimized: bool
    is_maximized: bool
    is_fullscreen: bool
    is_resizable: bool
    is_decorated: bool


class HeadlessWindow:
    """One live window. Thread: main."""

    def __init__(self, pending: PendingWindow, loop: Loop, run_script: RunScript) -> None:
        wanted = pending.window
        self.label = pending.label
        self.view = View(pending, loop, run_script)
        self.look = Look(
            title=wanted.title,
            size=wanted.size.to_physical(SCALE_FACTOR),
            position=PhysicalPosition(0, 0),
            is_visible=wanted.visible,
            is_focused=False,
            is_minimized=False,
            is_maximized=wanted.maximized,
            is_fullscreen=wanted.fullscreen,
            is_resizable=wanted.resizable,
            is_decorated=wanted.decorations,
        )
        self._loop = loop
        self._listeners: list[WindowListener] = []
        self._is_destroyed = False

    def alive(self) -> HeadlessWindow:
        """Return itself, or say that it is gone."""
        if self._is_destroyed:
            raise WindowClosedError(f"window {self.label!r} is closed")
        return self

    def resize(self, size: PhysicalSize) -> None:
        """Take a size and tell it."""
        self.look.size = size
        self.tell(Resized(size))

    def move(self, position: PhysicalPosition) -> None:
        """Take a place and tell it."""
        self.look.position = position
        self.tell(Moved(position))

    def focus(self) -> None:
        """Take the keyboard from the others."""
        for other in self._loop.windows.values():
            other.blur()
        self.look.is_focused = True
        self.tell(Focused(True))

    def blur(self) -> None:
        """Give the keyboard away."""
        if self.look.is_focused:
            self.look.is_focused = False
            self.tell(Focused(False))

    # --8<-- [start:listeners]
    def add_listener(self, listener: WindowListener) -> Callable[[], None]:
        """Tell `listener` each event until the returned function is called."""
        self._listeners.append(listener)

        def stop() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return stop

    def tell(self, event: WindowEventKind) -> None:
        """Tell the listeners, then the app."""
        for listener in tuple(self._listeners):
            guarded(listener, event)
        self._loop.tell(WindowEvent(self.label, event))

    # --8<-- [end:listeners]

    # --8<-- [start:close]
    def close(self) -> None:
        """Ask; destroy unless somebody prevented it."""
        request = CloseRequested()
        self.tell(request)
        if not request.veto.is_prevented:
            self.destroy()

    def destroy(self) -> None:
        """Be gone first, then tell, then let the loop see whether it was the last."""
        if self._is_destroyed:
            return
        self._is_destroyed = True
        self.view.forget()
        self._loop.forget(self.label)
        self.tell(Destroyed())

    # --8<-- [end:close]
