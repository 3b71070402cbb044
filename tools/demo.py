"""Builds examples/notes to one executable and a .deb, runs it, measures it, and shows it.

Everything in the report is measured on the artifact that was just built. Writes build/demo/report.json
and build/demo/notes.png, and prints the report as a table. ``--example hello`` takes the other example.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from display import display, screenshot, wait_for_window
from processes import listening_ports, pss_mb

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "build" / "demo"
STARTS = 5
SETTLE_SECONDS = 2.0
VERIFY_SECONDS = 60
SEED_AGES = tuple(timedelta(hours=hours) for hours in (1500, 700, 200, 75, 30, 0.2))
"""How long ago the sample notes were written, in the order of their files."""
KNOCKS = 101  # millennium.verify: the line comes after so many calls of the page


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What `demo` found out about the artifact."""

    commit: str
    executable_bytes: int
    deb_bytes: int
    build_seconds: float
    cold_start_ms: float
    round_trip_us: float
    pss_mb: float
    listening_ports: list[int]
    verified: bool
    screenshot: str


def main() -> int:
    """Build, run, measure, show."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--example", default="notes", choices=["notes", "hello"])
    parser.add_argument(
        "--keep", action="store_true", help="leave the window open until it is closed"
    )
    options = parser.parse_args()
    OUT.mkdir(parents=True, exist_ok=True)
    with display() as environment:
        report, executable = demonstrate(options.example, environment)
        text = json.dumps(asdict(report), indent=2) + "\n"
        (OUT / "report.json").write_text(text)
        sys.stdout.write(table(report))
        if options.keep:
            subprocess.run([executable], env=environment, check=False)
    return 0 if report.verified and not report.listening_ports else 4


def demonstrate(example: str, environment: dict[str, str]) -> tuple[Report, Path]:
    """Return the report and the executable it is about."""
    project = ROOT / "examples" / example
    result, seconds = build(project, environment)
    deb = bundle(project, environment)
    executable = Path(str(result["executable"]))
    starts = [verify(executable, environment) for _ in range(STARTS)]
    picture = OUT / f"{example}.png"
    memory, ports = show(executable, environment, picture, seeded=example == "notes")
    report = Report(
        commit=output(["git", "rev-parse", "HEAD"]),
        executable_bytes=executable.stat().st_size,
        deb_bytes=deb.stat().st_size,
        build_seconds=round(seconds, 1),
        cold_start_ms=round(statistics.median(start["cold_start_ms"] for start in starts)),
        round_trip_us=round(statistics.median(start["round_trip_us"] for start in starts)),
        pss_mb=round(memory, 1),
        listening_ports=ports,
        verified=bool(result["verified"]),
        screenshot=str(picture.relative_to(ROOT)),
    )
    return report, executable


def build(project: Path, environment: dict[str, str]) -> tuple[dict[str, object], float]:
    """Run `millennium build`; return its JSON answer and the seconds it took."""
    start = time.monotonic()
    text = output([*millennium(), "build", "--json"], cwd=project, environment=environment)
    return json.loads(text), time.monotonic() - start


def bundle(project: Path, environment: dict[str, str]) -> Path:
    """Run `millennium bundle`; return the .deb."""
    argv = [*millennium(), "bundle", "--targets", "deb", "--json"]
    answer = json.loads(output(argv, cwd=project, environment=environment))
    return Path(answer["bundles"][0]["path"])


def verify(executable: Path, environment: dict[str, str]) -> dict[str, float]:
    """Start the executable through its verification door; return what it reports.

    ``cold_start_ms`` is ours: from before the process to the first call of its page.
    """
    reader, writer = os.pipe()
    with tempfile.TemporaryDirectory() as home, os.fdopen(reader) as answer:
        start = time.monotonic()
        process = subprocess.Popen(
            [executable, f"--millennium-verify={writer}"],
            env=environment | {"HOME": home, "NO_AT_BRIDGE": "1"},
            pass_fds=(writer,),
        )
        os.close(writer)
        line = answer.readline()
        milliseconds = (time.monotonic() - start) * 1000
        process.wait(VERIFY_SECONDS)
    found: dict[str, float] = json.loads(line)
    knocking = (KNOCKS - 1) * found["round_trip_us"] / 1000
    return found | {"cold_start_ms": milliseconds - knocking}


def show(
    executable: Path, environment: dict[str, str], picture: Path, *, seeded: bool
) -> tuple[float, list[int]]:
    """Run it as a person would, take a picture; return its memory in MB and its open ports."""
    with tempfile.TemporaryDirectory() as home:
        if seeded:
            seed(Path(home))
        process = subprocess.Popen(
            [executable], env=environment | {"HOME": home, "NO_AT_BRIDGE": "1"}
        )
        try:
            wait_for_window(environment, "Notes" if seeded else "Hello")
            time.sleep(SETTLE_SECONDS)
            screenshot(environment, picture)
            return pss_mb(process.pid), listening_ports(process.pid)
        finally:
            process.terminate()
            process.wait(VERIFY_SECONDS)


def seed(home: Path, *, theme: str = "", with_notes: bool = True) -> None:
    """Put real notes where the app looks for them, and choose a theme."""
    sys.path.insert(0, str(ROOT / "examples" / "notes" / "src"))
    from notes.store import Note, Store  # noqa: PLC0415 - the example is not installed

    store = Store(home / ".local" / "share" / "dev.millennium.notes" / "notes.db")
    if theme:
        store.prefer("theme", theme)
    pages = sorted((ROOT / "examples" / "notes" / "sample").glob("*.md")) * with_notes
    for number, (page, age) in enumerate(zip(pages, SEED_AGES, strict=False), start=1):
        when = datetime.now(UTC) - age
        body = page.read_text(encoding="utf-8")
        store.restore(Note(id=number, body=body, created=when, updated=when))
    store.close()


def millennium() -> list[str]:
    """Return the command line of this environment's millennium."""
    return [sys.executable, "-m", "millennium"]


def output(argv: list[str], *, cwd: Path = ROOT, environment: dict[str, str] | None = None) -> str:
    """Run a program and return what it printed; its talk on standard error passes through."""
    done = subprocess.run(
        argv, cwd=cwd, env=environment, stdout=subprocess.PIPE, text=True, check=True
    )
    return done.stdout.strip()


def table(report: Report) -> str:
    """Return the report as an aligned table."""
    units = {"executable_bytes": "bytes", "deb_bytes": "bytes", "build_seconds": "s"}
    units |= {"cold_start_ms": "ms", "round_trip_us": "µs", "pss_mb": "MB"}
    rows = []
    for name, value in asdict(report).items():
        is_number = isinstance(value, int) and not isinstance(value, bool)
        shown = f"{value:,}" if is_number else str(value)
        title = name.rsplit("_", 1)[0].replace("_", " ") if name in units else name
        rows.append(f"  {title:<18}{shown} {units.get(name, '')}".rstrip())
    return "\n".join(["", *rows, ""]) + "\n"


if __name__ == "__main__":
    sys.exit(main())
