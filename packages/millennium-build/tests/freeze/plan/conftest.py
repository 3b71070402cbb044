"""Programs made of a few lines, planned with the Python that runs the tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from millennium_build.cache import Cache
from millennium_build.freeze.environment import Workshop
from millennium_build.freeze.plan.entry import locate_entry
from millennium_build.freeze.plan.make import PlanRequest, make_plan
from millennium_build.freeze.plan.model import ModulePlan

Planner = Callable[..., ModulePlan]


@pytest.fixture(scope="session")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    with Workshop(None, Cache(tmp_path_factory.mktemp("cache"))) as opened:
        yield opened


@pytest.fixture
def plan(workshop: Workshop, tmp_path: Path) -> Planner:
    """Writes files (name → text), the main one among them, and returns the plan of the program."""

    def make(files: dict[str, str], main: str = "main.py", **options: Any) -> ModulePlan:
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return make_plan(PlanRequest(entry=locate_entry(tmp_path / main), **options), workshop)

    return make
