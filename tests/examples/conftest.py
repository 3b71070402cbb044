"""A private screen for the examples' windows."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

from desk import private_display  # noqa: E402 - after the path is set


@pytest.fixture(scope="session")
def screen() -> Iterator[dict[str, str]]:
    with private_display() as environment:
        yield environment
