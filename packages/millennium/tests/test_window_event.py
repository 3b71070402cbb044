"""What happens to a window, as events."""

from __future__ import annotations

import pytest

from millennium.event import Event, require_name
from millennium.window_event import WINDOW_CREATED, to_event
from millennium_runtime.dpi import PhysicalPosition, PhysicalSize
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

CASES: list[tuple[WindowEventKind, str, object]] = [
    (Resized(PhysicalSize(3, 4)), "resize", {"width": 3, "height": 4}),
    (Moved(PhysicalPosition(5, 6)), "move", {"x": 5, "y": 6}),
    (Focused(True), "focus", None),
    (Focused(False), "blur", None),
    (CloseRequested(), "close-requested", None),
    (Destroyed(), "destroyed", None),
    (ScaleFactorChanged(2.0), "scale-change", {"scaleFactor": 2.0}),
    (ThemeChanged("dark"), "theme-changed", "dark"),
    (FilesDropped(("/a", "/b")), "file-drop", ["/a", "/b"]),
]


@pytest.mark.parametrize(("kind", "name", "payload"), CASES, ids=[case[1] for case in CASES])
def test_each_kind_has_an_event(kind: WindowEventKind, name: str, payload: object) -> None:
    assert to_event(kind) == Event(name=f"millennium:{name}", payload=payload)


def test_a_new_window_has_a_good_name() -> None:
    assert require_name(WINDOW_CREATED)
