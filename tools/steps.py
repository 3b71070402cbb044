"""What a session did, part by part: what ran, what did not and why.

1. A part that ran well is `ran`; one that ran badly is `failed`.
2. A part that this machine cannot run (no such interpreter, another system) is `cannot`.
3. A part that could have run here and did not is `missing`, and fails the session.
4. A skipped test is `cannot` when its reason begins with "needs ", and `missing` otherwise.
5. What was left out because something else was named after ``--`` is `left`.
6. A test that fails and then passes twice is `unsteady`, and named.
"""

from __future__ import annotations

import dataclasses
import json
import shutil
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Literal

import second_try

Status = Literal["ran", "failed", "cannot", "left", "missing", "unsteady"]

ROOT = Path(__file__).resolve().parent.parent
REPORTS = ROOT / "build" / "reports"
TESTS_FAILED = 1
NO_TESTS_COLLECTED = 5
_WORDS: dict[Status, str] = {
    "ran": "ran",
    "left": "not asked",
    "cannot": "cannot here",
    "unsteady": "UNSTEADY",
    "missing": "DID NOT RUN",
    "failed": "FAILED",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of a session, as it stands in the table."""

    name: str
    status: Status
    seconds: float = 0.0
    reason: str = ""
    passed: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How one session of `test` ended."""

    title: str
    session: str
    good: bool
    seconds: float


@dataclass(slots=True)
class Steps:
    """Runs the parts of one session and remembers how each ended.

    Attributes:
        session: Its name.
        environment: Of every program that it runs.
        parts: That have ended.
        tries_again: Whether tests that failed get a second try.
    """

    session: str
    environment: dict[str, str]
    parts: list[Part] = field(default_factory=list)
    tries_again: bool = True

    def __post_init__(self) -> None:
        """Hear Ctrl-C: a shell's background job does not, nor do the apps that tests press it for."""
        if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
            signal.signal(signal.SIGINT, signal.default_int_handler)

    def run(
        self,
        name: str,
        *command: str | Path,
        cwd: Path = ROOT,
        environment: Mapping[str, str] = MappingProxyType({}),
    ) -> bool:
        """Run one command as a part; return whether it went well."""
        print(f"\n── {self.session}: {name}", flush=True)
        started = time.monotonic()
        status = self._call(command, cwd, environment)
        self.add(
            Part(
                name=name,
                status="failed" if status else "ran",
                seconds=time.monotonic() - started,
                reason=f"exit code {status}" if status else "",
            )
        )
        return status == 0

    def pytest(
        self,
        name: str,
        *arguments: str | Path,
        prefix: Sequence[str | Path] = (),
        python: str | Path = "python",
        data_file: Path | None = None,
        python_path: str = "",
    ) -> bool:
        """Run pytest as a part and read from its report what ran and what was skipped.

        With a data file, what the tests cover is measured into it. The Python path is for
        programs that are not installed. A few that fail may be tried again (`second_try`).
        """
        print(f"\n── {self.session}: {name}", flush=True)
        report = REPORTS / f"{self.session}-{name.replace('/', '-').replace(' ', '-')}.xml"
        report.parent.mkdir(parents=True, exist_ok=True)
        report.unlink(missing_ok=True)
        started = time.monotonic()
        measure = ("-m", "coverage", "run", f"--data-file={data_file}") if data_file else ()
        runner = (*measure, "-m", "pytest", f"--junitxml={report}", *arguments)
        extra = {"PYTHONPATH": python_path} if python_path else {}
        status = self._call((*prefix, python, *runner), ROOT, extra)
        if self.tries_again and status == TESTS_FAILED and report.exists():
            again = (*prefix, python, "-m", "pytest")
            status = self._try_again(name, report, again, extra)
        seconds = time.monotonic() - started
        if status == NO_TESTS_COLLECTED:
            reason = "no tests there"
            self.add(Part(name=name, status="missing", seconds=seconds, reason=reason))
        elif not report.exists():
            reason = f"exit code {status}, no report"
            self.add(Part(name=name, status="failed", seconds=seconds, reason=reason))
        else:
            self.parts += read_report(name, report, status, seconds)
        return status == 0

    def _try_again(
        self, name: str, report: Path, pytest: Sequence[str | Path], extra: Mapping[str, str]
    ) -> int:
        """Return pytest's exit code: 0 when all that failed passed each further time."""
        tests = second_try.failed_tests(report, ROOT)
        if not all(tests) or not 0 < len(tests) <= second_try.MOST:
            return TESTS_FAILED
        for _ in range(second_try.TRIES):
            status = self._call((*pytest, *tests), ROOT, extra)
            if status:
                return status
        second_try.forgive(report)
        reason = f"passed {second_try.TRIES} times after failing: {', '.join(tests)}"
        self.add(Part(name=f"{name}: {len(tests)} unsteady", status="unsteady", reason=reason))
        return 0

    def add(self, part: Part) -> None:
        """Put one line into the table."""
        self.parts.append(part)

    def finish(self) -> bool:
        """Print the table, keep it for `test`, and return whether all is well."""
        REPORTS.mkdir(parents=True, exist_ok=True)
        kept = json.dumps([dataclasses.asdict(part) for part in self.parts], indent=1)
        report_path(self.session).write_text(kept + "\n", encoding="utf-8")
        print("\n" + table(self.parts), flush=True)
        return bool(self.parts) and all(
            part.status not in {"missing", "failed"} for part in self.parts
        )

    def _call(self, command: Sequence[str | Path], cwd: Path, extra: Mapping[str, str]) -> int:
        environment = {**self.environment, **extra}
        program = shutil.which(str(command[0]), path=environment["PATH"])
        if program is None or not cwd.is_dir():
            lacking = cwd if program else f"program {command[0]}"
            print(f"{self.session}: there is no {lacking}", file=sys.stderr)
            return 127
        return subprocess.call([program, *map(str, command[1:])], cwd=cwd, env=environment)


def read_report(name: str, report: Path, status: int, seconds: float) -> list[Part]:
    """Read from pytest's report what passed, what failed and what was skipped for which reason."""
    suites = list(ET.parse(report).getroot().iter("testsuite"))
    total, bad, skipped = (
        sum(int(suite.get(key, "0")) for suite in suites for key in keys)
        for keys in (("tests",), ("failures", "errors"), ("skipped",))
    )
    passed = total - bad - skipped
    result = Part(
        name=name,
        status="failed" if bad or status else "ran",
        seconds=seconds,
        reason=f"{passed} passed" + (f", {bad} failed" if bad else ""),
        passed=passed,
        failed=bad,
    )
    skips = [skip for suite in suites for skip in suite.iter("skipped")]
    reasons = Counter(
        skip.get("message") or "no reason given"
        for skip in skips
        if skip.get("type") != "pytest.xfail"
    )
    return [result, *(_skipped(name, reason, count) for reason, count in reasons.items())]


def _skipped(name: str, reason: str, count: int) -> Part:
    status: Status = "cannot" if reason.startswith("needs ") else "missing"
    return Part(name=f"{name}: {count} skipped", status=status, reason=reason)


def report_path(session: str) -> Path:
    """Name the file in which a session keeps its parts."""
    return REPORTS / f"{session}.json"


def read_parts(session: str) -> list[Part]:
    """Read what a session kept; empty when it never came to its end."""
    path = report_path(session)
    if not path.exists():
        return []
    return [Part(**part) for part in json.loads(path.read_text(encoding="utf-8"))]


def table(parts: Sequence[Part]) -> str:
    """Draw the parts as a table, worst news last."""
    order = list(_WORDS)
    width = max((len(part.name) for part in parts), default=4)
    lines = [f"{'what':<{width}}  {'result':<11}  {'seconds':>7}  remarks"]
    lines += [
        f"{part.name:<{width}}  {_WORDS[part.status]:<11}  {part.seconds:>7.1f}  {part.reason}"
        for part in sorted(parts, key=lambda part: order.index(part.status))
    ]
    return "\n".join(line.rstrip() for line in lines)


def summary(outcomes: Sequence[Outcome]) -> str:
    """Draw one table of many sessions, with all that did not run, and count the tests."""
    lines = [f"\n{'session':<20}  {'result':<11}  {'seconds':>7}  remarks"]
    passed = failed = 0
    for outcome in outcomes:
        parts = read_parts(outcome.session)
        passed += sum(part.passed for part in parts)
        failed += sum(part.failed for part in parts)
        ran = sum(part.status == "ran" for part in parts)
        word = "ran" if outcome.good else "FAILED"
        lines.append(
            f"{outcome.title:<20}  {word:<11}  {outcome.seconds:>7.1f}  "
            f"{ran} of {len(parts)} parts ran"
        )
        lines += [
            f"    {_WORDS[part.status]:<11}  {part.name}: {part.reason}"
            for part in parts
            if part.status != "ran"
        ]
    total = sum(outcome.seconds for outcome in outcomes)
    lines.append(f"\n{len(outcomes)} sessions in {total / 60:.1f} minutes")
    lines.append(f"{passed} passed, {failed} failed")
    return "\n".join(lines)
