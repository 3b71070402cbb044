"""Copy the page's side into the wheel: ``js/{bootstrap,src}/*.js`` ▸ ``millennium/js/…``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pdm.backend.hooks import Context

FOLDERS = ("bootstrap", "src")


def pdm_build_update_files(context: Context, files: dict[str, Path]) -> None:
    """Add the scripts to a wheel; an editable install finds them in the checkout."""
    if context.target == "wheel":
        files.update(script_files(Path(context.root)))


def script_files(root: Path) -> Mapping[str, Path]:
    """Return path in the wheel → file, for the package in `root`."""
    return {
        f"millennium/js/{folder}/{path.name}": path
        for folder in FOLDERS
        for path in sorted((root / "js" / folder).glob("*.js"))
    }
