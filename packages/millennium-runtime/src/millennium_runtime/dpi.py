"""Sizes and positions whose unit is their type: logical (CSS) or physical (device) pixels."""

from __future__ import annotations

import math
from dataclasses import dataclass


def require_scale_factor(scale: float) -> float:
    """Return `scale` if it is a normal positive number.

    Raises:
        ValueError: It is zero, negative, infinite or not a number.
    """
    if not math.isfinite(scale) or scale <= 0:
        message = f"scale factor must be a positive finite number, not {scale!r}"
        raise ValueError(message)
    return scale


@dataclass(frozen=True, slots=True)
class PhysicalSize:
    """Width and height in device pixels."""

    width: int
    height: int

    def to_logical(self, scale: float) -> LogicalSize:
        """Divide by device pixels per CSS pixel."""
        require_scale_factor(scale)
        return LogicalSize(self.width / scale, self.height / scale)

    def to_physical(self, scale: float) -> PhysicalSize:
        """Return itself: the unit is already right."""
        require_scale_factor(scale)
        return self


@dataclass(frozen=True, slots=True)
class LogicalSize:
    """Width and height in CSS pixels."""

    width: float
    height: float

    def to_physical(self, scale: float) -> PhysicalSize:
        """Multiply by device pixels per CSS pixel, rounded to whole pixels."""
        require_scale_factor(scale)
        return PhysicalSize(round(self.width * scale), round(self.height * scale))

    def to_logical(self, scale: float) -> LogicalSize:
        """Return itself: the unit is already right."""
        require_scale_factor(scale)
        return self


@dataclass(frozen=True, slots=True)
class PhysicalPosition:
    """A point in device pixels, from the top left of the primary monitor."""

    x: int
    y: int

    def to_logical(self, scale: float) -> LogicalPosition:
        """Divide by device pixels per CSS pixel."""
        require_scale_factor(scale)
        return LogicalPosition(self.x / scale, self.y / scale)

    def to_physical(self, scale: float) -> PhysicalPosition:
        """Return itself: the unit is already right."""
        require_scale_factor(scale)
        return self


@dataclass(frozen=True, slots=True)
class LogicalPosition:
    """A point in CSS pixels, from the top left of the primary monitor."""

    x: float
    y: float

    def to_physical(self, scale: float) -> PhysicalPosition:
        """Multiply by device pixels per CSS pixel, rounded to whole pixels."""
        require_scale_factor(scale)
        return PhysicalPosition(round(self.x * scale), round(self.y * scale))

    def to_logical(self, scale: float) -> LogicalPosition:
        """Return itself: the unit is already right."""
        require_scale_factor(scale)
        return self


Size = LogicalSize | PhysicalSize
Position = LogicalPosition | PhysicalPosition
