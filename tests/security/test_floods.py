"""While one window floods, another is served nearly as quickly as before, and memory stays small.

Speed: floods and quiet alternate, five rounds of each in a run; a round's ratio is of its own two
medians, and the median of the rounds counts, so two disturbed ones do no harm. A run that is too
slow is made again only if its quiet parts differ as much: that is other programs' doing, not ours.

Memory: of the main process (resident set), and of all processes of the app but the one that grew
most (proportional set sizes). That one is the web process of the flooding page, with what the page
itself has made: no host can bound it. Where the page makes nothing, since it hangs or pauses, all
processes are asserted. The growth of the whole tree is recorded for every flood.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from statistics import median
from subprocess import CompletedProcess
from typing import TypedDict

import pytest

APP = Path(__file__).parent / "floods"
MAX_RATIO = 3.0
MAX_MIB = 64.0
MIN_SAMPLES = 20
ATTEMPTS = 3
SERVED = ["inline", "pool", "async", "large", "host-events", "page-events", "channels", "uploads"]
REFUSED = ["own-events", "listeners", "refused", "malformed", "windows"]
STILL = ["paused", "hung"]
WORKERS = [("pool", "pool"), ("slow", "pool"), ("async", "async")]
UNFAIR = "channels"

RunApp = Callable[..., CompletedProcess[str]]
MIB_EACH = {"windows": 16}
"""Flood → what each thing costs that the app did give the page: a window is a web process's share."""

Record = Callable[[str, object], None]


class Round(TypedDict):
    idle: float
    flooded: float


class Taken(TypedDict):
    count: int
    ordered: bool
    dropped: int
    sent: int


class Found(TypedDict):
    rounds: list[Round]
    samples: int
    mib: float
    tree_mib: float
    others_mib: float
    done: int
    taken: list[Taken]


pytestmark = [pytest.mark.gui, pytest.mark.slow, pytest.mark.timeout(150)]


def measure(run_app: RunApp, *words: str) -> Found:
    done = run_app(APP, *words)
    assert done.returncode == 0, done.stderr
    found: Found = json.loads(done.stdout)[words[0]]
    return found


def measure_quietly(run_app: RunApp, *words: str) -> Found:
    """Measure, again when it is slow: other programs only ever make it slower, never faster."""
    runs = [measure(run_app, *words)]
    while len(runs) < ATTEMPTS and ratio(runs[-1]) > MAX_RATIO:
        runs.append(measure(run_app, *words))
    return min(runs, key=ratio)


def ratio(found: Found) -> float:
    return median(each["flooded"] / each["idle"] for each in found["rounds"])


@pytest.mark.parametrize("kind", SERVED + REFUSED + STILL)
def test_another_window_is_served_while_one_floods(
    run_app: RunApp, kind: str, record_testsuite_property: Record
) -> None:
    found = measure_quietly(run_app, kind)
    record_testsuite_property(f"flood {kind}", found)
    assert found["samples"] >= MIN_SAMPLES, found
    assert ratio(found) <= MAX_RATIO, found
    assert found["mib"] <= MAX_MIB, found
    allowed = MAX_MIB + MIB_EACH.get(kind, 0) * found["done"]
    assert found["tree_mib" if kind in STILL else "others_mib"] <= allowed, found
    assert (found["done"] > 0) is (kind not in REFUSED or kind == "windows"), found


def test_control_without_turns_the_other_window_waits(run_app: RunApp) -> None:
    found = measure(run_app, UNFAIR, "--unfair")
    assert ratio(found) > MAX_RATIO, found


@pytest.mark.parametrize(("kind", "where"), WORKERS, ids=[kind for kind, _ in WORKERS])
def test_another_windows_commands_do_not_wait_for_the_workers(
    run_app: RunApp, kind: str, where: str, record_testsuite_property: Record
) -> None:
    found = measure_quietly(run_app, kind, f"--ping={where}")
    record_testsuite_property(f"flood {kind}", found)
    assert found["samples"] >= MIN_SAMPLES, found
    assert ratio(found) <= MAX_RATIO, found


def test_control_with_one_queue_for_all_they_wait(run_app: RunApp) -> None:
    # Calls that take long: short ones are over before a second queue would show.
    found = measure(run_app, "slow", "--ping=pool", "--unfair")
    assert ratio(found) > MAX_RATIO, found


def test_a_page_that_pauses_is_told_everything_in_order(run_app: RunApp) -> None:
    taken = measure(run_app, "paused")["taken"]
    assert len(taken) > 1
    assert [each["ordered"] for each in taken] == [True] * len(taken)
    assert [each["dropped"] for each in taken] == [0] * len(taken)
    assert [each["count"] for each in taken] == [each["sent"] for each in taken]


def test_control_a_page_that_hangs_takes_all_memory_if_the_engine_is_handed_everything(
    run_app: RunApp,
) -> None:
    assert measure(run_app, "hung", "--unbounded")["tree_mib"] > MAX_MIB
