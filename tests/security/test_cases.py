"""The list of published attacks is whole, and each names tests that exist or says why there is none."""

from __future__ import annotations

import ast
import sys
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

from mutation_targets import TARGETS  # noqa: E402 - after the path is set

HERE = Path(__file__).parent
CASES = tomllib.loads((HERE / "cases.toml").read_text(encoding="utf-8"))["case"]
IDS = (HERE / "case_ids.txt").read_text(encoding="utf-8").split()
KEYS = {
    *("ids", "product", "attack", "tests", "control", "no_control"),
    *("is_the_page", "remains", "not_applicable"),
}
MUTANTS = "mutants: "
ON_AN_ENGINE = ("tests/security/", "tests/e2e/", "tests/executable/", "/webkitgtk/")
STATIC = {"TRI-028", "TAU2-002", "CVE-2023-46115", "CVE-2025-55201"}
"""Attacks on who builds, or on names: no window takes part in them."""

TRIED = [case for case in CASES if "tests" in case]
EVASIONS = ("later", "todo", "not yet", "next milestone", "soon")
PLATFORM_WORDS = ("platform", "engine", "webkit", "webview2", "loader")


def _name(case: dict[str, Any]) -> str:
    return str(case["ids"][0])


@cache
def _functions(file: str) -> frozenset[str]:
    path = ROOT / file
    if not path.is_file():
        return frozenset()
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return frozenset(getattr(node, "name", "") for node in nodes)


def _is_there(test: str) -> bool:
    file, _, name = test.partition("::")
    return name.startswith("test_") and name in _functions(file)


def test_the_list_is_whole_and_has_each_attack_once() -> None:
    assert [each for case in CASES for each in case["ids"]] == IDS
    assert len(IDS) == len(set(IDS))


@pytest.mark.parametrize(
    ("prefix", "amount"), [("TRI-", 36), ("TAU2-", 23)], ids=["first audit", "second audit"]
)
def test_each_finding_of_the_audits_is_in_it(prefix: str, amount: int) -> None:
    assert sum(each.startswith(prefix) for each in IDS) == amount


@pytest.mark.parametrize("case", CASES, ids=_name)
def test_a_case_is_tried_or_says_why_not(case: dict[str, Any]) -> None:
    assert case.keys() <= KEYS
    assert case["product"]
    assert case["attack"]
    assert bool(case.get("tests")) != bool(case.get("not_applicable"))


@pytest.mark.parametrize("case", CASES, ids=_name)
def test_the_tests_of_a_case_exist(case: dict[str, Any]) -> None:
    assert [test for test in case.get("tests", []) if not _is_there(test)] == []


@pytest.mark.parametrize("case", TRIED, ids=_name)
def test_a_case_has_a_control_or_says_why_none_can_be(case: dict[str, Any]) -> None:
    assert bool(case.get("control")) != bool(case.get("no_control"))
    assert len(case.get("no_control", "x" * 41)) > 40


@pytest.mark.parametrize("case", [case for case in TRIED if "control" in case], ids=_name)
def test_a_control_is_run_with_its_case(case: dict[str, Any]) -> None:
    """It is one of its tests, or checks that are taken away one by one."""
    named = {test for test in case["control"] if not test.startswith(MUTANTS)}
    targets = {test.removeprefix(MUTANTS) for test in set(case["control"]) - named}
    assert named <= set(case["tests"])
    assert targets <= {target.name for target in TARGETS}


@pytest.mark.parametrize("case", TRIED, ids=_name)
def test_a_case_is_tried_on_an_engine(case: dict[str, Any]) -> None:
    is_tried = any(part in test for test in case["tests"] for part in ON_AN_ENGINE)
    assert is_tried or _name(case) in STATIC


@pytest.mark.parametrize("test", ["tests/none.py::test_x", "tests/security/test_cases.py::test_x"])
def test_control_a_test_that_does_not_exist_is_found(test: str) -> None:
    assert not _is_there(test)


@pytest.mark.parametrize("case", [case for case in CASES if "not_applicable" in case], ids=_name)
def test_a_reason_names_the_platform_and_is_no_promise(case: dict[str, Any]) -> None:
    reason = case["not_applicable"].lower()

    assert any(word in reason for word in PLATFORM_WORDS)
    assert not any(word in reason for word in EVASIONS)


@pytest.mark.parametrize("case", [case for case in CASES if "remains" in case], ids=_name)
def test_what_remains_is_tried_too(case: dict[str, Any]) -> None:
    assert case["tests"]
    assert len(case["remains"]) > 60
