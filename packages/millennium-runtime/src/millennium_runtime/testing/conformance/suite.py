"""All checks together, and what they say about one implementation."""

from __future__ import annotations

from collections.abc import Iterable

from millennium_runtime.testing.conformance import life, look, pages, schemes, threads
from millennium_runtime.testing.conformance.check import Check
from millennium_runtime.testing.conformance.verdict import ProbeFactory, Verdict, judge

__all__ = ["CannotCheckError", "ConformanceError", "all_checks", "check_runtime", "run_check"]


class ConformanceError(AssertionError):
    """An implementation breaks rules of the promise; the message lists them by rule."""

    def __init__(self, verdicts: Iterable[Verdict]) -> None:
        self.failures: tuple[Verdict, ...] = tuple(verdicts)
        lines = [f"{len(self.failures)} checks failed:"]
        for verdict in sorted(self.failures, key=lambda verdict: verdict.check.rule):
            check = verdict.check
            lines += [
                f"  {check.rule}: {check.name}",
                f"    {check.summary}",
                f"    {verdict.reason}",
            ]
        super().__init__("\n".join(lines))


class CannotCheckError(Exception):
    """A probe says that a check cannot be made here; the message says what it needs."""


def all_checks() -> tuple[Check, ...]:
    """Return every check, in reading order; ``str(check)`` is its name."""
    rooms = (life, threads, look, pages, schemes)
    found = (value for room in rooms for value in vars(room).values() if isinstance(value, Check))
    return tuple(found)


def run_check(check: Check, factory: ProbeFactory) -> None:
    """Make one check. Thread: main.

    Raises:
        ConformanceError: It failed.
        CannotCheckError: The probe says it cannot be made here.
    """
    verdict = judge(check, factory)
    if verdict.status == "failed":
        raise ConformanceError([verdict])
    if verdict.status == "cannot":
        raise CannotCheckError(verdict.reason)


def check_runtime(
    factory: ProbeFactory, *, checks: Iterable[Check] | None = None
) -> tuple[Verdict, ...]:
    """Make all checks, or those given; return all verdicts. Thread: main.

    Raises:
        ConformanceError: At least one failed.
    """
    chosen = all_checks() if checks is None else checks
    verdicts = tuple(judge(check, factory) for check in chosen)
    failures = [verdict for verdict in verdicts if verdict.status == "failed"]
    if failures:
        raise ConformanceError(failures)
    return verdicts
