"""Conversions between logical and physical pixels."""

from __future__ import annotations

import pytest

from millennium_runtime.dpi import (
    LogicalPosition,
    LogicalSize,
    PhysicalPosition,
    PhysicalSize,
    require_scale_factor,
)

PAIRS = [
    pytest.param(LogicalSize(800, 600), PhysicalSize(1600, 1200), id="size"),
    pytest.param(LogicalPosition(-10, 20.5), PhysicalPosition(-20, 41), id="position"),
]


@pytest.mark.parametrize(("logical", "physical"), PAIRS)
def test_units_convert_both_ways(logical, physical):
    assert logical.to_physical(2.0) == physical
    assert physical.to_logical(2.0) == logical


@pytest.mark.parametrize(("logical", "physical"), PAIRS)
def test_a_value_in_the_right_unit_stays(logical, physical):
    assert logical.to_logical(2.0) is logical
    assert physical.to_physical(2.0) is physical


def test_physical_pixels_are_whole():
    assert LogicalSize(100.4, 33.3).to_physical(1.25) == PhysicalSize(126, 42)


@pytest.mark.parametrize("scale", [0.0, -1.0, float("nan"), float("inf")], ids=repr)
def test_an_impossible_scale_is_refused(scale):
    with pytest.raises(ValueError, match="scale factor must be a positive finite number"):
        LogicalSize(1, 1).to_physical(scale)


def test_a_possible_scale_is_returned():
    assert require_scale_factor(1.5) == 1.5
