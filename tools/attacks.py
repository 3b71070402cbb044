"""The `security` session: its parts, in one table, and what they mean for each published attack.

1. ``attacks``: all of tests/security, against real windows.
2. The tests elsewhere that tests/security/cases.toml names, room by room.
3. ``mutants``: each check of the gate, and of what it stands on, is taken away once.

``--quick`` leaves out `SLOW_ROOMS`, slow attacks, and mutants of what is not the gate itself, and
fuzzes with the same inputs each time; the session's table says so. At the end: the matrix of frames as it was seen, a table of all cases with
the reason of each that was not tried, counts, and build/security/report.json.
"""

from __future__ import annotations

import ast
import json
import tomllib
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import steps
import suites
from workspace import ROOT

HERE = ROOT / "tests" / "security"
CASES = HERE / "cases.toml"
REPORT = ROOT / "build" / "security" / "report.json"
SLOW_ROOMS = ("tests/executable", "tests/install", "tests/docs", "tests/examples")
"""Rooms whose named tests build executables, or follow a whole guide."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A part that is a program of its own and prints what it found.

    Attributes:
        name: In the table.
        command: What runs.
        quick: What is added for ``--quick``.
        display: Whether it shows windows.
    """

    name: str
    command: tuple[str, ...]
    quick: tuple[str, ...] = ()
    display: bool = False


FUZZ_SECONDS = 60

PROGRAMS = (
    Program(name="mutants", command=("python", "tools/mutate_gate.py"), quick=("--quick",)),
)

LEFT_OUT = {
    "attacks: slow": "floods of one window while another is measured",
    "attacks: fuzzing further": f"other inputs each time, {FUZZ_SECONDS} s for each parser",
    "mutants: not of the gate itself": "checks of what the gate stands on",
}
"""Part that a quick run leaves out, besides `SLOW_ROOMS`, and what it is."""

WHOLE = "python3 dev.py security runs them"
MATRIX = ROOT / "docs" / "reference" / "frames.md"
SEEN = "tests/security/test_matrix.py::test_the_table_of_the_documentation_is_what_was_seen"
"""The test that compares `MATRIX` with what it has just seen in real windows."""

Verdict = Literal[
    "refused", "is the page", "remains", "not applicable", "FAILED", "cannot here", "not run"
]


CANNOT = "skipped: needs "
"""How the report of a test begins that this machine cannot run."""

LACKING: dict[Verdict, steps.Status] = {
    "FAILED": "failed",
    "cannot here": "cannot",
    "not run": "missing",
}
"""Verdict about an attack that was not tried in full → what that is to the session."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one published attack came to.

    Attributes:
        id: As published.
        product: What it was found in.
        attack: In one sentence.
        verdict: See `judge`.
        tried: How many tests of it ran.
        remark: Why something remains or does not apply; what failed, and why what did not run did not.
    """

    id: str
    product: str
    attack: str
    verdict: Verdict
    tried: int
    remark: str = ""


def run(part: steps.Steps, *, quick: bool, options: Sequence[str]) -> None:
    """Run all parts, print the table of cases and keep it; `options` are pytest's."""
    part.tries_again = False  # an attack that gets through once got through
    if not quick:
        part.environment.setdefault("FUZZ_SECONDS", str(FUZZ_SECONDS))
    cases = tomllib.loads(CASES.read_text(encoding="utf-8"))["case"]
    reports = steps.REPORTS
    for old in reports.glob("security-*.xml"):
        old.unlink()
    chosen = ("-m", "not slow") if quick else ()
    suites.run_folder(part, "attacks", HERE, *chosen, *options, display=True)
    if options:
        return
    _run_named(part, cases, quick=quick)
    for program in PROGRAMS:
        _run_program(part, program, quick=quick)
    for name, what in LEFT_OUT.items() if quick else ():
        part.add(steps.Part(name=name, status="left", reason=f"{what}; {WHOLE}"))
    results = read_results(reports.glob("security-*.xml"))
    print(matrix(results), flush=True)
    keep(part, judge(cases, results), quick=quick)


def rooms_of(cases: Iterable[dict[str, Any]]) -> dict[str, list[str]]:
    """Return room → the tests there that cases name, without tests/security."""
    rooms: dict[str, dict[str, None]] = {}
    for case in cases:
        for test in case.get("tests", ()):
            parts = Path(test.partition("::")[0]).parts
            room = "/".join(parts[:3] if parts[0] == "packages" else parts[:2])
            if room != "tests/security":
                rooms.setdefault(room, {})[_node_of(test)] = None
    return {room: sorted(tests) for room, tests in sorted(rooms.items())}


def read_results(reports: Iterable[Path]) -> dict[str, list[str]]:
    """Return test (``file.py::name``) → what became of each of its runs; "" if it passed."""
    results: dict[str, list[str]] = {}
    for report in reports:
        for found in ET.parse(report).getroot().iter("testcase"):
            name = found.get("name", "").partition("[")[0]
            wrong = [child for child in found if child.tag in {"failure", "error", "skipped"}]
            said = f"{wrong[0].tag}: {wrong[0].get('message', '')[:200]}" if wrong else ""
            module = found.get("classname", "").replace(".", "/")
            results.setdefault(f"{_file_of(module)}::{name}", []).append(said)
    return results


def judge(cases: Iterable[dict[str, Any]], results: dict[str, list[str]]) -> list[Outcome]:
    """Say of each attack what its tests showed."""
    outcomes = []
    for case in cases:
        verdict, tried, remark = _judge(case, results)
        outcomes += [
            Outcome(
                id=each,
                product=case["product"],
                attack=case["attack"],
                verdict=verdict,
                tried=tried,
                remark=remark,
            )
            for each in case["ids"]
        ]
    return outcomes


def matrix(results: dict[str, list[str]]) -> str:
    """Return the matrix of frames as real windows have just shown it, or that they did not."""
    if results.get(SEEN) != [""]:
        return "\nmatrix of frames: not seen as it is written down; see the tests of test_matrix.py"
    lines = MATRIX.read_text(encoding="utf-8").splitlines()
    shown = [line for line in lines if line.startswith("|") or " cells of " in line]
    return "\n".join(("\nmatrix of frames, seen in this run:", *shown))


def table(outcomes: Sequence[Outcome]) -> str:
    """Draw all attacks, and count them."""
    width = max(len(outcome.id) for outcome in outcomes)
    lines = [f"\n{'attack':<{width}}  {'result':<14}  tests"]
    lines += [
        f"{outcome.id:<{width}}  {outcome.verdict:<14}  {outcome.tried:>5}  {outcome.remark}".rstrip()
        for outcome in outcomes
    ]
    counts = Counter(outcome.verdict for outcome in outcomes)
    counted = ", ".join(f"{number} {verdict}" for verdict, number in counts.most_common())
    tried = sum(outcome.tried > 0 for outcome in outcomes)
    lines.append(f"\n{len(outcomes)} attacks, {tried} tried: {counted}")
    return "\n".join(lines)


def keep(part: steps.Steps, outcomes: Sequence[Outcome], *, quick: bool) -> None:
    """Print all outcomes, keep them, and tell the session what they mean."""
    print(table(outcomes), flush=True)
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    kept = {"quick": quick, "attacks": [asdict(outcome) for outcome in outcomes]}
    REPORT.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    of = {verdict: [each.id for each in outcomes if each.verdict == verdict] for verdict in LACKING}
    whole = len(outcomes) - sum(map(len, of.values()))
    failed = of["FAILED"]
    reason = f"{whole} of {len(outcomes)} in full, {len(failed)} failed"
    part.add(steps.Part(name="cases", status="failed" if failed else "ran", reason=reason))
    for verdict, status in LACKING.items():
        if of[verdict] and status != "failed":
            named = f"{', '.join(of[verdict])}" + (f"; {WHOLE}" if verdict == "not run" else "")
            left: steps.Status = "left" if quick and verdict == "not run" else status
            name = f"cases: {len(of[verdict])} {verdict}"
            part.add(steps.Part(name=name, status=left, reason=named))


def _run_named(part: steps.Steps, cases: list[dict[str, Any]], *, quick: bool) -> None:
    for room, tests in rooms_of(cases).items():
        name = f"named {room}"
        if quick and room in SLOW_ROOMS:
            reason = f"{len(tests)} tests that build, or follow a guide; {WHOLE}"
            part.add(steps.Part(name=name, status="left", reason=reason))
        else:
            part.pytest(name, *tests, prefix=suites.private_display())


def _run_program(part: steps.Steps, program: Program, *, quick: bool) -> None:
    prefix = suites.private_display() if program.display else ()
    part.run(program.name, *prefix, *program.command, *(program.quick if quick else ()))


def _judge(case: dict[str, Any], results: dict[str, list[str]]) -> tuple[Verdict, int, str]:
    if "not_applicable" in case:
        return "not applicable", 0, case["not_applicable"]
    runs = {test: results.get(test, []) for test in case["tests"]}
    tried = sum(bool(said) for said in runs.values())
    bad = [test for test, said in runs.items() if any(each for each in said)]
    absent = [test for test, said in runs.items() if not said]
    if bad:
        return _judge_bad(bad[0], runs[bad[0]], tried)
    if absent:
        return "not run", tried, f"{absent[0]} was left out or did not run"
    if "remains" in case:
        return "remains", tried, case["remains"]
    if "is_the_page" in case:
        return "is the page", tried, case["is_the_page"]
    return "refused", tried, ""


def _judge_bad(test: str, said: list[str], tried: int) -> tuple[Verdict, int, str]:
    """Tell what this machine lacks from what went wrong."""
    wrong = [each for each in said if each and not each.startswith(CANNOT)]
    if wrong:
        return "FAILED", tried, f"{test}: {wrong[0]}"
    return "cannot here", tried, f"{test}: {next(filter(None, said))}"


def _node_of(test: str) -> str:
    """Return how pytest calls a test, which may be in a class."""
    file, _, name = test.partition("::")
    owner = _owners(file).get(name, "")
    return f"{file}::{owner}::{name}" if owner else test


@cache
def _owners(file: str) -> dict[str, str]:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return {
        inner.name: node.name
        for node in tree.body
        if isinstance(node, ast.ClassDef)
        for inner in node.body
        if isinstance(inner, ast.FunctionDef)
    }


def _file_of(module: str) -> str:
    """Return the file that a report's ``classname`` means; its last word may be a class."""
    whole = f"{module}.py"
    return whole if (ROOT / whole).is_file() else f"{module.rpartition('/')[0]}.py"
