"""What a user's choice permits: a file that was picked in a dialog, or dropped on a window.

1. The choice is the permission, for the window it was made in, the origin that was there, and as
   long as the window lives. What a scope denies stays denied.
2. What was picked to open may be used by the files API, and shown where pages show files outside
   the app: both read it, and one choice must not mean two things.
3. What was picked to save may be written, and so is the files API's alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # an app that has no scopes does not have what their patterns need
    from millennium.security.scope import FsScope  # noqa: TC004 - a text, as all annotations


@dataclass(frozen=True, slots=True, kw_only=True)
class Picks:
    """The scopes that choices of one window's user widen.

    Attributes:
        files: Of the files API; None where it is off.
        shown: Of what pages show; None where they show no files outside the app.
    """

    files: FsScope | None
    shown: FsScope | None

    def opened(self, path: str, *, recursive: bool = False) -> None:
        """Permit what was picked to open: a file, or a folder's files, or all below it."""
        for scope in (self.files, self.shown):  # (2)
            if scope is not None:
                scope.grant(path, recursive=recursive)

    def saved(self, path: str) -> None:
        """Permit what was picked to write to."""
        if self.files is not None:  # (3)
            self.files.grant(path)
