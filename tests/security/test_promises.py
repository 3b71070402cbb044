"""The table of SECURITY.md is what its one source says, and each promise names tests."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

from promises import BEGIN, END, PAGE, read_promises, render, replaced  # noqa: E402

PROMISES = read_promises()


def test_the_page_has_the_table_that_its_source_gives() -> None:
    page = PAGE.read_text(encoding="utf-8")

    assert replaced(page, render(PROMISES)) == page, "python tools/promises.py --write"


def test_control_a_row_written_by_hand_is_noticed() -> None:
    page = PAGE.read_text(encoding="utf-8").replace(END, f"| more | than | is so |\n{END}")

    assert replaced(page, render(PROMISES)) != page


def test_no_other_table_of_the_page_names_tests() -> None:
    page = PAGE.read_text(encoding="utf-8")
    rest = page.partition(BEGIN)[0] + page.partition(END)[2]

    assert [line for line in rest.splitlines() if line.startswith("|") and "test_" in line] == []


@pytest.mark.parametrize("promise", PROMISES, ids=lambda each: str(each["promise"])[:40])
def test_a_promise_names_mechanism_and_tests(promise: dict[str, object]) -> None:
    assert promise.keys() == {"promise", "mechanism", "tests"}
    assert all(promise.values())
