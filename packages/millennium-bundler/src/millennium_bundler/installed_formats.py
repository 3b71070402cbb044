"""Which formats are installed, and which of them a manifest's executable fits.

Formats come from other distributions, too. One that cannot be imported, or that fails where it only has to
answer, is a format that makes nothing: it is told of like every other failure, and the others go on.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from importlib.metadata import EntryPoint, entry_points
from typing import Any, NoReturn

from millennium_bundler.errors import BundleError, FormatError
from millennium_bundler.formats.interface import Format
from millennium_bundler.settings import BundleSettings, Manifest

GROUP = "millennium.formats"


def find_formats() -> dict[str, EntryPoint]:
    """Return the installed formats by name, sorted; nothing is imported yet.

    Raises:
        FormatError: Two packages bring one name.
    """
    found: dict[str, EntryPoint] = {}
    for point in sorted(entry_points(group=GROUP), key=lambda point: (point.name, point.value)):
        other = found.setdefault(point.name, point)
        if other.value != point.value:
            message = f"format {point.name!r} is both {other.value} and {point.value}"
            raise FormatError(message, code="format.twice", help="uninstall one of the two")
    return found


def load_formats(names: Iterable[str]) -> list[Format[Any]]:
    """Import formats by name, in the order given, each once.

    In the place of one that cannot be imported comes one that says so when it is asked for a package.

    Raises:
        FormatError: Unknown name.
    """
    found = find_formats()
    loaded: list[Format[Any]] = []
    for name in dict.fromkeys(names):
        if name not in found:
            message = f"format {name!r} is not known"
            near = difflib.get_close_matches(name, found, n=1)
            guess = f"did you mean {near[0]!r}? " if near else ""
            known = ", ".join(found)
            raise FormatError(message, code="format.unknown", help=f"{guess}known: {known}")
        loaded.append(_load(found[name]))
    return loaded


def formats_for(manifest: Manifest) -> list[Format[Any]]:
    """Import every installed format that can carry the manifest's executable, sorted by name."""
    return [one for one in load_formats(find_formats()) if carries(one, manifest.settings)]


def default_formats(manifest: Manifest) -> list[Format[Any]]:
    """Import the formats that a manifest's `targets` name; all that fit, if it names none.

    Those of other systems and machines are passed over: one configuration serves all.

    Raises:
        FormatError: A name is not known, or none is for the executable's target.
    """
    settings = manifest.settings
    if not settings.targets:
        return formats_for(manifest)
    found = [one for one in load_formats(settings.targets) if carries(one, settings)]
    if not found:
        message = (
            f"none of {', '.join(settings.targets)} carries an executable for {settings.target}"
        )
        known = ", ".join(one.name for one in formats_for(manifest))
        raise FormatError(
            message, code="format.system", help=f"add one of {known} to bundle.targets"
        )
    return found


def check_system(manifest: Manifest, format_: Format[Any]) -> None:
    """Ask a format whether it carries the executable, before any work starts.

    Raises:
        FormatError: It does not.
    """
    target = manifest.settings.target
    if not format_.carries(manifest.settings):
        message = f"{format_.name} cannot carry an executable for {target}"
        known = ", ".join(found.name for found in formats_for(manifest))
        raise FormatError(message, code="format.system", help=f"for {target}: {known}")


def carries(format_: Format[Any], settings: BundleSettings) -> bool:
    """Tell whether a format carries an executable; one that fails to answer fails later, by name."""
    try:
        return format_.carries(settings)
    except Exception:  # noqa: BLE001 - of others' making: its bug must not end the run of all
        return True


def bug_in(what: str, error: Exception) -> BundleError:
    """Return the error for what nobody foresaw; the traceback stays with it, as its cause.

    Args:
        what: That has the bug.
        error: As it was caught.
    """
    failure = FormatError(
        f"{what} has a bug: {type(error).__name__}: {error}",
        code="format.internal",
        help="--verbose shows where; report that to those who make it",
    )
    failure.__cause__ = error
    return failure


def _load(point: EntryPoint) -> Format[Any]:
    try:
        loaded: Format[Any] = point.load()()
    except Exception as error:  # noqa: BLE001 - an import runs anybody's code
        return _Unusable(point, error)
    return loaded


class _Unusable(Format[None]):
    """Stands for a format that cannot be imported."""

    systems = ()

    def __init__(self, point: EntryPoint, error: Exception) -> None:
        self.name = point.name  # type: ignore[misc]  # a class of its own has one for all
        self._error = bug_in(point.value, error)

    @classmethod
    def carries(cls, settings: BundleSettings) -> bool:
        """Carry everything, so that nobody takes it for one of another system."""
        del settings
        return True

    def _refuse(self, *_what: Any, **_named: Any) -> NoReturn:  # noqa: ANN401 - fits all three
        raise self._error

    _plan = _build = _verify = _refuse
