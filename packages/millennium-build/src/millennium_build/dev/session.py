"""The loop of `millennium dev`: an app, a successor that is already warm, and what was saved.

1. The successor starts as soon as the app shows its first page, and imports what the app imported.
2. A saved Python file is read as syntax first: an app is not replaced by one that cannot start.
3. Replacing: ask the app where its windows are, end it, let the successor go there. Never both at once,
   for they share storage and files.
4. An app that ended badly stays ended until something is saved; one that was closed ends the session.
5. Whatever happens, no process is left.
"""

from __future__ import annotations

import ast
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from millennium.config.load import load_config
from millennium.errors import MillenniumError
from millennium_build.check.finding import place_in
from millennium_build.dev.process import AppProcess, Start
from millennium_build.dev.watch import Saved
from millennium_build.errors import BuildError, SourceError

_STATE_SECONDS = 0.5
_SHOWN_SECONDS = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reporter:
    """Where a session tells what happens.

    Attributes:
        say: Told one line.
        error: Told an error that does not end the session.
    """

    say: Callable[[str], None]
    error: Callable[[Exception], None]


class Session:
    """One `millennium dev`; use it as a context manager.

    Args:
        root: The project's folder.
        start: How its app is started.
        reporter: Told what happens.
    """

    def __init__(self, root: Path, start: Start, reporter: Reporter) -> None:
        self._root = root
        self._start = start
        self._reporter = reporter
        self._app: AppProcess | None = None
        self._next: AppProcess | None = None
        self._windows: object = []
        self._began = 0.0
        self._is_shown = False

    def __enter__(self) -> Self:
        """Start the app."""
        self._replace(AppProcess(self._start))
        return self

    def __exit__(self, *_: object) -> None:
        """End every process."""  # (5)
        for process in (self._app, self._next):
            if process is not None:
                process.end()

    def run(self, saves: Iterable[Saved]) -> int:
        """Follow what is saved until the app is closed; return its exit code."""
        for saved in saves:
            if saved.restart:
                self.restart(saved.restart)
            elif saved.reload:
                self._reload(saved.reload)
            code = self._check()
            if code is not None:
                return code
        return 0

    def restart(self, paths: Iterable[Path]) -> None:
        """Replace the app by one of what is saved now, unless that cannot start."""
        try:
            self._require_sound(paths)
        except (BuildError, MillenniumError) as error:
            self._reporter.error(error)
            return
        began = time.monotonic()
        if self._app is not None:
            self._windows = self._app.windows(_STATE_SECONDS) or self._windows
            self._app.end()
        successor, self._next = self._next or AppProcess(self._start), None
        self._replace(successor, began=began)

    def _replace(self, process: AppProcess, *, began: float = 0.0) -> None:
        self._began = began
        self._is_shown = False
        self._app = process
        process.go(self._windows)

    def _reload(self, paths: Iterable[Path]) -> None:
        names = ", ".join(path.name for path in paths)
        self._reporter.say(f"reloaded: {names}")
        if self._app is not None:
            self._app.reload()

    def _check(self) -> int | None:
        if self._app is None:
            return None
        code = self._app.poll()
        if code is None:
            self._note_shown()
            return None
        self._app.end()
        self._app = None
        if code == 0 and self._is_shown:  # (4)
            return 0
        self._reporter.say(f"the app ended with code {code}; save a file to start it again")
        return None

    def _note_shown(self) -> None:
        if self._is_shown or self._app is None:
            return
        message = self._app.wait_for("shown", 0.001)
        if not message:
            return
        self._is_shown = True
        if self._began:
            shown = float(str(message["at"]))
            self._reporter.say(f"restarted in {shown - self._began:.2f} s")
        names = message.get("modules")
        modules = [str(name) for name in names] if isinstance(names, list) else []
        self._next = AppProcess(self._start, modules)  # (1)

    def _require_sound(self, paths: Iterable[Path]) -> None:
        load_config(self._root)
        for path in paths:  # (2)
            if path.suffix != ".py" or not path.is_file():
                continue
            try:
                ast.parse(path.read_bytes(), filename=str(path))
            except (SyntaxError, ValueError) as exc:
                line, column = getattr(exc, "lineno", 0) or 0, getattr(exc, "offset", 0) or 0
                place = place_in(path, self._root, line, column)
                message = f"{place.path} is not valid Python: {getattr(exc, 'msg', exc)}"
                advice = "mend it and save; the app runs on"
                raise SourceError(message, help=advice, location=place) from None
