# ruff: noqa: D102 - the promise documents its methods
"""The thread-safe handle of a mock window."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import TypeVar

from millennium_runtime.dialog import Dialog, DialogHandler
from millennium_runtime.dispatcher import Dispatcher, WindowListener
from millennium_runtime.dpi import PhysicalPosition, PhysicalSize, Position, Size
from millennium_runtime.errors import (
    EventLoopClosedError,
    UnsupportedError,
    WindowClosedError,
)
from millennium_runtime.monitor import Monitor
from millennium_runtime.testing.mock_frame import MockFrame
from millennium_runtime.testing.mock_loop import MockLoop
from millennium_runtime.theme import Theme
from millennium_runtime.webview import World

__all__ = ["MockDispatcher"]

T = TypeVar("T")


class MockDispatcher(Dispatcher):
    """Reads and sets the record of one window, by the rules of `millennium_runtime.dispatcher`."""

    def __init__(self, frame: MockFrame, loop: MockLoop) -> None:
        self._frame = frame
        self._loop = loop

    # --- what it shows

    def title(self) -> str:
        return self._ask(lambda frame: frame.state.title)

    def set_title(self, title: str) -> None:
        self._ask(lambda frame: frame.change(title=title))

    def url(self) -> str:
        return self._ask(lambda frame: frame.page.source.url)

    def navigate(self, url: str) -> None:
        self._ask(lambda frame: frame.page.load(url))

    def reload(self) -> None:
        self._ask(lambda frame: frame.page.reload())

    def evaluate(self, script: str, world: World = World.PAGE) -> None:
        self._tell(lambda frame: frame.page.evaluate(script, world))

    # --- where and how large it is

    def scale_factor(self) -> float:
        return self._ask(lambda frame: frame.state.monitor.scale_factor)

    def inner_size(self) -> PhysicalSize:
        return self._ask(lambda frame: frame.state.inner_size)

    def outer_size(self) -> PhysicalSize:
        return self._ask(lambda frame: frame.state.outer_size)

    def inner_position(self) -> PhysicalPosition:
        return self._ask(lambda frame: frame.state.inner_position)

    def outer_position(self) -> PhysicalPosition:
        return self._ask(lambda frame: frame.state.outer_position)

    def set_size(self, size: Size) -> None:
        self._ask(lambda frame: frame.resize(size))

    def set_min_size(self, size: Size | None) -> None:
        self._ask(lambda frame: frame.change(min_size=frame.physical(size)))

    def set_max_size(self, size: Size | None) -> None:
        self._ask(lambda frame: frame.change(max_size=frame.physical(size)))

    def set_position(self, position: Position) -> None:
        self._ask(lambda frame: frame.move(position))

    def center(self) -> None:
        self._ask(lambda frame: frame.move(frame.state.centered()))

    def current_monitor(self) -> Monitor | None:
        return self._ask(lambda frame: frame.state.monitor)

    # --- its state

    def is_visible(self) -> bool:
        return self._ask(lambda frame: frame.state.is_visible)

    def show(self) -> None:
        self._ask(lambda frame: frame.change(is_visible=True))

    def hide(self) -> None:
        self._ask(lambda frame: frame.change(is_visible=False))

    def is_focused(self) -> bool:
        return self._ask(lambda frame: frame.state.is_focused)

    def set_focus(self) -> None:
        self._ask(lambda frame: frame.focus())

    def is_minimized(self) -> bool:
        return self._ask(lambda frame: frame.state.is_minimized)

    def minimize(self) -> None:
        self._ask(lambda frame: frame.change(is_minimized=True))

    def unminimize(self) -> None:
        self._ask(lambda frame: frame.change(is_minimized=False))

    def is_maximized(self) -> bool:
        return self._ask(lambda frame: frame.state.is_maximized)

    def maximize(self) -> None:
        self._ask(lambda frame: frame.change(is_maximized=True))

    def unmaximize(self) -> None:
        self._ask(lambda frame: frame.change(is_maximized=False))

    def is_fullscreen(self) -> bool:
        return self._ask(lambda frame: frame.state.is_fullscreen)

    def set_fullscreen(self, fullscreen: bool) -> None:
        self._ask(lambda frame: frame.change(is_fullscreen=fullscreen))

    def is_resizable(self) -> bool:
        return self._ask(lambda frame: frame.state.is_resizable)

    def set_resizable(self, resizable: bool) -> None:
        self._ask(lambda frame: frame.change(is_resizable=resizable))

    def is_decorated(self) -> bool:
        return self._ask(lambda frame: frame.state.is_decorated)

    def set_decorations(self, decorations: bool) -> None:
        self._ask(lambda frame: frame.change(is_decorated=decorations))

    def set_always_on_top(self, always_on_top: bool) -> None:
        self._ask(lambda frame: frame.change(is_always_on_top=always_on_top))

    def set_skip_taskbar(self, skip: bool) -> None:
        self._ask(lambda frame: frame.change(is_skipping_taskbar=skip))

    def request_user_attention(self, critical: bool) -> None:
        self._ask(lambda frame: frame.state.attention.append(critical))

    def start_dragging(self) -> None:
        self._ask(lambda frame: frame.change(is_dragged=True))

    def theme(self) -> Theme:
        return self._ask(lambda frame: frame.state.theme)

    # --- tools and end

    def open_devtools(self) -> None:
        self._ask(_open_devtools)

    def close_devtools(self) -> None:
        self._ask(lambda frame: frame.change(is_devtools_open=False))

    def show_dialog(self, dialog: Dialog, on_result: DialogHandler) -> None:
        self._ask(lambda frame: frame.dialogs.append((dialog, on_result)))

    def add_listener(self, listener: WindowListener) -> Callable[[], None]:
        return self._ask(lambda frame: frame.add_listener(listener))

    def close(self) -> None:
        self._ask(lambda frame: frame.close())

    def destroy(self) -> None:
        with contextlib.suppress(WindowClosedError):
            self._tell(lambda frame: frame.destroy())

    # --- the rules

    def _ask(self, action: Callable[[MockFrame], T]) -> T:
        """Act and return the result: at once on the main thread, else post and wait."""
        self._frame.require_open()
        try:
            return self._loop.main.call(lambda: action(self._frame.require_open()))
        except EventLoopClosedError as exc:
            raise self._closed() from exc

    def _tell(self, action: Callable[[MockFrame], None]) -> None:
        """Act at once on the main thread, else post and go on."""
        frame = self._frame.require_open()
        if self._loop.main.is_current():
            action(frame)
            return
        try:
            self._loop.main.post(lambda: None if frame.is_destroyed else action(frame))
        except EventLoopClosedError as exc:
            raise self._closed() from exc

    def _closed(self) -> WindowClosedError:
        message = f"window {self._frame.label!r} closed with the event loop"
        return WindowClosedError(message, help="stop using it after its Destroyed event")


def _open_devtools(frame: MockFrame) -> None:
    if not frame.pending.webview.devtools:
        message = f"window {frame.label!r} was made without devtools"
        raise UnsupportedError(message, help="make it with devtools=True")
    frame.change(is_devtools_open=True)
