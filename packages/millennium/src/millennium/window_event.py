"""What happens to a window, as events that its page and the app's listeners hear.

Source: Tauri 1.x ``core/tauri/src/window.rs``, ``tauri://resize`` and its kin; the names begin with
``millennium:`` here, and focus and blur carry no payload.
"""

from __future__ import annotations

from typing import assert_never

from millennium.event import Event
from millennium_runtime.run_event import (
    CloseRequested,
    Destroyed,
    FilesDropped,
    Focused,
    Moved,
    Resized,
    ScaleFactorChanged,
    ThemeChanged,
    WindowEventKind,
)

WINDOW_CREATED = "millennium:window-created"


def to_event(kind: WindowEventKind) -> Event:  # noqa: C901, PLR0912 - one case for each kind
    """Return the event that tells of `kind`; lengths are device pixels."""
    match kind:
        case Resized(size):
            return _event("resize", {"width": size.width, "height": size.height})
        case Moved(position):
            return _event("move", {"x": position.x, "y": position.y})
        case Focused(is_focused):
            return _event("focus" if is_focused else "blur", None)
        case CloseRequested():
            return _event("close-requested", None)
        case Destroyed():
            return _event("destroyed", None)
        case ScaleFactorChanged(scale_factor):
            return _event("scale-change", {"scaleFactor": scale_factor})
        case ThemeChanged(theme):
            return _event("theme-changed", theme)
        case FilesDropped(paths):
            return _event("file-drop", list(paths))
        case _:
            assert_never(kind)


def _event(name: str, payload: object) -> Event:
    return Event(name=f"millennium:{name}", payload=payload)
