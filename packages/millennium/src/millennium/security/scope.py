"""Which files an API may touch: patterns, matched after a path is canonical.

1. A path is absolute, or begins with a variable (``$DOCUMENT/notes``). ``..``, control characters
   and, on Windows, what it reads in another way (`windows_path`) are refused before anything is
   looked up.
2. It is canonical before it is compared: a link counts as what it leads to.
3. Denial wins over permission, and sees hidden files, any case and any Unicode form of a name, on
   every system: a disk that takes them for one can be plugged into any.
4. ``*`` and ``?`` never cross a slash; ``**`` is any depth. Neither matches a name that begins
   with a dot, unless the pattern writes the dot or the configuration says so.
5. ``folder/**`` is the folder and everything in it.
6. What a user picked in a dialog is granted as it is, each special character escaped: one file, or
   the files of one folder.

7. What the system makes up (``/proc``, ``/sys``) and its devices are no files of anybody.

A pattern's fixed part is canonical too: ``$TEMP/**`` holds where ``/tmp`` is a link. A variable
that this system has no folder for (``$FONT`` on Windows) allows nothing; in `deny` it is an error,
for what was to be protected is not known.
"""

from __future__ import annotations

import os
import re
import sys
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from millennium.errors import BadPatternError, OutOfScopeError
from millennium.security.windows_path import is_plain_path

if TYPE_CHECKING:
    from millennium.security.path_pattern import PathPattern

VARIABLES = frozenset(
    [
        "APP",
        "APPCACHE",
        "APPCONFIG",
        "APPDATA",
        "APPLOCALDATA",
        "APPLOG",
        "AUDIO",
        "CACHE",
        "CONFIG",
        "DATA",
        "DESKTOP",
        "DOCUMENT",
        "DOWNLOAD",
        "EXE",
        "FONT",
        "HOME",
        "LOCALDATA",
        "LOG",
        "PICTURE",
        "PUBLIC",
        "RESOURCE",
        "RUNTIME",
        "TEMP",
        "TEMPLATE",
        "VIDEO",
    ]
)
"""Names a pattern or a path may begin with, after ``$``."""

MAX_PATH_CHARS = 4096
_IS_WINDOWS = sys.platform == "win32"
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_VARIABLE = re.compile(r"\$([A-Z]+)(?=/|$)")
_MAGIC = re.compile(r"[*?\[\]\\]")
_NO_FILES = re.compile(r"/(?:proc|sys|dev(?!/shm/))(?:/|$)")


class FsScope:
    """The files that one window may touch. Thread: any.

    Args:
        allow: Patterns that allow.
        deny: Patterns that deny.
        base_dirs: Variable → folder.
        require_literal_leading_dot: See rule 4.

    Raises:
        BadPatternError: A pattern is relative, climbs, or begins with an unknown variable; or one
            that denies begins with a variable this system has no folder for.
    """

    def __init__(
        self,
        allow: Iterable[str],
        deny: Iterable[str],
        base_dirs: Mapping[str, Path],
        *,
        require_literal_leading_dot: bool = True,
    ) -> None:
        self._base_dirs = dict(base_dirs)
        self._hides_dots = require_literal_leading_dot
        self._lock = threading.Lock()
        self._allow = tuple(
            self._matcher(text, denies=False) for text in allow if self._has_folder(text)
        )
        self._deny = tuple(self._matcher(text, denies=True) for text in deny)

    def check_read(self, path: str | Path) -> Path:
        """Return the canonical path to read.

        Raises:
            OutOfScopeError: Not allowed, or denied.
        """
        return self._check(str(path))

    def check_write(self, path: str | Path) -> Path:
        """Return the canonical path to write; it may not exist yet.

        Raises:
            OutOfScopeError: Not allowed, denied, or a folder's own name with a slash behind.
        """
        text = str(path)
        if text.endswith(("/", os.sep)):
            raise _refusal()
        return self._check(text)

    def is_allowed(self, path: str | Path) -> bool:
        """Say whether `path` is in the scope."""
        try:
            self._check(str(path))
        except OutOfScopeError:
            return False
        return True

    def grant(self, path: str | Path, *, recursive: bool = False) -> None:
        """Allow what a user picked: a file, or a folder with its files, or all below it.

        Raises:
            BadPatternError: `path` is not absolute.
        """
        found = self._literal(path, recursive=recursive, denies=False)
        with self._lock:
            self._allow += found

    def forbid(self, path: str | Path, *, recursive: bool = False) -> None:
        """Deny a file or a folder with its files, or all below it, from now on.

        Raises:
            BadPatternError: `path` is not absolute.
        """
        found = self._literal(path, recursive=recursive, denies=True)
        with self._lock:
            self._deny += found

    def _check(self, text: str) -> Path:
        path = self._canonical(text)
        if _NO_FILES.match(path):  # (7)
            raise _refusal()
        if any(pattern.matches(path) for pattern in self._deny):  # (3)
            raise _refusal()
        if not any(pattern.matches(path) for pattern in self._allow):
            raise _refusal()
        return Path(path)

    def _canonical(self, text: str) -> str:
        try:
            expanded = self._expand(_require_plain(text))
            _require_absolute(expanded)
            return os.path.realpath(expanded)  # (2)
        except (BadPatternError, UnicodeEncodeError, OSError) as error:  # or a link that vanishes
            raise _refusal() from error

    def _expand(self, text: str) -> str:
        match = _VARIABLE.match(text)
        if match is None:
            return text
        folder = self._base_dirs.get(match[1])
        if folder is None:
            raise BadPatternError(
                f"${match[1]} is not known here", help=f"known: {', '.join(sorted(VARIABLES))}"
            )
        return f"{folder}{text[match.end() :]}"

    def _has_folder(self, pattern: str) -> bool:
        match = _VARIABLE.match(require_pattern(pattern))
        return match is None or match[1] in self._base_dirs

    def _matcher(self, pattern: str, *, denies: bool) -> PathPattern:
        require_pattern(pattern)
        match = _VARIABLE.match(pattern)
        base = self._expand(match.group()) if match else ""
        fixed, wild = _split(pattern[match.end() :] if match else pattern)
        start = os.path.realpath(base + fixed) if base + fixed else os.sep
        return _compile(start, wild, sees_dots=denies or not self._hides_dots, denies=denies)

    def _literal(
        self, path: str | Path, *, recursive: bool, denies: bool
    ) -> tuple[PathPattern, ...]:
        if not Path(path).is_absolute():
            raise BadPatternError(f"{str(path)!r} is not absolute")
        real = os.path.realpath(path)
        is_folder = Path(real).is_dir()
        itself = _compile(real, "", sees_dots=True, denies=denies)
        if not is_folder:
            return (itself,)
        wild = "**" if recursive else "*"
        sees_dots = denies or not self._hides_dots
        return (itself, _compile(real, wild, sees_dots=sees_dots, denies=denies))


def require_pattern(text: str) -> str:
    """Return a pattern of the configuration if it could be meant.

    Raises:
        BadPatternError: It is relative, climbs, or begins with an unknown variable.
    """
    match = _VARIABLE.match(text)
    if match is not None and match[1] not in VARIABLES:
        raise BadPatternError(
            f"${match[1]} is no variable", help=f"one of {', '.join(sorted(VARIABLES))}"
        )
    if match is None and not Path(text).is_absolute():
        raise BadPatternError(
            f"the pattern {text!r} is relative", help="begin with a variable such as $DOCUMENT"
        )
    if ".." in re.split(r"[/\\]", text) or _CONTROL.search(text) or len(text) > MAX_PATH_CHARS:
        raise BadPatternError(f"the pattern {text[:80]!r} climbs, or is no path")
    try:
        os.fsencode(text)
    except UnicodeEncodeError as error:
        raise BadPatternError(f"the pattern {text[:80]!r} holds half a letter") from error
    return text


def _split(pattern: str) -> tuple[str, str]:
    """Return the part before the first name with a special character, and the rest."""
    parts = pattern.split("/")
    wild = next((at for at, part in enumerate(parts) if _MAGIC.search(part)), len(parts))
    return "/".join(parts[:wild]), "/".join(parts[wild:])


def _compile(start: str, wild: str, *, sees_dots: bool, denies: bool) -> PathPattern:
    from millennium.security.path_pattern import PathPattern  # noqa: PLC0415 - see there

    return PathPattern(start, wild, sees_dots=sees_dots, denies=denies)


def _require_plain(text: str) -> str:
    os.fsencode(text)  # no half of a letter
    if len(text) > MAX_PATH_CHARS or _CONTROL.search(text):  # (1)
        raise _refusal()
    if ".." in re.split(r"[/\\]", text):
        raise _refusal()
    return text


def _require_absolute(expanded: str) -> None:
    is_plain = is_plain_path(expanded) if _IS_WINDOWS else expanded.startswith("/")  # (1)
    if not is_plain:
        raise _refusal()


def _refusal() -> OutOfScopeError:
    return OutOfScopeError(
        "this path is outside the scope", help="allow it in allowlist.fs.scope or a capability"
    )
