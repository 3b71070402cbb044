"""Take every check of the gate, and of what it stands on, away: each time a test must go red.

For each target a copy of the package is made in a temporary folder, one check of it is left out
(`mutants`), and the target's tests run against the copy. A mutant is *killed* by a test that
fails; one that survives fails the run, unless `HARMLESS` says why it changes nothing.

Controls, in the same run: a copy in which only a line of documentation differs passes all the
tests, and one that cannot be imported is told from one that a test killed.

``--quick`` takes the gate's own checks only; words that follow choose targets.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

from mutants import Mutant, make_control, make_mutants
from mutation_targets import HARMLESS, TARGETS, Target

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "packages" / "millennium"
REPORT = ROOT / "build" / "security" / "mutants.json"
SECONDS = 300
"""How long one mutant's tests may take; one that never ends is killed, too."""
WORKERS = min(2, os.cpu_count() or 1)
FAILED = re.compile(r"^(?:FAILED|ERROR) (?:\S*/)?(\S+?\.py(?:::[^\s\[]+)*)", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What became of one mutant.

    Attributes:
        target: Name of its target.
        mutant: Function and what was done to it.
        killed_by: The first test that failed; empty if none did.
        harmless: Why it may survive; empty if it may not.
    """

    target: str
    mutant: str
    killed_by: str
    harmless: str = ""

    @property
    def is_good(self) -> bool:
        """Whether a test noticed, or nothing was to be noticed."""
        return bool(self.killed_by) != bool(self.harmless)


class Workshop:
    """Copies of the package, one for each thread."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._local = threading.local()

    def run(self, target: Target, source: str, tests: Sequence[str]) -> tuple[int, str]:
        """Run tests against a copy with this source; return pytest's code and what it said."""
        copy = self._copy()
        module = copy / "millennium" / target.module
        original = module.read_text(encoding="utf-8")
        module.write_text(source, encoding="utf-8")
        try:
            return _pytest(copy, tests)
        finally:
            module.write_text(original, encoding="utf-8")

    def _copy(self) -> Path:
        if not hasattr(self._local, "copy"):
            place = Path(tempfile.mkdtemp(dir=self._folder)) / "millennium"
            skip = shutil.ignore_patterns("__pycache__")
            shutil.copytree(PACKAGE / "src", place / "src", ignore=skip)
            (place / "js").symlink_to(PACKAGE / "js")
            self._local.copy = place / "src"
        copy: Path = self._local.copy
        return copy


def main(words: Sequence[str]) -> int:
    """Make and run all mutants; return 0 if every one was noticed."""
    quick = "--quick" in words
    chosen = [word for word in words if not word.startswith("-")]
    targets = [
        target
        for target in TARGETS
        if (target.name in chosen if chosen else target.is_gate or not quick)
    ]
    with tempfile.TemporaryDirectory(prefix="millennium-mutants-") as folder:
        workshop = Workshop(Path(folder))
        with ThreadPoolExecutor(WORKERS) as pool:
            good = list(pool.map(lambda target: _control(workshop, target), targets))
        wrong = [target.name for target, is_good in zip(targets, good, strict=True) if not is_good]
        if wrong:
            print(f"mutants: the unchanged copy does not pass: {', '.join(wrong)}")
            return 1
        verdicts = _judge_all(workshop, targets)
    _report(verdicts)
    return 0 if all(verdict.is_good for verdict in verdicts) else 1


def _control(workshop: Workshop, target: Target) -> bool:
    """Say whether the tests pass an unchanged copy, and cannot load a broken one."""
    source = (PACKAGE / "src" / "millennium" / target.module).read_text(encoding="utf-8")
    code, said = workshop.run(target, make_control(source), target.tests)
    if code:
        print(said)
        return False
    broken = "raise ImportError('the copy is what is tested')"
    return workshop.run(target, broken, ("-x", *target.tests))[0] != 0


def _judge_all(workshop: Workshop, targets: Sequence[Target]) -> list[Verdict]:
    work = [
        (target, mutant)
        for target in targets
        for mutant in make_mutants(
            (PACKAGE / "src" / "millennium" / target.module).read_text(encoding="utf-8"),
            target.functions,
        )
    ]

    def judge(item: tuple[Target, Mutant]) -> Verdict:
        verdict = _judge(workshop, *item)
        print(_line(verdict), flush=True)
        return verdict

    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(judge, work))


def _judge(workshop: Workshop, target: Target, mutant: Mutant) -> Verdict:
    code, said = workshop.run(target, mutant.source, ("-x", *target.tests))
    names = FAILED.findall(said)
    if code and not names:
        raise RuntimeError(f"{target.name}, {mutant.name}: no test said anything\n{said}")
    return Verdict(
        target=target.name,
        mutant=mutant.name,
        killed_by=names[0] if code else "",
        harmless=HARMLESS.get((target.name, mutant.name), ""),
    )


def _pytest(copy: Path, tests: Sequence[str]) -> tuple[int, str]:
    command = [sys.executable, "-m", "pytest", "-q", "--no-header", "--tb=no", "-m", "not gui"]
    environment = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(
            [*command, *tests],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return 1, "FAILED tests/never_ended.py"
    return done.returncode, done.stdout + done.stderr


def _line(verdict: Verdict) -> str:
    word = "killed by" if verdict.killed_by else "SURVIVES"
    if verdict.harmless:
        word = "HARMLESS NO MORE, killed by" if verdict.killed_by else "harmless:"
    return f"{verdict.target:<12} {verdict.mutant}  →  {word} {_why(verdict)}".rstrip()


def _why(verdict: Verdict) -> str:
    return verdict.killed_by or verdict.harmless


def _report(verdicts: Sequence[Verdict]) -> None:
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    kept = [asdict(verdict) for verdict in verdicts]
    REPORT.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    killed = sum(bool(verdict.killed_by) for verdict in verdicts)
    survivors = [verdict for verdict in verdicts if not verdict.is_good]
    harmless = len(verdicts) - killed - sum(not verdict.killed_by for verdict in survivors)
    print(f"\n{len(verdicts)} mutants: {killed} killed, {harmless} change nothing")
    for verdict in survivors:
        print(_line(verdict))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
