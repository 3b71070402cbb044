"""Screens as plain data."""

from __future__ import annotations

from millennium_runtime.dpi import PhysicalPosition, PhysicalSize
from millennium_runtime.monitor import Monitor
from millennium_runtime_webview.webkitgtk.bindings import Gdk, Native


def describe_monitor(native: Native) -> Monitor:
    """Turn a `Gdk.Monitor` into a `Monitor`."""
    scale = native.get_scale_factor()
    area = native.get_geometry()
    return Monitor(
        name=native.get_model() or "",
        position=PhysicalPosition(area.x * scale, area.y * scale),
        size=PhysicalSize(area.width * scale, area.height * scale),
        scale_factor=float(scale),
        is_primary=bool(native.is_primary()),
    )


def list_monitors() -> tuple[Monitor, ...]:
    """Return all monitors, the primary one first."""
    display = Gdk.Display.get_default()
    found = [describe_monitor(display.get_monitor(i)) for i in range(display.get_n_monitors())]
    return tuple(sorted(found, key=lambda monitor: not monitor.is_primary))
