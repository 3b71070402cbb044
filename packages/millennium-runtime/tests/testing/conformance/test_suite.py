"""The mock passes what the engines pass, and the suite reads well."""

from __future__ import annotations

import re
from importlib import import_module

import pytest

from millennium_runtime.testing.conformance import (
    CannotCheckError,
    ConformanceError,
    all_checks,
    check_runtime,
    run_check,
)
from millennium_runtime.testing.conformance.check import check
from millennium_runtime.testing.conformance.mock_probe import MockProbe


@pytest.mark.conformance
@pytest.mark.parametrize("check", all_checks(), ids=str)
def test_the_mock_keeps_the_promise(check):
    run_check(check, MockProbe)


@pytest.mark.parametrize("check", all_checks(), ids=str)
def test_each_check_says_its_rule_in_one_sentence(check):
    module, number = check.rule.split()
    rules = rules_of(module)
    assert re.search(rf"^{number}\. ", rules, re.MULTILINE)
    assert check.summary.endswith(".")
    assert "\n" not in check.summary


@pytest.mark.parametrize("module", ["runtime", "dispatcher", "window", "webview", "request"])
def test_each_numbered_rule_has_a_check(module):
    rules = re.findall(r"^(\d+)\. ", rules_of(module), re.MULTILINE)
    checked = {check.rule for check in all_checks()}
    assert {f"{module} {number}" for number in rules} <= checked


def test_names_are_unique():
    names = [check.name for check in all_checks()]
    assert len(names) == len(set(names))


@check("runtime 1")
def passes(_stage):
    """It passes."""


@check("runtime 2")
def fails(_stage):
    """It fails."""
    raise AssertionError("as it should")


@check("runtime 3")
def raises(_stage):
    """It raises."""
    raise LookupError("nothing there")


def test_all_failures_are_listed_by_rule():
    with pytest.raises(ConformanceError) as caught:
        check_runtime(MockProbe, checks=[raises, passes, fails])
    assert str(caught.value).splitlines() == [
        "2 checks failed:",
        "  runtime 2: fails",
        "    It fails.",
        "    as it should",
        "  runtime 3: raises",
        "    It raises.",
        "    LookupError: nothing there",
    ]


def test_verdicts_are_returned_when_all_is_well():
    (verdict,) = check_runtime(MockProbe, checks=[passes])
    assert (verdict.check, verdict.status, verdict.reason) == (passes, "passed", "")


def test_one_failing_check_is_an_error():
    with pytest.raises(ConformanceError, match="as it should"):
        run_check(fails, MockProbe)


def test_a_check_that_cannot_be_made_says_why():
    with pytest.raises(CannotCheckError, match="needs a display"):
        run_check(fails, PoorProbe)


class PoorProbe(MockProbe):
    def cannot(self):
        return {"fails": "needs a display"}


def rules_of(module):
    return import_module(f"millennium_runtime.{module}").__doc__ or ""
