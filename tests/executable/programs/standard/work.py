"""Functions that child processes import."""

from __future__ import annotations


def cube(number: int) -> int:
    return number**3
