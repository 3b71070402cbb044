"""The thread-safe handle of one window."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from millennium_runtime.dialog import Dialog, DialogHandler
from millennium_runtime.dispatcher import Dispatcher, WindowListener
from millennium_runtime.dpi import PhysicalPosition, PhysicalSize, Position, Size
from millennium_runtime.errors import EventLoopClosedError, UnsupportedError, WindowClosedError
from millennium_runtime.monitor import Monitor
from millennium_runtime.theme import Theme
from millennium_runtime.webview import World
from millennium_runtime_headless.loop import Loop
from millennium_runtime_headless.window import SCALE_FACTOR, HeadlessWindow, Look

__all__ = ["HeadlessDispatcher"]

T = TypeVar("T")


class HeadlessDispatcher(Dispatcher):
    """Brings each call to the main thread, by the five rules."""

    def __init__(self, window: HeadlessWindow, loop: Loop) -> None:
        self._window = window
        self._loop = loop

    # --8<-- [start:rules]
    def _ask(self, question: Callable[[HeadlessWindow], T]) -> T:
        """Rules 1 to 3: at once on the main thread, else wait; never reach a closed window."""
        window = self._window.alive()
        try:
            return self._loop.main.call(lambda: question(window.alive()))
        except EventLoopClosedError as error:
            raise WindowClosedError(f"window {window.label!r} closed with its loop") from error

    def _look(self, question: Callable[[Look], T]) -> T:
        return self._ask(lambda window: question(window.look))

    def _set(self, name: str, value: object) -> None:
        self._ask(lambda window: setattr(window.look, name, value))

    def evaluate(self, script: str, world: World = World.PAGE) -> None:
        window = self._window.alive()
        self._send(lambda: window.alive().view.evaluate(script, world))

    def destroy(self) -> None:
        try:
            self._window.alive()
            self._send(self._window.destroy)
        except (WindowClosedError, EventLoopClosedError):
            return

    def _send(self, task: Callable[[], None]) -> None:
        """The two calls that never wait."""
        if self._loop.main.is_current():
            task()
        else:
            self._loop.main.post(task)

    # --8<-- [end:rules]

    # --8<-- [start:getters]
    def title(self) -> str:
        return self._look(lambda look: look.title)

    def set_title(self, title: str) -> None:
        self._set("title", title)

    def inner_size(self) -> PhysicalSize:
        return self._look(lambda look: look.size)

    def set_size(self, size: Size) -> None:
        self._ask(lambda window: window.resize(size.to_physical(SCALE_FACTOR)))

    # --8<-- [end:getters]

    def url(self) -> str:
        return self._ask(lambda window: window.view.source.url)

    def navigate(self, url: str) -> None:
        self._ask(lambda window: window.view.load(url))

    def reload(self) -> None:
        self._ask(lambda window: window.view.load(window.view.source.url))

    def scale_factor(self) -> float:
        return self._look(lambda _look: SCALE_FACTOR)

    def outer_size(self) -> PhysicalSize:
        return self.inner_size()

    def inner_position(self) -> PhysicalPosition:
        return self.outer_position()

    def outer_position(self) -> PhysicalPosition:
        return self._look(lambda look: look.position)

    def set_min_size(self, size: Size | None) -> None:
        self._no_user("set_min_size", size)

    def set_max_size(self, size: Size | None) -> None:
        self._no_user("set_max_size", size)

    def set_position(self, position: Position) -> None:
        self._ask(lambda window: window.move(position.to_physical(SCALE_FACTOR)))

    def center(self) -> None:
        self._ask(lambda window: window.move(PhysicalPosition(0, 0)))

    def current_monitor(self) -> Monitor | None:
        return self._look(lambda _look: None)

    def is_visible(self) -> bool:
        return self._look(lambda look: look.is_visible)

    def show(self) -> None:
        self._set("is_visible", True)

    def hide(self) -> None:
        self._set("is_visible", False)

    def is_focused(self) -> bool:
        return self._look(lambda look: look.is_focused)

    def set_focus(self) -> None:
        self._ask(HeadlessWindow.focus)

    def is_minimized(self) -> bool:
        return self._look(lambda look: look.is_minimized)

    def minimize(self) -> None:
        self._set("is_minimized", True)

    def unminimize(self) -> None:
        self._set("is_minimized", False)

    def is_maximized(self) -> bool:
        return self._look(lambda look: look.is_maximized)

    def maximize(self) -> None:
        self._set("is_maximized", True)

    def unmaximize(self) -> None:
        self._set("is_maximized", False)

    def is_fullscreen(self) -> bool:
        return self._look(lambda look: look.is_fullscreen)

    def set_fullscreen(self, fullscreen: bool) -> None:
        self._set("is_fullscreen", fullscreen)

    def is_resizable(self) -> bool:
        return self._look(lambda look: look.is_resizable)

    def set_resizable(self, resizable: bool) -> None:
        self._set("is_resizable", resizable)

    def is_decorated(self) -> bool:
        return self._look(lambda look: look.is_decorated)

    def set_decorations(self, decorations: bool) -> None:
        self._set("is_decorated", decorations)

    def set_always_on_top(self, always_on_top: bool) -> None:
        self._no_user("set_always_on_top", always_on_top)

    def set_skip_taskbar(self, skip: bool) -> None:
        self._no_user("set_skip_taskbar", skip)

    def request_user_attention(self, critical: bool) -> None:
        self._no_user("request_user_attention", critical)

    def start_dragging(self) -> None:
        self._no_user("start_dragging", None)

    def theme(self) -> Theme:
        return self._look(lambda _look: "light")

    # --8<-- [start:unsupported]
    def open_devtools(self) -> None:
        self._ask(_refuse_devtools)

    # --8<-- [end:unsupported]

    def close_devtools(self) -> None:
        self._no_user("close_devtools", None)

    def show_dialog(self, dialog: Dialog, on_result: DialogHandler) -> None:
        """Dismiss every dialog: nobody is there to answer."""
        self._no_user("show_dialog", dialog)
        self._loop.main.post(lambda: on_result(()))

    def add_listener(self, listener: WindowListener) -> Callable[[], None]:
        return self._ask(lambda window: window.add_listener(listener))

    def close(self) -> None:
        self._ask(HeadlessWindow.close)

    def _no_user(self, _name: str, _value: object) -> None:
        """Accept what only a user in front of the screen would notice."""
        self._ask(lambda _window: None)


def _refuse_devtools(window: HeadlessWindow) -> None:
    message = f"window {window.label!r} has no inspector"
    raise UnsupportedError(message, help="use a runtime with an engine")
