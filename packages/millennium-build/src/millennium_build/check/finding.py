"""One thing that `millennium check` has to say."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from millennium.errors import Location

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong, or probably not meant.

    Attributes:
        code: Stable, dotted ("check.unknown_command").
        place: File, line and column it is about.
        help: What to do; may be empty.
    """

    severity: Severity
    code: str
    message: str
    place: Location
    help: str = ""


def place_in(file: Path, root: Path, line: int = 0, column: int = 0) -> Location:
    """Return a place whose file is named relative to the project, where it is inside."""
    shown = file.relative_to(root) if file.is_relative_to(root) else file
    return Location(str(shown), line, column)
