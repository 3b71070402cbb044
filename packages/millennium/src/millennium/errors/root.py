"""What all errors have in common: code, number, message, help and place."""

from __future__ import annotations

from dataclasses import dataclass

from millennium.errors.numbers import NUMBERS


@dataclass(frozen=True, slots=True)
class Location:
    """A place in a text file; line and column count from 1, 0 means unknown."""

    path: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        """Return ``path:line:column``, as far as it is known."""
        return f"{self.path}:{self.line}:{self.column}" if self.line else self.path


class MillenniumError(Exception):
    """Root of all errors of millennium.

    Attributes:
        code: Stable, dotted, for programs ("config.unknown_key").
        message: What happened, with the offending name; never a secret, never a payload.
        help: What to do next; may be empty.
        location: Where in a file, if a file is to blame.
    """

    code: str = "millennium.failed"

    def __init__(self, message: str, *, help: str = "", location: Location | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.help = help
        self.location = location

    @property
    def number(self) -> str:
        """The number of the code ("M0105"); "" for a code that is the app's own."""
        return NUMBERS.get(self.code, "")

    def to_page(self) -> dict[str, str]:
        """Return all that a page may learn about this error."""
        return {"code": self.code, "message": self.message}
