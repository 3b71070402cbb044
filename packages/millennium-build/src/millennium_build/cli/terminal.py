"""How the command line looks: data on stdout, talk on stderr, errors as look.md says.

Colour only on a terminal that wants it; rich is imported only to draw a table there.
"""

from __future__ import annotations

import io
import json
import os
import re
import sys
import time
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TextIO

import click

from millennium_build.errors import (
    BuildError,
    EnvironmentUnusableError,
    UnknownFreezerError,
    UnknownTemplateError,
    UsageError,
    VerificationError,
)

EXIT_OK = 0
EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_ENVIRONMENT = 3
EXIT_UNVERIFIED = 4
EXIT_INTERRUPTED = 130
ACCENT = "cyan"

PLATFORM = click.option(
    "--platform",
    type=click.Choice(("linux", "macos", "windows")),
    default={"darwin": "macos", "win32": "windows"}.get(sys.platform, "linux"),
    help="Whose overlay to merge; this system's when not given.",
)
"""The option that chooses a platform overlay."""

_TABLE_COLUMNS = 10_000
_FILLING = re.compile(r"(?: |\x1b\[[0-9;]*m)+$")
_PLAIN = "\x1b[0m"
_UNEXPECTED = "M0399"
_ENVIRONMENT_CODES = frozenset({"runtime.no_engine", "runtime.not_found"})


def is_plain(stream: TextIO | None) -> bool:
    """Tell whether a stream takes no colour: closed, not a terminal, NO_COLOR, or a dumb one."""
    # https://no-color.org/
    wants_none = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    return wants_none or stream is None or not stream.isatty()


def write_anything() -> None:
    """Let both streams take every character: what their coding lacks is written as its number.

    Windows gives a pipe the code page of its language, which has no ✔ and not every name.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.errors == "strict":
            stream.reconfigure(errors="backslashreplace")


def say(text: str = "") -> None:
    """Talk to the user, on stderr."""
    click.echo(text, err=True)


def print_json(value: object) -> None:
    """Print data for programs, on stdout."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))


def accent(text: str, stream: TextIO) -> str:
    """Return a text in the one accent colour, where colour is wanted."""
    return text if is_plain(stream) else click.style(text, fg=ACCENT, bold=True)


@contextmanager
def step(name: str) -> Iterator[None]:
    """Say what is done and, once it is, how long it took."""
    started = time.perf_counter()
    yield
    seconds = time.perf_counter() - started
    say(f"{accent('✔', sys.stderr)} {name:<44} {seconds:6.1f} s")


def warn(text: str) -> None:
    """Say what is probably not meant."""
    label = "warning" if is_plain(sys.stderr) else click.style("warning", fg="yellow", bold=True)
    say(f"{label}: {text}")


def print_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print aligned columns on stdout; the last one may be as long as it likes."""
    if not is_plain(sys.stdout):
        _print_rich(headings, rows)
        return
    widths = [max(map(len, column)) for column in zip(headings, *rows, strict=True)]
    for row in (headings, *rows):
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        click.echo("  ".join(cells).rstrip())


def show_error(error: BaseException, *, verbosity: int = 0) -> None:
    """Print an error as number, place, cause and help; a traceback only when asked twice."""
    if verbosity > 1:
        say("".join(traceback.format_exception(error)).rstrip())
    message = str(getattr(error, "message", "")) or f"unexpected {type(error).__name__}: {error}"
    number = _number(error)
    label = f"error[{number}]"
    if not is_plain(sys.stderr):
        label = click.style(label, fg="red", bold=True)
    say(f"{label}: {message}")
    location = getattr(error, "location", None) or getattr(error, "place", "")
    if location:
        say(f"  --> {location}")
    cause = _new_in(error.__cause__, message)
    if cause:
        say(f"  = cause: {cause}")
    for line in str(_help(error)).splitlines():
        say(f"  = help: {line}")


def exit_code(error: BaseException) -> int:
    """Return what the process ends with for an error."""
    if isinstance(error, (UsageError, UnknownFreezerError, UnknownTemplateError)):
        return EXIT_USAGE
    if isinstance(error, VerificationError):
        return EXIT_UNVERIFIED
    is_environment = isinstance(error, EnvironmentUnusableError)
    if is_environment or getattr(error, "code", "") in _ENVIRONMENT_CODES:
        return EXIT_ENVIRONMENT
    return EXIT_FAILED


def _new_in(cause: BaseException | None, message: str) -> str:
    """Return what the cause says that the message does not."""
    known = str(cause.strerror if isinstance(cause, OSError) and cause.strerror else cause or "")
    return "" if known in message else str(cause)


def _number(error: BaseException) -> str:
    code = str(getattr(error, "code", ""))
    return str(getattr(error, "number", "")) or code or _UNEXPECTED


def _help(error: BaseException) -> str:
    given = getattr(error, "help", "")
    if given or isinstance(error, BuildError) or hasattr(error, "code"):
        return str(given)
    return "run it again with -vv and report what it prints"


def _print_rich(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    from rich.console import Console  # noqa: PLC0415 - only a terminal pays for rich
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    table = Table(box=None, header_style=f"bold {ACCENT}", pad_edge=False)
    for heading in headings:
        table.add_column(heading, no_wrap=True)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    # As wide as it needs: a narrow terminal wraps a path that can still be copied, nothing is cut. The
    # blanks that fill the last column would wrap to empty lines there.
    console = Console(width=_TABLE_COLUMNS)
    with console.capture() as capture:
        console.print(table)
    for line in capture.get().splitlines():
        click.echo(_FILLING.sub(_end_of_colour, line))


def _end_of_colour(filling: re.Match[str]) -> str:
    return _PLAIN if "\x1b" in filling[0] else ""
