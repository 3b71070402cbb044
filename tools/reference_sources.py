"""The sources of the five packages, read without being imported."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ROOT / "packages"


def modules(package: str = "*", *, without: tuple[str, ...] = ()) -> Iterator[ast.Module]:
    """Yield the parsed modules of a package, except those in the rooms `without`."""
    for path in sorted(PACKAGES.glob(f"{package}/src/**/*.py")):
        if not any(f"/{room}/" in path.as_posix() for room in without):
            yield ast.parse(path.read_text(encoding="utf-8"))


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Return a Markdown table; cells may hold bars."""
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    lines += ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"
