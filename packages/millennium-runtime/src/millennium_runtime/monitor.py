"""A screen, as plain data."""

from __future__ import annotations

from dataclasses import dataclass

from millennium_runtime.dpi import PhysicalPosition, PhysicalSize


@dataclass(frozen=True, slots=True, kw_only=True)
class Monitor:
    """One monitor: model name ("" when unknown), place, size, device pixels per CSS pixel."""

    name: str
    position: PhysicalPosition
    size: PhysicalSize
    scale_factor: float
    is_primary: bool = False
