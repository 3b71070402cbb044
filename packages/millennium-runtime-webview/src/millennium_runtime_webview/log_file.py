"""A log file for starts without a terminal, where nobody sees stderr; and how entries look there.

1. An entry begins at the margin, and only an entry does: what an exception says may be a page's
   words, and must not look like entries. Nothing in it commands a terminal.
2. A page that has the app log without end fills no disk: entries and file have limits.
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path

MAX_BYTES = 1 << 20
MAX_ENTRY_CHARS = 16 * 1024
FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_UNPRINTED = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)


def start_log_file(folder: Path | None, identifier: str) -> Callable[[], None]:
    """Log warnings and worse to ``folder/identifier.log``; call what is returned to stop.

    There is no file on a terminal, or without a folder. One that cannot be written is said on
    stderr and does not keep the app from starting. Above 1 MiB the old log is kept once, as ``.1``.
    """
    if logging.lastResort is not None:  # what writes to a terminal, unless the app has its own
        logging.lastResort.setFormatter(PlainFormatter())
    if folder is None or _has_terminal():
        return _nothing
    try:
        handler = _open(folder, identifier)
    except OSError as exc:
        logging.getLogger(__name__).warning("the log file cannot be written: %s", exc)
        return _nothing
    root = logging.getLogger()
    if not root.handlers and sys.stderr is not None:  # a file must not silence stderr
        stream = logging.StreamHandler()
        stream.setFormatter(PlainFormatter())
        root.addHandler(stream)
    root.addHandler(handler)

    def stop() -> None:
        root.removeHandler(handler)
        handler.close()

    return stop


class PlainFormatter(logging.Formatter):
    """Writes an entry so that nothing in it is taken for another one (rule 1)."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the text of an entry."""
        text = super().format(record)
        if len(text) > MAX_ENTRY_CHARS:
            text = f"{text[:MAX_ENTRY_CHARS]}\n… and {len(text) - MAX_ENTRY_CHARS} characters more"
        return _UNPRINTED.sub(_escaped, text).replace("\n", "\n  ")


class _LogFile(logging.FileHandler):
    """A file that begins again when it is full (rule 2).

    `logging.handlers` has one, which brings sockets and pickle along, and makes files for all to read.
    """

    def emit(self, record: logging.LogRecord) -> None:
        """Write an entry."""
        stream = self.stream
        if stream is not None and stream.tell() > MAX_BYTES:
            with contextlib.suppress(OSError):  # its folder is gone: that must not fail who logs
                _keep(Path(self.baseFilename))
                _make(Path(self.baseFilename))
                stream.close()
                self.stream = self._open()
        super().emit(record)


def _open(folder: Path, identifier: str) -> logging.Handler:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{identifier}.log"
    if path.exists() and path.stat().st_size > MAX_BYTES:
        _keep(path)
    _make(path)
    handler = _LogFile(path, encoding="utf-8")
    handler.setFormatter(PlainFormatter(FORMAT))
    return handler


def _keep(path: Path) -> None:
    path.replace(path.with_suffix(".log.1"))


def _make(path: Path) -> None:
    os.close(os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600))


def _escaped(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode("ascii")


def _has_terminal() -> bool:
    return sys.stderr is not None and sys.stderr.isatty()


def _nothing() -> None:
    """Stop nothing."""
