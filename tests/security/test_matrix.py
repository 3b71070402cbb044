"""Frames, workers and popups against the bridge: one run of real windows, every cell a verdict.

The windows: ``policy`` as an app has them, ``open`` without any policy, so that only the bridge
refuses, ``isolated`` with an origin of its own, ``hooked`` under the isolation pattern, and six in
which one check is off. An attacker knows all random names. `tools/frames_table.py` has the verdicts.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from frames_table import (
    APART,
    APP,
    COLUMNS,
    IS_PAGE,
    NO_ROW,
    NOTHING,
    PAGE,
    REFUSED,
    SAME_ORIGIN,
    SUCCEEDED,
    UNMADE,
    WORKERS,
    Verdicts,
    render,
)

pytestmark = pytest.mark.gui

FRAMES = [*SAME_ORIGIN, *APART]
MADE = [*FRAMES, *WORKERS]
RUNS_UNDER_THE_POLICY = ["worker", "worker-module", "shared-worker"]
"""No frame does: `frame-ancestors 'none'`."""

FILLED_BY_THE_PAGE = {"srcdoc", "blob", "about-blank"}
LINE_OPEN = ["handler", "event", "sink", "parent"]


@pytest.fixture(scope="module")
def report(run_app: Any) -> Any:
    done = run_app(APP)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def verdicts(report: Any) -> Verdicts:
    return Verdicts(report)


# --- the cells


@pytest.mark.parametrize("column", ["handler", "event", "fetch", "sink"])
@pytest.mark.parametrize("row", FRAMES)
def test_a_frame_gets_nothing_of_the_bridge(verdicts: Verdicts, row: str, column: str) -> None:
    assert verdicts.of(row, column) == REFUSED


@pytest.mark.parametrize("row", APART)
def test_a_frame_of_another_origin_cannot_use_the_pages_api(verdicts: Verdicts, row: str) -> None:
    assert verdicts.of(row, "parent") == REFUSED
    assert verdicts.cell("open", row)["parent"] == "SecurityError"


@pytest.mark.parametrize("row", SAME_ORIGIN)
def test_a_frame_of_the_pages_origin_is_the_page(verdicts: Verdicts, row: str) -> None:
    assert verdicts.of(row, "parent") == IS_PAGE
    assert verdicts.cell("open", row)["parent"] == 7
    assert verdicts.cell("open", row)["api"] == "undefined", "by its parent's, it has none itself"


@pytest.mark.parametrize("row", WORKERS)
def test_a_worker_gets_no_bytes(verdicts: Verdicts, row: str) -> None:
    assert verdicts.of(row, "fetch") == REFUSED


@pytest.mark.parametrize("column", LINE_OPEN)
@pytest.mark.parametrize("row", WORKERS)
def test_a_worker_has_nothing_to_attack(verdicts: Verdicts, row: str, column: str) -> None:
    assert verdicts.of(row, column) == NOTHING
    assert verdicts.cell("open", row)["webkit"] == "undefined"


@pytest.mark.parametrize("row", UNMADE)
def test_a_service_worker_or_a_popup_cannot_be_made(verdicts: Verdicts, row: str) -> None:
    assert {verdicts.of(row, column) for column in COLUMNS} == {NO_ROW}


def test_the_engine_registers_no_service_worker(report: Any) -> None:
    note = report["open"]["notes"]["service-worker"]
    assert note.startswith("TypeError: ")
    assert "HTTP or HTTPS" in note, "the engine's rule, not a 404"


def test_a_page_opens_no_window(report: Any) -> None:
    assert report["open"]["notes"]["popup"] == "null"


@pytest.mark.parametrize("row", MADE)
def test_only_its_own_api_call_reached_python(report: Any, row: str) -> None:
    reached = {mark for mark in report["open"]["marks"] if mark.split()[0] == row}
    assert reached == ({f"{row} parent"} if row in SAME_ORIGIN else set())


@pytest.mark.parametrize("row", FRAMES)
def test_the_news_passed_by_each_forged_sink(verdicts: Verdicts, row: str) -> None:
    assert verdicts.cell("open", row)["captured"] == 0, "it was asked, and answered"


@pytest.mark.parametrize("label", ["policy", "open", "isolated", "hooked"])
def test_the_page_itself_has_its_bridge_and_its_news(report: Any, label: str) -> None:
    assert report[label]["greeting"] == 7
    assert report[label]["heard"] == 20


# --- what lies around the bridge


@pytest.mark.parametrize("row", MADE)
def test_what_the_default_policy_lets_run(verdicts: Verdicts, row: str) -> None:
    assert verdicts.ran("policy", row) == (row in RUNS_UNDER_THE_POLICY)


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("row", RUNS_UNDER_THE_POLICY)
def test_the_default_policy_changes_no_verdict(verdicts: Verdicts, row: str, column: str) -> None:
    assert verdicts.of(row, column, "policy") == verdicts.of(row, column)


@pytest.mark.parametrize("row", sorted({*SAME_ORIGIN} - FILLED_BY_THE_PAGE))
def test_an_origin_of_its_own_makes_the_apps_other_frames_strangers(
    verdicts: Verdicts, row: str
) -> None:
    assert verdicts.of(row, "parent", "isolated") == REFUSED
    assert verdicts.cell("isolated", row)["origin"] == "millennium://localhost"


@pytest.mark.parametrize("row", sorted(FILLED_BY_THE_PAGE))
def test_what_the_page_itself_fills_stays_the_page(verdicts: Verdicts, row: str) -> None:
    assert verdicts.of(row, "parent", "isolated") == IS_PAGE
    assert verdicts.cell("isolated", row)["origin"] == "millennium://isolated.localhost"


@pytest.mark.parametrize("row", SAME_ORIGIN)
def test_the_isolation_hook_may_refuse_what_is_the_page(verdicts: Verdicts, row: str) -> None:
    assert verdicts.of(row, "parent", "hooked") == REFUSED
    assert verdicts.cell("hooked", row)["parent"] == "Error", "the hook's, not the engine's"


@pytest.mark.parametrize("column", ["handler", "event", "fetch", "sink"])
@pytest.mark.parametrize("label", ["isolated", "hooked"])
def test_nothing_else_opens_there(verdicts: Verdicts, label: str, column: str) -> None:
    assert {verdicts.of(row, column, label) for row in MADE} <= {REFUSED, NOTHING}


# --- the controls: with its own check off, each attack succeeds


@pytest.mark.parametrize(
    ("column", "rows"),
    [
        ("handler", FRAMES),
        ("event", [*SAME_ORIGIN]),
        ("fetch", [*FRAMES, "worker", "worker-module", "worker-blob"]),
        ("sink", [*SAME_ORIGIN]),
        ("parent", FRAMES),
    ],
    ids=[*COLUMNS],
)
def test_an_attack_succeeds_where_its_check_is_off(
    verdicts: Verdicts, column: str, rows: list[str]
) -> None:
    assert set(verdicts.found(column)) == set(rows)


@pytest.mark.parametrize("row", SAME_ORIGIN)
def test_a_forged_sink_would_hear_what_is_evaluated_in_the_pages_world(
    verdicts: Verdicts, row: str
) -> None:
    assert verdicts.cell("page-sink", row)["captured"] > 0


def test_a_popup_would_run_and_be_the_page(verdicts: Verdicts) -> None:
    assert verdicts.cell("popups", "popup")["parent"] == 7
    assert verdicts.cell("popups", "popup")["handler"] == 0
    assert verdicts.cell("popups", "popup")["fetch"] == [404, 404, 404]


def test_a_row_that_never_ran_has_no_verdict(report: Any) -> None:
    cells = {**report["open"]["cells"]}
    del cells["srcdoc"]
    blind = Verdicts({"open": {**report["open"], "cells": cells, "marks": []}})
    with pytest.raises(LookupError, match="srcdoc never ran"):
        blind.of("srcdoc", "handler")


# --- the page of the documentation


def test_the_table_of_the_documentation_is_what_was_seen(report: Any) -> None:
    text = render(report)
    assert SUCCEEDED not in text
    assert PAGE.read_text(encoding="utf-8") == text, "run: python tools/frames_table.py --write"
