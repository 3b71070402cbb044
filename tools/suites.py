"""Test folders as parts of a session: measured or not, with or without a private display."""

from __future__ import annotations

import sys
from pathlib import Path

from steps import Part, Steps
from workspace import ROOT

COVERAGE = ROOT / "build" / "coverage"


def run_folder(
    part: Steps,
    name: str,
    folder: Path,
    *options: str,
    covered: str = "",
    display: bool = False,
) -> None:
    """Run the tests of a folder; a folder that is not there counts as not run."""
    if not folder.is_dir():
        reason = f"no folder {folder.relative_to(ROOT)}"
        part.add(Part(name=name, status="missing", reason=reason))
        return
    prefix = private_display() if display else ()
    if covered:
        COVERAGE.mkdir(parents=True, exist_ok=True)
        for old in COVERAGE.glob(f"data.{covered}*"):
            old.unlink()
    data_file = COVERAGE / f"data.{covered}" if covered else None
    part.pytest(name, folder, *options, prefix=prefix, data_file=data_file)


def run_example(part: Steps, example: Path) -> None:
    """Run an example's own tests, with its sources on the path as after installation."""
    name, source = f"example {example.name}", example / "src"
    if not (example / "tests").is_dir():
        part.add(Part(name=name, status="missing", reason="the example has no tests"))
        return
    part.pytest(
        name, example / "tests", prefix=private_display(), python_path=str(source.resolve())
    )


def private_display() -> tuple[str, ...]:
    """Wrap a command into a virtual display with a window manager; nothing but on Linux."""
    if sys.platform != "linux":
        return ()
    manager = 'openbox >/dev/null 2>&1 & exec "$0" "$@"'
    screen = "-screen 0 1280x1024x24 -nolisten tcp"
    return ("xvfb-run", "-a", "-s", screen, "dbus-run-session", "--", "sh", "-c", manager)
