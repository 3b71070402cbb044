"""Dependencies of pure Python work inside one executable as they are installed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from millennium_build.freeze.native.listing import list_artifact
from millennium_build.freeze.run import FrozenProgram

MAIN = Path(__file__).parent / "programs" / "pure.py"


@pytest.fixture(scope="module")
def executable(
    freeze: Callable[..., FrozenProgram], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    return freeze(MAIN, tmp_path_factory.mktemp("pure") / "app").result.executable


def test_dependencies_of_pure_python_work(executable: Path, run_json) -> None:
    found = run_json(executable)
    assert "9 is not in the range 1<=x<=3" in found.pop("refusal")
    assert found == {
        "frozen": True,
        "json5": {"a": [1, 2], "b": "c"},
        "rich": [True, True, True],
        "version": True,
    }


def test_they_are_inside_and_their_neighbours_are_not(executable: Path) -> None:
    listing = list_artifact(executable)
    assert listing.has_module("rich.markdown")
    assert listing.has_module("json5")
    assert not listing.has_module("pytest")
    assert not listing.has_module("PIL")
