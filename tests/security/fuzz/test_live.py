"""The real bridge in a real window is told anything at all; afterwards it answers as before.

The page says it through everything it has, and a script in the private world, which no page can
have, says it to the native handler itself. The seed is in the failure; it is the same each time,
and new where `FUZZ_SECONDS` of the environment has the other fuzzers go further.
"""

from __future__ import annotations

import json
import os
import secrets
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

APP = Path(__file__).parent / "live"
ROUNDS = 2000
DIED = 77
SEED = secrets.randbelow(2**31) if os.environ.get("FUZZ_SECONDS") else 1

pytestmark = pytest.mark.gui

RunApp = Callable[..., subprocess.CompletedProcess[str]]
Told = dict[str, dict[str, object]]


@pytest.fixture(scope="module")
def told(run_app: RunApp) -> Told:
    """What became of everything that was said: window → result."""
    done = run_app(APP, str(SEED), str(ROUNDS))
    assert done.returncode == 0, f"seed {SEED}\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
    result: Told = json.loads(done.stdout.splitlines()[-1])
    return result


def test_the_page_and_another_window_are_answered_as_before(told: Told) -> None:
    assert told["fuzzed"]["echo"] == "still here"
    assert told["calm"]["echo"] == "calm"


def test_every_call_of_the_page_settled(told: Told) -> None:
    result = told["fuzzed"]
    settled = sum(int(str(result[kind])) for kind in ("resolved", "rejected", "threw"))

    assert result["unsettled"] == 0, told
    assert int(str(result["calls"])) == settled >= ROUNDS
    assert int(str(result["resolved"])) > 100, "ordinary calls are among them"
    assert int(str(result["rejected"])) > 100, "and wrong ones"


def test_every_raw_message_was_answered(told: Told) -> None:
    raw = dict(told["fuzzed"]["raw"])  # type: ignore[call-overload]

    assert raw["said"] == raw["answered"] + raw["refused"] >= ROUNDS
    assert raw["answered"] == 0, "without a token nothing is"


def test_nothing_of_it_reached_a_prototype(told: Told) -> None:
    assert told["fuzzed"]["polluted"] is False


def test_a_planted_crash_is_found(run_app: RunApp) -> None:
    done = run_app(APP, str(SEED), str(ROUNDS), "planted")

    assert done.returncode == DIED
