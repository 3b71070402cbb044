"""A log file for starts without a terminal, where nobody sees stderr."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path

MAX_BYTES = 1 << 20
FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def start_log_file(folder: Path | None, identifier: str) -> Callable[[], None]:
    """Log warnings and worse to ``folder/identifier.log``; call what is returned to stop.

    Nothing happens on a terminal, or without a folder. A file that cannot be written is said on
    stderr and does not keep the app from starting. Above 1 MiB the old log is kept once, as ``.1``.
    """
    if folder is None or _has_terminal():
        return _nothing
    try:
        handler = _open(folder, identifier)
    except OSError as exc:
        logging.getLogger(__name__).warning("the log file cannot be written: %s", exc)
        return _nothing
    root = logging.getLogger()
    if not root.handlers and sys.stderr is not None:  # a file must not silence stderr
        root.addHandler(logging.StreamHandler())
    root.addHandler(handler)

    def stop() -> None:
        root.removeHandler(handler)
        handler.close()

    return stop


def _open(folder: Path, identifier: str) -> logging.Handler:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{identifier}.log"
    if path.exists() and path.stat().st_size > MAX_BYTES:
        path.replace(path.with_suffix(".log.1"))
    os.close(os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600))
    handler = logging.FileHandler(path, encoding="utf-8")
    handler.setFormatter(logging.Formatter(FORMAT))
    return handler


def _has_terminal() -> bool:
    return sys.stderr is not None and sys.stderr.isatty()


def _nothing() -> None:
    """Stop nothing."""
