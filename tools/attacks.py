"""The `security` session: its parts, in one table, and what they mean for each published attack.

1. ``attacks``: all of tests/security, against real windows.
2. The tests elsewhere that tests/security/cases.toml names, room by room.
3. ``mutants``: each check of the gate, and of what it stands on, is taken away once.

``--quick`` leaves out `SLOW_ROOMS`, slow attacks, and mutants of what is not the gate itself.
At the end: a table of all cases, counts, and build/security/report.json.
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


PROGRAMS = (
    Program(name="mutants", command=("python", "tools/mutate_gate.py"), quick=("--quick",)),
)
"""A fuzzer is one more line here; in a quick run each has a minute."""

Verdict = Literal["refused", "is the page", "remains", "not applicable", "FAILED", "not run"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one published attack came to.

    Attributes:
        id: As published.
        product: What it was found in.
        attack: In one sentence.
        verdict: See `judge`.
        tried: How many tests of it ran.
        remark: Why something remains or does not apply; what failed or did not run.
    """

    id: str
    product: str
    attack: str
    verdict: Verdict
    tried: int
    remark: str = ""


def run(part: steps.Steps, *, quick: bool, options: Sequence[str]) -> None:
    """Run all parts, print the table of cases and keep it; `options` are pytest's."""
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
    outcomes = judge(cases, read_results(reports.glob("security-*.xml")))
    _keep(part, outcomes, quick=quick)


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


def _run_named(part: steps.Steps, cases: list[dict[str, Any]], *, quick: bool) -> None:
    for room, tests in rooms_of(cases).items():
        name = f"named {room}"
        if quick and room in SLOW_ROOMS:
            reason = f"{len(tests)} tests that build; python3 dev.py security runs them"
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
        return "FAILED", tried, f"{bad[0]}: {next(filter(None, runs[bad[0]]))}"
    if absent:
        return "not run", tried, absent[0]
    if "remains" in case:
        return "remains", tried, case["remains"]
    if "is_the_page" in case:
        return "is the page", tried, case["is_the_page"]
    return "refused", tried, ""


def _keep(part: steps.Steps, outcomes: Sequence[Outcome], *, quick: bool) -> None:
    print(table(outcomes), flush=True)
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    kept = {"quick": quick, "attacks": [asdict(outcome) for outcome in outcomes]}
    REPORT.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    failed = sum(outcome.verdict == "FAILED" for outcome in outcomes)
    absent = sum(outcome.verdict == "not run" for outcome in outcomes)
    tried = len(outcomes) - absent
    part.add(
        steps.Part(
            name="cases",
            status="failed" if failed or (absent and not quick) else "ran",
            reason=f"{tried} of {len(outcomes)} in full, {failed} failed",
        )
    )


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
