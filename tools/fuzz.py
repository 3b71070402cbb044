"""Fuzz with coverage as the guide: ``python tools/fuzz.py [--seconds 60] [TARGET …]``.

1. Each target of `fuzz_targets` runs in a process of its own, two at a time.
2. With seconds, it goes on from its seeds and from what earlier runs found worth keeping
   (build/fuzz/corpus), somewhere else each time.
3. Without, it tries the same inputs in the same order each time, from the seeds alone, a minute's
   worth and for a minute at most: a change is judged by what it changed, not by luck.
4. What it crashes on is left in build/fuzz/found and makes the exit code 1.

The fuzzer itself is installed into build/fuzz, from ``tools/fuzz/requirements.txt``, where there is
one for this Python and system.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from fuzz_targets import CONTROL, TARGETS

ROOT = Path(__file__).resolve().parents[1]
HOME = ROOT / "build" / "fuzz"
TOOLS = ROOT / "tools"
MEMORY = Path("/dev/shm")
MAX_BYTES = 4096
SECONDS_OF_ONE_INPUT = 5
MEGABYTES = 2048
SEED = 1  # of what is the same each time
SLACK = 180  # the start, too: a busy machine takes its time for it
AT_MOST_SECONDS = 60
_DONE = re.compile(r"Done (\d+) (?:runs|in)|#(\d+)\t")
_EDGES = re.compile(r"cov: (\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """How the fuzzing of one target went.

    Attributes:
        executions: Inputs tried.
        edges: Places of the code that were reached.
        finding: "" or the end of what it said about the input it crashed on.
    """

    name: str
    executions: int
    edges: int
    finding: str


def install() -> str:
    """Install the fuzzer for this Python; return why that cannot be done, "" when it is there."""
    site = HOME / f"site-{sys.version_info[0]}.{sys.version_info[1]}"
    if (site / "atheris").is_dir():
        return ""
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes"]
    command += ["--only-binary=:all:", "--disable-pip-version-check", f"--target={site}"]
    command += ["-r", str(TOOLS / "fuzz" / "requirements.txt")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode or not (site / "atheris").is_dir():
        return f"needs atheris, which has no wheel for Python {site.name[5:]} on {sys.platform}"
    return ""


def fuzz(name: str, seconds: int | None = None) -> Run:
    """Fuzz one target for some seconds or with its own number of inputs, or until it crashes."""
    target = {**TARGETS, "planted": CONTROL}[name]
    corpus, found = HOME / ("corpus" if seconds else "fixed") / name, HOME / "found" / name
    seeds = HOME / "seeds" / name
    if not seconds or target is CONTROL:  # nothing that an earlier run found may help
        shutil.rmtree(corpus, ignore_errors=True)
    for each in (corpus, found, seeds):
        each.mkdir(parents=True, exist_ok=True)
    for at, seed in enumerate(target.seeds):
        (seeds / str(at)).write_bytes(seed)
    options = [f"-max_len={MAX_BYTES}", f"-rss_limit_mb={MEGABYTES}"]
    options += [f"-max_total_time={seconds or AT_MOST_SECONDS}"]
    options += [f"-seed={secrets.randbelow(2**31) + 1 if seconds else SEED}"]
    options += [] if seconds else [f"-runs={target.inputs}"]
    options += [f"-timeout={SECONDS_OF_ONE_INPUT}", f"-artifact_prefix={found}/"]
    command = [sys.executable, str(TOOLS / "fuzz_one.py"), name, *options, str(corpus), str(seeds)]
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        done = subprocess.run(
            command,
            env={**_environment(), "TMPDIR": folder},
            capture_output=True,
            text=True,
            errors="replace",
            timeout=(seconds or AT_MOST_SECONDS) + SLACK,
            check=False,
        )
    said = done.stdout + done.stderr
    counts = [int(a or b) for a, b in _DONE.findall(said)]
    edges = [int(count) for count in _EDGES.findall(said)]
    finding = f"{done.stdout[-2000:]}{done.stderr[-1000:]}" if done.returncode else ""
    return Run(
        name=name, executions=max(counts, default=0), edges=max(edges, default=0), finding=finding
    )


def fuzz_all(names: list[str], seconds: int | None = None) -> list[Run]:
    """Fuzz several targets, as many at a time as there are processors."""
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        runs = list(pool.map(lambda name: fuzz(name, seconds), names))
    report = {run.name: [run.executions, run.edges, bool(run.finding)] for run in runs}
    (HOME / "last.json").write_text(json.dumps(report, indent=1), encoding="utf-8")
    return runs


def _environment() -> dict[str, str]:
    site = HOME / f"site-{sys.version_info[0]}.{sys.version_info[1]}"
    path = os.pathsep.join((str(site), str(TOOLS)))
    return {**os.environ, "PYTHONPATH": path, "PYTHONHASHSEED": "0"}


def main() -> int:
    """Fuzz what was named and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int)
    parser.add_argument("targets", nargs="*", default=list(TARGETS))
    wanted = parser.parse_args()
    missing = install()
    if missing:
        print(missing)
        return 0
    runs = fuzz_all(wanted.targets, wanted.seconds)
    for run in runs:
        verdict = "CRASHED" if run.finding else "nothing found"
        print(f"{run.name:14}{run.executions:>10} inputs {run.edges:>6} places  {verdict}")
        print(run.finding, end="")
    return 1 if any(run.finding for run in runs) else 0


if __name__ == "__main__":
    sys.exit(main())
