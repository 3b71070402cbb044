"""The window a page lives in: what it may read of it, and what it may do to it.

A page reaches its own window only; for other windows the app's Python code is asked.
"""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import urlsplit

from msgspec import Meta, Struct
from msgspec.structs import asdict

from millennium.api.table import Endpoint
from millennium.config.window import WindowConfig
from millennium.errors import CommandError
from millennium.handle import AppHandle
from millennium.ipc.limits import MAX_PIXELS, MAX_TEXT_CHARS
from millennium.window import Window
from millennium.window_allowance import WindowAllowance
from millennium_runtime.dpi import (
    LogicalPosition,
    LogicalSize,
    PhysicalPosition,
    PhysicalSize,
    Position,
    Size,
)
from millennium_runtime.monitor import Monitor
from millennium_runtime.theme import Theme
from millennium_runtime.window import MAX_LABEL_CHARS

Unit = Literal["logical", "physical"]
Length = Annotated[float, Meta(ge=0, le=MAX_PIXELS)]
Coordinate = Annotated[float, Meta(ge=-MAX_PIXELS, le=MAX_PIXELS)]
Text = Annotated[str, Meta(max_length=MAX_TEXT_CHARS)]


def set_size(window: Window, width: Length, height: Length, unit: Unit = "logical") -> None:
    """Set the size of the content area."""
    window.set_size(_size(width, height, unit))


def set_min_size(
    window: Window, width: Length | None = None, height: Length = 0, unit: Unit = "logical"
) -> None:
    """Limit how small the user may make it; without a width there is no limit."""
    window.set_min_size(None if width is None else _size(width, height, unit))


def set_max_size(
    window: Window, width: Length | None = None, height: Length = 0, unit: Unit = "logical"
) -> None:
    """Limit how large the user may make it; without a width there is no limit."""
    window.set_max_size(None if width is None else _size(width, height, unit))


def set_position(window: Window, x: Coordinate, y: Coordinate, unit: Unit = "logical") -> None:
    """Move the outer top left."""
    window.set_position(_position(x, y, unit))


class NewWindow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """What a page may say about a window it makes; `url` is a path of the app."""

    label: Annotated[str, Meta(min_length=1, max_length=MAX_LABEL_CHARS)]
    url: Text = "index.html"
    title: Text = ""
    width: Length = 800
    height: Length = 600
    min_width: Length | None = None
    min_height: Length | None = None
    x: Coordinate | None = None
    y: Coordinate | None = None
    center: bool = False
    resizable: bool = True
    visible: bool = True
    decorations: bool = True
    focus: bool = True


def create(handle: AppHandle, allowance: WindowAllowance, options: NewWindow) -> str:
    """Make a window that shows a page of the app; return its label."""
    if urlsplit(options.url).scheme or options.url.startswith("//"):
        message = "window.create takes a path of the app, not an address"
        raise CommandError("window.not_a_path", message)
    allowance.take(len(handle.windows()))
    return handle.create_window(WindowConfig(**asdict(options))).label


def label(window: Window) -> str:
    """Return the label of the page's own window."""
    return window.label


def title(window: Window) -> str:
    """Return the title bar's text."""
    return window.title()


def set_title(window: Window, title: Text) -> None:
    """Set the title bar's text."""
    window.set_title(title)


def scale_factor(window: Window) -> float:
    """Return device pixels per CSS pixel."""
    return window.scale_factor()


def inner_size(window: Window) -> PhysicalSize:
    """Return the size of the content area."""
    return window.inner_size()


def outer_size(window: Window) -> PhysicalSize:
    """Return the size with title bar and borders."""
    return window.outer_size()


def inner_position(window: Window) -> PhysicalPosition:
    """Return the top left of the content area."""
    return window.inner_position()


def outer_position(window: Window) -> PhysicalPosition:
    """Return the top left with title bar and borders."""
    return window.outer_position()


def current_monitor(window: Window) -> Monitor | None:
    """Return the monitor it is on, None when the system cannot say."""
    return window.current_monitor()


def theme(window: Window) -> Theme:
    """Return "light" or "dark"."""
    return window.theme()


def is_visible(window: Window) -> bool:
    """Whether it is shown."""
    return window.is_visible()


def is_focused(window: Window) -> bool:
    """Whether it has the keyboard."""
    return window.is_focused()


def is_minimized(window: Window) -> bool:
    """Whether it is minimised."""
    return window.is_minimized()


def is_maximized(window: Window) -> bool:
    """Whether it is maximised."""
    return window.is_maximized()


def is_fullscreen(window: Window) -> bool:
    """Whether it covers the screen."""
    return window.is_fullscreen()


def is_resizable(window: Window) -> bool:
    """Whether the user may resize it."""
    return window.is_resizable()


def is_decorated(window: Window) -> bool:
    """Whether it has a title bar and borders."""
    return window.is_decorated()


def center(window: Window) -> None:
    """Move to the middle of its monitor's work area."""
    window.center()


def show(window: Window) -> None:
    """Show it."""
    window.show()


def hide(window: Window) -> None:
    """Hide it; it lives on."""
    window.hide()


def set_focus(window: Window) -> None:
    """Bring it to the front and give it the keyboard."""
    window.set_focus()


def minimize(window: Window) -> None:
    """Minimise it."""
    window.minimize()


def unminimize(window: Window) -> None:
    """Bring it back from minimised."""
    window.unminimize()


def maximize(window: Window) -> None:
    """Maximise it."""
    window.maximize()


def unmaximize(window: Window) -> None:
    """Bring it back from maximised."""
    window.unmaximize()


def set_fullscreen(window: Window, fullscreen: bool) -> None:
    """Cover the screen, or stop."""
    window.set_fullscreen(fullscreen)


def set_resizable(window: Window, resizable: bool) -> None:
    """Let the user resize it, or not."""
    window.set_resizable(resizable)


def set_decorations(window: Window, decorations: bool) -> None:
    """Give it a title bar and borders, or none."""
    window.set_decorations(decorations)


def set_always_on_top(window: Window, always_on_top: bool) -> None:
    """Keep it above other windows, or not."""
    window.set_always_on_top(always_on_top)


def set_skip_taskbar(window: Window, skip: bool) -> None:
    """Leave it out of the taskbar, or not."""
    window.set_skip_taskbar(skip)


def request_user_attention(window: Window, critical: bool = False) -> None:
    """Ask for attention without taking the keyboard."""
    window.request_user_attention(critical)


def start_dragging(window: Window) -> None:
    """Let the pointer move the window until its button is released."""
    window.start_dragging()


def close(window: Window) -> None:
    """Ask it to close; a listener in Python may prevent that."""
    window.close()


COMMANDS = tuple(
    Endpoint(name=f"window.{function.__name__}", function=function, inline=True)
    for function in (
        label,
        create,
        title,
        set_title,
        scale_factor,
        inner_size,
        outer_size,
        inner_position,
        outer_position,
        current_monitor,
        theme,
        is_visible,
        is_focused,
        is_minimized,
        is_maximized,
        is_fullscreen,
        is_resizable,
        is_decorated,
        set_size,
        set_min_size,
        set_max_size,
        set_position,
        center,
        show,
        hide,
        set_focus,
        minimize,
        unminimize,
        maximize,
        unmaximize,
        set_fullscreen,
        set_resizable,
        set_decorations,
        set_always_on_top,
        set_skip_taskbar,
        request_user_attention,
        start_dragging,
        close,
    )
)


def _size(width: float, height: float, unit: Unit) -> Size:
    if unit == "physical":
        return PhysicalSize(round(width), round(height))
    return LogicalSize(width, height)


def _position(x: float, y: float, unit: Unit) -> Position:
    if unit == "physical":
        return PhysicalPosition(round(x), round(y))
    return LogicalPosition(x, y)
