"""The mutation run takes away what it says, and notices when there is nothing to take."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

from mutants import make_control, make_mutants  # noqa: E402
from mutation_targets import HARMLESS, TARGETS, Target  # noqa: E402

SOURCE = '''"""A gate."""

def admit(name, token):
    # (1)
    if not name or len(token) < 3:
        raise ValueError
    require_name(name)
    if 0 < len(name) <= 9:
        return [part for part in name if part.isalpha()]
    return names.pop(name, None) if token else None

class Pad:
    def burn(self, token) -> bool:
        self.last = token
        del self.all[token]
        return token in self.all

def other(name):
    if not name:
        raise ValueError
'''


def names(*functions: str) -> set[str]:
    return {mutant.name for mutant in make_mutants(SOURCE, frozenset(functions))}


def test_each_check_of_a_function_is_taken_away_once() -> None:
    assert names("admit") == {
        "admit: never if not name or len(token) < 3",
        "admit: always, not if not name or len(token) < 3",
        "admit: without not name",
        "admit: without len(token) < 3",
        "admit: without require_name(name)",
        "admit: never if 0 < len(name) <= 9",
        "admit: always, not if 0 < len(name) <= 9",
        "admit: without 0 < len(name)",
        "admit: without len(name) <= 9",
        "admit: any, not only if part.isalpha()",
        "admit: always names.pop(name, None)",
        "admit: always None",
        "admit: get for names.pop(name, None)",
    }


def test_an_answer_and_what_is_used_up_are_checks_too() -> None:
    assert names("Pad.burn") == {
        "Pad.burn: without self.last = token",
        "Pad.burn: without del self.all[token]",
        "Pad.burn: True for token in self.all",
        "Pad.burn: False for token in self.all",
    }


def test_a_mutant_differs_by_one_check() -> None:
    (mutant,) = [
        each for each in make_mutants(SOURCE, frozenset({"other"})) if "never" in each.name
    ]

    assert mutant.source.count("if False:") == 1
    assert mutant.source.count("raise ValueError") == 2
    compile(mutant.source, "mutant", "exec")


def test_the_control_does_what_the_source_does() -> None:
    changed, original = make_control(SOURCE), make_control(make_control(SOURCE))

    assert changed == original
    assert "A gate" not in changed


def test_a_function_that_is_not_there_is_no_silence() -> None:
    with pytest.raises(LookupError, match="renamed"):
        make_mutants(SOURCE, frozenset({"renamed"}))


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: str(target.name))
def test_a_target_has_checks_and_tests(target: Target) -> None:
    source = (ROOT / "packages/millennium/src/millennium" / target.module).read_text("utf-8")

    assert len(make_mutants(source, target.functions)) >= 2
    assert all((ROOT / test).is_file() for test in target.tests)


def test_what_may_survive_is_still_there_and_says_why() -> None:
    there = {
        (target.name, mutant.name)
        for target in TARGETS
        for mutant in make_mutants(
            (ROOT / "packages/millennium/src/millennium" / target.module).read_text("utf-8"),
            target.functions,
        )
    }

    assert set(HARMLESS) <= there
    assert all(len(reason) > 30 for reason in HARMLESS.values())
