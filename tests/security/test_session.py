"""What the security session says of an attack is what the tests of that attack showed."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import attacks  # noqa: E402
import steps  # noqa: E402

HERE = "tests/security/test_session.py"
TEST = f"{HERE}::test_a_report_is_read"
OTHER = f"{HERE}::test_of_another_kind"


def case(**keys: Any) -> dict[str, Any]:
    return {"ids": ["A-1", "A-2"], "product": "x", "attack": "y", "tests": [TEST, OTHER], **keys}


PASSED = {TEST: ["", ""], OTHER: [""]}


@pytest.mark.parametrize(
    ("extra", "results", "verdict"),
    [
        ({}, PASSED, "refused"),
        ({"is_the_page": "the web's rule"}, PASSED, "is the page"),
        ({"remains": "the loader's rule"}, PASSED, "remains"),
        ({"not_applicable": "the platform's rule"}, {}, "not applicable"),
        ({}, PASSED | {OTHER: ["", "failure: it got in"]}, "FAILED"),
        ({}, PASSED | {OTHER: ["skipped: needs a display"]}, "cannot here"),
        ({}, PASSED | {OTHER: ["skipped: one day"]}, "FAILED"),
        ({}, PASSED | {TEST: ["skipped: needs gcc", "failure: it got in"]}, "FAILED"),
        ({"remains": "the loader's rule"}, PASSED | {TEST: ["error: x"]}, "FAILED"),
        ({}, {TEST: [""]}, "not run"),
        ({}, {}, "not run"),
    ],
)
def test_the_verdict_is_that_of_the_tests(
    extra: dict[str, str], results: dict[str, list[str]], verdict: str
) -> None:
    outcomes = attacks.judge([case(**extra)], results)

    assert [outcome.id for outcome in outcomes] == ["A-1", "A-2"]
    assert {outcome.verdict for outcome in outcomes} == {verdict}


def test_a_report_is_read(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    report.write_text(
        '<testsuites><testsuite><testcase classname="tests.security.test_session" '
        'name="test_a_report_is_read[one]"/><testcase classname="tests.security.test_session" '
        'name="test_a_report_is_read[two]"><failure message="it got in"/></testcase>'
        '<testcase classname="tests.security.test_session.InAClass" name="test_of_another_kind"/>'
        "</testsuite></testsuites>",
        encoding="utf-8",
    )

    assert attacks.read_results([report]) == {TEST: ["", "failure: it got in"], OTHER: [""]}


def test_each_room_gets_the_tests_that_are_named_of_it() -> None:
    cases = tomllib.loads(attacks.CASES.read_text(encoding="utf-8"))["case"]
    rooms = attacks.rooms_of(cases)
    tests = [test for named in rooms.values() for test in named]

    assert "tests/security" not in rooms
    assert set(attacks.SLOW_ROOMS) & set(rooms) >= {"tests/executable"}
    assert len(tests) == len(set(tests))
    assert any(test.count("::") == 2 for test in tests), "one that is in a class"


@pytest.mark.parametrize(
    ("results", "quick", "status"),
    [
        (PASSED, False, {"ran"}),
        ({}, False, {"ran", "missing"}),
        ({}, True, {"ran", "left"}),
        (PASSED | {OTHER: ["skipped: needs gcc"]}, False, {"ran", "cannot"}),
        (PASSED | {OTHER: ["failure: it got in"]}, True, {"failed"}),
    ],
    ids=["all", "not run", "not run in a quick run", "cannot", "failed"],
)
def test_the_sessions_table_says_what_was_not_tried(
    results: dict[str, list[str]],
    quick: bool,
    status: set[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setattr(attacks, "REPORT", tmp_path / "report.json")
    part = steps.Steps("security", {})
    attacks.keep(part, attacks.judge([case()], results), quick=quick)

    assert {each.status for each in part.parts} == status
    assert attacks.REPORT.is_file()


def test_the_matrix_is_shown_when_it_was_seen() -> None:
    assert "| a worker |" in attacks.matrix({attacks.SEEN: [""]})


@pytest.mark.parametrize("results", [{}, {attacks.SEEN: ["failure: x"]}], ids=["no", "otherwise"])
def test_a_matrix_that_was_not_seen_is_not_shown(results: dict[str, list[str]]) -> None:
    assert "|" not in attacks.matrix(results)


def test_the_table_counts_every_attack() -> None:
    outcomes = attacks.judge([case(), case(ids=["B"], not_applicable="x")], PASSED)
    drawn = attacks.table(outcomes)

    assert "3 attacks, 2 tried: 2 refused, 1 not applicable" in drawn
