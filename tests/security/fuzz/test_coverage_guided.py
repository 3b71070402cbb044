"""Every parser that meets a stranger's bytes is fuzzed with its coverage as the guide.

The same inputs each time, or, for `FUZZ_SECONDS` of the environment each, others. The control is a
bug that nobody guesses: it is found, or the rest means nothing.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tools"))

import fuzz  # noqa: E402 - after the path is set
from fuzz_targets import TARGETS  # noqa: E402

SECONDS = int(os.environ.get("FUZZ_SECONDS", "0")) or None
ENOUGH = 100
WHOLE = (len(TARGETS) + 1) * ((SECONDS or fuzz.AT_MOST_SECONDS) + fuzz.SLACK) + 120

pytestmark = [pytest.mark.timeout(WHOLE)]

Runs = dict[str, fuzz.Run]


@pytest.fixture(scope="module")
def runs() -> Runs:
    """Each target's run; all of them are made before the first test looks."""
    missing = fuzz.install()
    if missing:
        pytest.skip(missing)
    return {run.name: run for run in fuzz.fuzz_all(["planted", *TARGETS], SECONDS)}


def test_a_planted_crash_is_found(runs: Runs) -> None:
    assert "the planted crash" in runs["planted"].finding


@pytest.mark.parametrize("name", sorted(TARGETS))
def test_nothing_makes_a_parser_fail(runs: Runs, name: str) -> None:
    run = runs[name]

    assert not run.finding, run.finding
    assert run.executions >= ENOUGH
    assert run.edges > 0
