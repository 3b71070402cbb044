"""A hook of pdm-backend: the page's JavaScript lies in the wheel as millennium/js."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

FOLDERS = ("bootstrap", "src")


class Context(Protocol):
    """What pdm-backend passes to its hooks, as far as it is used here."""

    target: str
    root: Path


def pdm_build_update_files(context: Context, files: dict[str, Path]) -> None:
    """Add the scripts to a wheel; a checkout finds them beside ``src``."""
    if context.target != "wheel":
        return
    root = context.root / "js"
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*.js")):
            files[f"millennium/js/{path.relative_to(root).as_posix()}"] = path
