# ruff: noqa: D102 - the promise documents its methods
"""The thread-safe handle of one window: every call goes to the main thread and stays in order."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

from millennium_runtime.dialog import Dialog, DialogHandler
from millennium_runtime.dispatcher import Dispatcher, WindowListener
from millennium_runtime.dpi import PhysicalPosition, PhysicalSize, Position, Size
from millennium_runtime.errors import EventLoopClosedError, WindowClosedError
from millennium_runtime.monitor import Monitor
from millennium_runtime.run_event import Destroyed, WindowEventKind
from millennium_runtime.theme import Theme
from millennium_runtime.webview import World
from millennium_runtime_webview.engine import EngineWindow, Hint, Toggle
from millennium_runtime_webview.loop import Loop

T = TypeVar("T")

log = logging.getLogger(__name__)


class WebviewDispatcher(Dispatcher):
    """Reaches one `EngineWindow` from any thread, as the rules of `Dispatcher` say."""

    def __init__(self, label: str, loop: Loop) -> None:
        self._label = label
        self._loop = loop
        self._window: EngineWindow | None = None
        self._listeners: tuple[WindowListener, ...] = ()
        self._limits: tuple[Size | None, Size | None] = (None, None)
        self._is_gone = False

    def attach(
        self, window: EngineWindow, limits: tuple[Size | None, Size | None] = (None, None)
    ) -> None:
        """Bind the native window, made after this handle; thread: main."""
        self._window = window
        self._limits = limits

    def on_event(self, event: WindowEventKind) -> None:
        """Tell the listeners; thread: main."""
        if isinstance(event, Destroyed):
            self._is_gone = True
            self._window = None
        for listener in self._listeners:
            try:
                listener(event)
            except Exception:
                log.exception("a listener of window %r failed", self._label)

    # --- what it shows

    def title(self) -> str:
        return self._ask(lambda window: window.title())

    def set_title(self, title: str) -> None:
        self._ask(lambda window: window.set_title(title))

    def url(self) -> str:
        return self._ask(lambda window: window.url())

    def navigate(self, url: str) -> None:
        self._ask(lambda window: window.navigate(url))

    def reload(self) -> None:
        self._ask(lambda window: window.reload())

    def evaluate(self, script: str, world: World = World.PAGE) -> None:
        window = self._live()
        if self._loop.main.is_current():
            window.evaluate(script, world)
            return
        self._post(lambda: None if self._is_gone else window.evaluate(script, world))

    # --- where and how large it is

    def scale_factor(self) -> float:
        return self._ask(lambda window: window.scale_factor())

    def inner_size(self) -> PhysicalSize:
        return self._ask(lambda window: window.size(is_outer=False))

    def outer_size(self) -> PhysicalSize:
        return self._ask(lambda window: window.size(is_outer=True))

    def inner_position(self) -> PhysicalPosition:
        return self._ask(lambda window: window.position(is_outer=False))

    def outer_position(self) -> PhysicalPosition:
        return self._ask(lambda window: window.position(is_outer=True))

    def set_size(self, size: Size) -> None:
        self._ask(lambda window: window.set_size(size))

    def set_min_size(self, size: Size | None) -> None:
        self._ask(lambda window: self._limit(window, (size, self._limits[1])))

    def set_max_size(self, size: Size | None) -> None:
        self._ask(lambda window: self._limit(window, (self._limits[0], size)))

    def set_position(self, position: Position) -> None:
        self._ask(lambda window: window.set_position(position))

    def center(self) -> None:
        self._ask(lambda window: window.center())

    def current_monitor(self) -> Monitor | None:
        return self._ask(lambda window: window.monitor())

    # --- its state

    def is_visible(self) -> bool:
        return self._state("visible")

    def show(self) -> None:
        self._set_state("visible", True)

    def hide(self) -> None:
        self._set_state("visible", False)

    def is_focused(self) -> bool:
        return self._state("focused")

    def set_focus(self) -> None:
        self._set_state("focused", True)

    def is_minimized(self) -> bool:
        return self._state("minimized")

    def minimize(self) -> None:
        self._set_state("minimized", True)

    def unminimize(self) -> None:
        self._set_state("minimized", False)

    def is_maximized(self) -> bool:
        return self._state("maximized")

    def maximize(self) -> None:
        self._set_state("maximized", True)

    def unmaximize(self) -> None:
        self._set_state("maximized", False)

    def is_fullscreen(self) -> bool:
        return self._state("fullscreen")

    def set_fullscreen(self, fullscreen: bool) -> None:
        self._set_state("fullscreen", fullscreen)

    def is_resizable(self) -> bool:
        return self._state("resizable")

    def set_resizable(self, resizable: bool) -> None:
        self._set_state("resizable", resizable)

    def is_decorated(self) -> bool:
        return self._state("decorated")

    def set_decorations(self, decorations: bool) -> None:
        self._set_state("decorated", decorations)

    def set_always_on_top(self, always_on_top: bool) -> None:
        self._set_hint("always_on_top", always_on_top)

    def set_skip_taskbar(self, skip: bool) -> None:
        self._set_hint("skip_taskbar", skip)

    def request_user_attention(self, critical: bool) -> None:  # noqa: ARG002 - X11 knows one kind
        self._set_hint("attention", True)

    def start_dragging(self) -> None:
        self._ask(lambda window: window.start_dragging())

    def theme(self) -> Theme:
        return self._ask(lambda window: window.theme())

    # --- tools and end

    def open_devtools(self) -> None:
        self._ask(lambda window: window.set_devtools(True))

    def close_devtools(self) -> None:
        self._ask(lambda window: window.set_devtools(False))

    def show_dialog(self, dialog: Dialog, on_result: DialogHandler) -> None:
        self._ask(lambda window: window.show_dialog(dialog, on_result))

    def add_listener(self, listener: WindowListener) -> Callable[[], None]:
        self._live()
        self._listeners = (*self._listeners, listener)

        def stop() -> None:
            self._listeners = tuple(one for one in self._listeners if one is not listener)

        return stop

    def close(self) -> None:
        self._ask(lambda window: window.close())

    def destroy(self) -> None:
        if self._is_gone:
            return
        if self._loop.main.is_current():
            self._destroy()
            return
        try:
            self._loop.main.post(self._destroy)
        except EventLoopClosedError:
            return  # with the loop went its windows

    def _destroy(self) -> None:
        if self._window is not None:
            self._window.destroy()

    def _limit(self, window: EngineWindow, limits: tuple[Size | None, Size | None]) -> None:
        self._limits = limits
        window.set_size_limits(*limits)

    def _state(self, name: Toggle) -> bool:
        return self._ask(lambda window: window.state(name))

    def _set_state(self, name: Toggle, value: bool) -> None:
        self._ask(lambda window: window.set_state(name, value))

    def _set_hint(self, name: Hint, value: bool) -> None:
        self._ask(lambda window: window.set_hint(name, value))

    def _ask(self, function: Callable[[EngineWindow], T]) -> T:
        self._live()
        try:
            return self._loop.main.call(lambda: function(self._live()))
        except EventLoopClosedError as exc:
            raise self._closed() from exc

    def _post(self, task: Callable[[], None]) -> None:
        try:
            self._loop.main.post(task)
        except EventLoopClosedError as exc:
            raise self._closed() from exc

    def _live(self) -> EngineWindow:
        if self._window is None:
            raise self._closed()
        return self._window

    def _closed(self) -> WindowClosedError:
        return WindowClosedError(f"window {self._label!r} is closed")
