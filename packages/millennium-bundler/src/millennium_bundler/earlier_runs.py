"""What earlier runs have left in a folder of packages that belongs to the release still.

1. They were of the same app and version. Where a key signs now, the same key has signed what they say; where
   none does, none did.
2. What they made stays if it is there as it was. What has gone or was changed does not, nor what this run has
   made again, nor what was made of one of these: an archive, a delta, a list of parts.
3. What is for this run's target comes from the same executable, inputs and bundler, else it is another build's.
4. What is for another target stays where there is a key: a statement that nobody has signed is the only one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from millennium_bundler.errors import SignError
from millennium_bundler.output import open_plain, path_digest
from millennium_bundler.parts_list import ENDING
from millennium_bundler.provenance import (
    ENVELOPE,
    MAX_ENVELOPE_BYTES,
    STATEMENT,
    Statement,
    Subject,
    open_statement,
    read_statement,
)
from millennium_bundler.sign.minisign import PublicKey


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeRelease:
    """What a release says once this run is a part of it.

    Attributes:
        statements: One for each target, sorted.
        kept: What earlier runs have made of it.
    """

    statements: tuple[Statement, ...]
    kept: tuple[Subject, ...]


def join_earlier(made: Statement, folder: Path, key: PublicKey | None) -> WholeRelease:
    """Join what a run says with what earlier runs have left.

    Args:
        made: What this run says.
        folder: Holds what this run and earlier ones have made.
        key: Signs the release; None when nobody does.
    """
    left = [
        _left(one, folder, {subject.name for subject in made.subjects})
        for one in _said(folder, key)
        if (one.identifier, one.version) == (made.identifier, made.version)
    ]
    same = [one for one in left if one.about() == made.about()]  # (3)
    others = [one for one in left if one.target != made.target and one.subjects and key]  # (4)
    own = made.about(
        _by_name((made, *same), lambda one: one.subjects),
        _by_name((made, *same), lambda one: one.byproducts),
    )
    return WholeRelease(
        statements=tuple(sorted((own, *others), key=lambda one: one.target)),
        kept=tuple(subject for one in (*same, *others) for subject in one.subjects),
    )


def _said(folder: Path, key: PublicKey | None) -> list[Statement]:
    """Return what earlier runs say of themselves, as far as it can be believed."""
    try:
        with open_plain(folder / (ENVELOPE if key else STATEMENT)) as file:
            data = file.read(MAX_ENVELOPE_BYTES)
    except OSError:
        return []
    said = (_opened(line, key) for line in data.splitlines())
    return [one for one in said if one is not None]


def _opened(line: bytes, key: PublicKey | None) -> Statement | None:
    try:
        return open_statement(line, key) if key else read_statement(line)
    except SignError:  # of somebody else, or of another make: not ours to repeat
        return None


def _left(statement: Statement, folder: Path, made: Collection[str]) -> Statement:
    """Return what is left of a statement when this run's names are not its any more."""
    lost = tuple(
        f"{one.name}."
        for one in statement.subjects
        if one.name in made or not _is_as_released(folder, one)
    )
    subjects = [one for one in statement.subjects if not f"{one.name}.".startswith(lost)]
    names = {f"{one.name}{ENDING}" for one in subjects}
    byproducts = [
        one for one in statement.byproducts if one.name in names and _is_as_released(folder, one)
    ]
    return statement.about(subjects, byproducts)


def _is_as_released(folder: Path, subject: Subject) -> bool:
    try:
        return path_digest(folder / subject.name) == subject.sha256
    except OSError:
        return False


def _by_name(
    statements: Sequence[Statement], named: Callable[[Statement], Sequence[Subject]]
) -> list[Subject]:
    """Return what all of them name, in an order that does not tell which run has made what."""
    return sorted((each for one in statements for each in named(one)), key=lambda each: each.name)
