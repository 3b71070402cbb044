"""The page of limits is made of the constants, and leaves none out; each has a value and a meaning."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import reference_limits  # noqa: E402 - after the path is set
from millennium.ipc import limits  # noqa: E402

PAGE = reference_limits.render()
NUMBERS = {
    name: value
    for name, value in vars(limits).items()
    if name.isupper() and isinstance(value, (int, float)) and name != "WIRE_VERSION"
}


@pytest.mark.parametrize("name", sorted(NUMBERS))
def test_every_limit_of_the_bridge_is_on_the_page_with_its_value(name: str) -> None:
    (found,) = (
        limit
        for limit in reference_limits.limits()
        if (limit.module, limit.name) == ("ipc.limits", name)
    )
    assert found.value == NUMBERS[name]
    assert f"| `{name}` |" in PAGE


@pytest.mark.parametrize("limit", reference_limits.limits(), ids=lambda limit: limit.name)
def test_every_limit_says_what_it_bounds(limit: reference_limits.Limit) -> None:
    assert limit.value > 0
    assert limit.meaning


def test_control_a_limit_without_a_meaning_is_found(tmp_path: Path) -> None:
    module = tmp_path / "some" / "src" / "some" / "door.py"
    module.parent.mkdir(parents=True)
    module.write_text("MAX_GUESTS = 3 * 2\n")
    (found,) = reference_limits.limits(tmp_path)
    assert (found.name, found.value, found.meaning) == ("MAX_GUESTS", 6, "")
