"""Asks the project's own Python what it has. Run as a file there; standard library only.

Prints one JSON object: versions of our distributions, the window runtimes, and what the one that would
be used knows about this machine.
"""

from __future__ import annotations

import dataclasses
import json
import sys
from importlib.metadata import EntryPoint, PackageNotFoundError, entry_points, version

DISTRIBUTIONS = (
    "millennium",
    "millennium-runtime",
    "millennium-runtime-webview",
    "millennium-build",
    "millennium-bundler",
)
GROUP = "millennium.runtimes"
INSTALL = 'pip install "millennium[webview]"'


def main() -> None:
    """Print what was found."""
    points = sorted(entry_points(group=GROUP), key=lambda point: point.name)
    found = {
        "python": sys.version.split()[0],
        "versions": {name: _version(name) for name in DISTRIBUTIONS},
        "runtimes": {point.name: point.value for point in points},
        "engine": _engine(points),
    }
    sys.stdout.write(json.dumps(found) + "\n")


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _engine(points: list[EntryPoint]) -> dict[str, object]:
    if not points:
        return {"error": "no window runtime is installed", "help": INSTALL}
    try:
        runtime = points[0].load()
        diagnose = getattr(runtime, "diagnostics", None)
        return {} if diagnose is None else dataclasses.asdict(diagnose())
    except Exception as error:  # noqa: BLE001 - whatever it is, the report shows it
        message = getattr(error, "message", "") or f"{type(error).__name__}: {error}"
        return {"error": message, "help": getattr(error, "help", "")}


if __name__ == "__main__":
    main()
