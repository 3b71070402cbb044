"""While one window floods, another is served nearly as quickly as before, and memory stays small.

Ratios of medians of one run, in which floods and quiet alternate. Memory is the resident set of the
main process; what the flooding page itself needs is in a process of its own.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

APP = Path(__file__).parent / "floods"
MAX_RATIO = 3.0
MAX_MIB = 64.0
MIN_SAMPLES = 20
ATTEMPTS = 3
SERVED = ["inline", "pool", "async", "large", "host-events", "page-events", "channels", "uploads"]
REFUSED = ["own-events", "listeners", "refused", "malformed", "windows"]
UNFAIR = "channels"

RunApp = Callable[..., CompletedProcess[str]]
Found = dict[str, float]

pytestmark = [pytest.mark.gui, pytest.mark.slow, pytest.mark.timeout(120)]


def measure(run_app: RunApp, *words: str) -> Found:
    done = run_app(APP, *words)
    assert done.returncode == 0, done.stderr
    found: Found = json.loads(done.stdout)[words[0]]
    return found


def quietest(run_app: RunApp, kind: str) -> Found:
    """Measure again where other programs may have been in the way; they only make it slower."""
    runs: list[Found] = []
    while len(runs) < ATTEMPTS and not any(map(is_within, runs)):
        runs.append(measure(run_app, kind))
    return min(runs, key=lambda found: found["flooded"] / found["idle"])


def is_within(found: Found) -> bool:
    return found["flooded"] <= MAX_RATIO * found["idle"]


@pytest.mark.parametrize("kind", SERVED + REFUSED)
def test_another_window_is_served_while_one_floods(
    run_app: RunApp, kind: str, record_property: Callable[[str, object], None]
) -> None:
    found = quietest(run_app, kind)
    record_property("flood", found)
    assert found["samples"] >= MIN_SAMPLES, found
    assert is_within(found), found
    assert found["mib"] <= MAX_MIB, found
    assert (found["done"] > 0) is (kind in SERVED or kind == "windows"), found


def test_control_without_turns_the_other_window_waits(run_app: RunApp) -> None:
    found = measure(run_app, UNFAIR, "--unfair")
    assert found["flooded"] > MAX_RATIO * found["idle"], found
