"""What a session did, part by part: what ran, what did not and why.

1. A part that ran well is `ran`; one that ran badly is `failed`.
2. A part that this machine cannot run (no such interpreter, another system) is `cannot`.
3. A part that could have run here and did not is `missing`, and fails the session.
4. A skipped test is `cannot` when its reason begins with "needs ", and `missing` otherwise.
"""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
import time
import xml.etree.ElementTree as ET  # noqa: S405 - only files that pytest just wrote
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Status = Literal["ran", "failed", "cannot", "missing"]

ROOT = Path(__file__).resolve().parent.parent
REPORTS = ROOT / "build" / "reports"
NO_TESTS_COLLECTED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of a session, as it stands in the table."""

    name: str
    status: Status
    seconds: float = 0.0
    reason: str = ""
    passed: int = 0
    failed: int = 0


@dataclass(slots=True)
class Steps:
    """Runs the parts of one session and remembers how each ended."""

    session: str
    environment: dict[str, str]
    parts: list[Part] = field(default_factory=list)

    def run(self, name: str, *command: str | Path, cwd: Path = ROOT, **extra: str) -> bool:
        """Run one command as a part; return whether it went well."""
        print(f"\n── {self.session}: {name}", flush=True)
        started = time.monotonic()
        status = self._call(command, cwd, extra)
        self.add(
            name,
            "failed" if status else "ran",
            seconds=time.monotonic() - started,
            reason=f"exit code {status}" if status else "",
        )
        return status == 0

    def pytest(
        self,
        name: str,
        *arguments: str | Path,
        prefix: Sequence[str | Path] = (),
        python: str | Path = "python",
        cwd: Path = ROOT,
        **extra: str,
    ) -> bool:
        """Run pytest as a part and read from its report what ran and what was skipped."""
        print(f"\n── {self.session}: {name}", flush=True)
        report = REPORTS / f"{self.session}-{name.replace('/', '-').replace(' ', '-')}.xml"
        report.parent.mkdir(parents=True, exist_ok=True)
        report.unlink(missing_ok=True)
        started = time.monotonic()
        runner = ("-m", "pytest", f"--junitxml={report}", *arguments)
        status = self._call((*prefix, python, *runner), cwd, extra)
        seconds = time.monotonic() - started
        if status == NO_TESTS_COLLECTED:
            self.add(name, "missing", seconds=seconds, reason="no tests there")
        elif not report.exists():
            self.add(name, "failed", seconds=seconds, reason=f"exit code {status}, no report")
        else:
            self._read_report(name, report, status, seconds)
        return self.parts[-1].status == "ran" and status == 0

    def add(
        self,
        name: str,
        status: Status,
        *,
        seconds: float = 0.0,
        reason: str = "",
        passed: int = 0,
        failed: int = 0,
    ) -> None:
        """Put one line into the table."""
        self.parts.append(
            Part(
                name=name,
                status=status,
                seconds=seconds,
                reason=reason,
                passed=passed,
                failed=failed,
            )
        )

    def finish(self) -> bool:
        """Print the table, keep it for `test`, and return whether all is well."""
        REPORTS.mkdir(parents=True, exist_ok=True)
        kept = json.dumps([dataclasses.asdict(part) for part in self.parts], indent=1)
        report_path(self.session).write_text(kept + "\n", encoding="utf-8")
        print("\n" + table(self.parts), flush=True)
        return bool(self.parts) and all(part.status in {"ran", "cannot"} for part in self.parts)

    def _call(self, command: Sequence[str | Path], cwd: Path, extra: dict[str, str]) -> int:
        environment = {**self.environment, **extra}
        try:
            return subprocess.call([*map(str, command)], cwd=cwd, env=environment)
        except OSError as error:
            print(f"{self.session}: {error}", file=sys.stderr)
            return 127

    def _read_report(self, name: str, report: Path, status: int, seconds: float) -> None:
        suites = list(ET.parse(report).getroot().iter("testsuite"))  # noqa: S314 - see above
        total, bad, skipped = (
            sum(int(suite.get(key, "0")) for suite in suites for key in keys)
            for keys in (("tests",), ("failures", "errors"), ("skipped",))
        )
        passed = total - bad - skipped
        self.add(
            name,
            "failed" if bad or status else "ran",
            seconds=seconds,
            reason=f"{passed} passed" + (f", {bad} failed" if bad else ""),
            passed=passed,
            failed=bad,
        )
        reasons: dict[str, int] = {}
        for skip in (skip for suite in suites for skip in suite.iter("skipped")):
            if skip.get("type") != "pytest.xfail":
                reason = skip.get("message", "") or "no reason given"
                reasons[reason] = reasons.get(reason, 0) + 1
        for reason, count in reasons.items():
            status_of_skip: Status = "cannot" if reason.startswith("needs ") else "missing"
            self.add(f"{name}: {count} skipped", status_of_skip, reason=reason)


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
    order: tuple[Status, ...] = ("ran", "cannot", "missing", "failed")
    words = {"ran": "ran", "cannot": "cannot here", "missing": "DID NOT RUN", "failed": "FAILED"}
    width = max((len(part.name) for part in parts), default=4)
    lines = [f"{'what':<{width}}  {'result':<11}  {'seconds':>7}  remarks"]
    lines += [
        f"{part.name:<{width}}  {words[part.status]:<11}  {part.seconds:>7.1f}  {part.reason}"
        for part in sorted(parts, key=lambda part: order.index(part.status))
    ]
    return "\n".join(line.rstrip() for line in lines)
