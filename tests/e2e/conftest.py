"""A private screen with a window manager for every test of real windows."""

from __future__ import annotations

import sys
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

from desk import Desk, private_display  # noqa: E402 - after the path is set


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Keep a picture of the screen when a test that has a desk fails."""
    report = yield
    desk = getattr(item, "funcargs", {}).get("desk")
    if report.failed and call.when == "call" and isinstance(desk, Desk):
        name = item.name.replace("[", "-").replace("]", "")  # ImageMagick reads brackets itself
        desk.look(ROOT / "build" / "e2e" / f"{name}.png")
    return report


@pytest.fixture(scope="session")
def screen() -> Iterator[dict[str, str]]:
    with private_display() as environment:
        yield environment


@pytest.fixture
def desk(screen: dict[str, str], tmp_path: Path) -> Desk:
    home = tmp_path / "home"
    home.mkdir()
    return Desk(screen, home)
