"""Choose the freezer, and say why.

Rules:

1. A freezer that is named is taken, or the build fails with its reason not to.
2. ``auto`` takes `native` when it can, else `pyinstaller`; the reason is told.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import entry_points

from millennium_build.errors import FreezerUnfitError, UnknownFreezerError
from millennium_build.freeze.interface import GROUP, FreezeInput, Freezer

AUTO = "auto"
_PREFERENCE = ("native", "pyinstaller")
COST = "the executable grows by about 5 MB, starts later and unpacks itself at each start"
"""What a user pays for `pyinstaller`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The freezer, and the reason in one sentence."""

    freezer: Freezer
    reason: str


def list_freezers() -> tuple[str, ...]:
    """Return the names of all freezers that are installed."""
    return tuple(sorted(point.name for point in entry_points(group=GROUP)))


def require_freezer(name: str) -> None:
    """Refuse a name that is neither ``auto`` nor that of a freezer; nothing is imported.

    Raises:
        UnknownFreezerError: None of this name is installed.
    """
    known = (AUTO, *list_freezers())
    if name not in known:
        message = f"there is no freezer {name!r}"
        raise UnknownFreezerError(message, help=f"build.freezer may be: {', '.join(known)}")


def load_freezer(name: str) -> Freezer:
    """Return the freezer of this name.

    Raises:
        UnknownFreezerError: None is installed.
    """
    require_freezer(name)
    [point, *_] = entry_points(group=GROUP, name=name)
    freezer: Freezer = point.load()()
    return freezer


def choose_freezer(name: str, given: FreezeInput) -> Choice:
    """Take the freezer that was asked for, or the best one.

    Raises:
        UnknownFreezerError: None of this name is installed.
        FreezerUnfitError: The one that was named, or every one, cannot freeze this app here.
    """
    if name != AUTO:
        return _take_named(name, given)
    reasons: list[str] = []
    for candidate in _PREFERENCE:
        freezer = load_freezer(candidate)
        reason = freezer.why_not(given)
        if not reason:
            told = f"{reasons[0]}; {COST}" if reasons else "fits"
            return Choice(freezer=freezer, reason=told)
        reasons.append(f"{candidate} is no way: {reason}")
    raise FreezerUnfitError("; ".join(reasons), help="build on another system or Python")


def _take_named(name: str, given: FreezeInput) -> Choice:
    freezer = load_freezer(name)
    reason = freezer.why_not(given)
    if reason:
        raise FreezerUnfitError(
            f"the {name} freezer cannot freeze this app: {reason}",
            help='freezer = "auto" takes one that can',
        )
    return Choice(freezer=freezer, reason="the configuration names it")
