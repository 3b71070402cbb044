"""Versions in the order of Semantic Versioning, for updates go forward only.

Source: https://semver.org/#spec-item-11
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import total_ordering

from millennium_bundler.errors import UpdaterError

MAX_VERSION_CHARS = 256

_PART = r"(?:0|[1-9][0-9]{0,17})"
_WORD = r"(?:0|[1-9][0-9]{0,17}|[0-9]*[A-Za-z-][0-9A-Za-z-]*)"
_VERSION = re.compile(
    rf"({_PART})\.({_PART})\.({_PART})(?:-({_WORD}(?:\.{_WORD})*))?(?:\+([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?"
)


@total_ordering
@dataclass(frozen=True, slots=True)
class Version:
    """A version that can be compared; build metadata counts for nothing.

    Attributes:
        numbers: Major, minor and patch.
        words: Of a pre-release; empty for a release, which is newer than those.
        text: As it was written.
    """

    numbers: tuple[int, ...]
    words: tuple[str, ...]
    text: str

    @classmethod
    def parse(cls, text: str) -> Version:
        """Read a version.

        Raises:
            UpdaterError: It is not one of Semantic Versioning.
        """
        found = _VERSION.fullmatch(text) if len(text) <= MAX_VERSION_CHARS else None
        if found is None:
            message = f"the version {text[:40]!r} cannot be ordered"
            help_line = "write three numbers, such as 1.2.0, or 1.2.0-beta.1"
            raise UpdaterError(message, code="updater.settings", help=help_line)
        words = tuple(found[4].split(".")) if found[4] else ()
        return cls(tuple(int(found[group]) for group in (1, 2, 3)), words, text)

    def __eq__(self, other: object) -> bool:
        """Tell whether two versions stand at one place in the order."""
        return isinstance(other, Version) and self._place() == other._place()

    def __lt__(self, other: Version) -> bool:
        """Tell whether this version is older."""
        return self._place() < other._place()

    def __hash__(self) -> int:
        """Hash what equality compares."""
        return hash((self.numbers, self.words))

    def _place(self) -> tuple[tuple[int, ...], bool, tuple[tuple[int, int, str], ...]]:
        # Numbers are older than words, and compared as numbers; fewer words are older than more.
        words = tuple((0, int(w), "") if w.isdigit() else (1, 0, w) for w in self.words)
        return self.numbers, not words, words
