"""A check: one rule of the promise, a name, one sentence, and a play on the stage."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from millennium_runtime.testing.conformance.stage import Stage

__all__ = ["Check", "check"]

Play = Callable[[Stage], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing a runtime must do.

    Attributes:
        name: Name of the function, unique.
        rule: Where the promise says it: module and number of its docstring ("dispatcher 3").
        summary: The check in one sentence.
        play: Raises an exception when the rule is broken. Thread: beside the loop.
        starts_itself: Whether the play lets the loop run; otherwise it runs before the play.
    """

    name: str
    rule: str
    summary: str
    play: Play = field(repr=False)
    starts_itself: bool = False

    def __str__(self) -> str:
        """Name it as a test does."""
        return self.name


def check(rule: str, *, starts_itself: bool = False) -> Callable[[Play], Check]:
    """Make a check of a function whose docstring is one sentence."""

    def decorate(play: Play) -> Check:
        return Check(
            name=play.__name__,
            rule=rule,
            summary=(play.__doc__ or "").strip(),
            play=play,
            starts_itself=starts_itself,
        )

    return decorate
