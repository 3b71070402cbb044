"""How results and errors look on a terminal, in a pipe and as JSON.

Data goes to stdout, talk to stderr. rich is imported only for a terminal.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

import click

from millennium_bundler.bundle import Bundle, Bundles, Failure
from millennium_bundler.errors import BundleError

if TYPE_CHECKING:
    from rich.progress import TaskID

_MEGABYTE = 1_000_000
# Enough to compare by eye; all of it is in --json and in SHA256SUMS.
_DIGEST_CHARS = 12
_MAX_ERRORS = 20
_BUG = "format.internal"
_ACCENT = "cyan"
_HEADINGS = ("package", "size", "time", "lint", "signature", "sha256", "file")
_NUMBERS = ("size", "time")
# In the order in which a narrow terminal does without them; findings are told below the table.
_SPARE = ("sha256", "time", "lint", "signature", "size")
_GAP = 2


def is_plain(stream: TextIO) -> bool:
    """Tell whether a stream takes no colour: not a terminal, NO_COLOR, or a dumb one."""
    # https://no-color.org/
    wants_none = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    return wants_none or not stream.isatty()


def show_error(error: BundleError, *, target: str = "", with_traceback: bool = False) -> None:
    """Print an error as code, place, cause and help on stderr; below it what else is wrong.

    Args:
        error: What went wrong.
        target: Name of the format that it stopped, if one.
        with_traceback: Whether a bug is shown with the lines of code that led to it.
    """
    what = f"{target}: {error.message}" if target else error.message
    click.echo(f"{_label(f'error[{error.number}]', 'error')}: {what}", err=True)
    if error.place:
        click.echo(f"  --> {error.place}", err=True)
    cause = _new_in(error)
    if cause:
        click.echo(f"  = cause: {cause}", err=True)
    if error.help:
        click.echo(f"  = help: {error.help}", err=True)
    if with_traceback and error.code == _BUG and error.__cause__ is not None:
        click.echo("".join(traceback.format_exception(error.__cause__)).rstrip(), err=True)
    for other in error.also[:_MAX_ERRORS]:
        show_error(other, target=target, with_traceback=with_traceback)
    if len(error.also) > _MAX_ERRORS:
        click.echo(f"and {len(error.also) - _MAX_ERRORS} more", err=True)


def write_anything() -> None:
    """Let both streams take every character: what their coding lacks is written as its number."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.errors == "strict":
            stream.reconfigure(errors="backslashreplace")


@contextmanager
def show_steps() -> Iterator[Callable[[str, str], None]]:
    """Show on stderr what each format is at: live lines on a terminal, else one line a step.

    Yields:
        A function that takes a format and its step; an empty step means that the format has ended.
        Several threads may call it.
    """
    started = time.perf_counter()
    if not is_plain(sys.stderr):
        with _live_steps() as show:
            yield show
        return

    def show_line(format_: str, step: str) -> None:
        said = step or "done"
        click.echo(f"{time.perf_counter() - started:6.1f}s  {format_}: {said}", err=True)

    yield show_line


@contextmanager
def _live_steps() -> Iterator[Callable[[str, str], None]]:
    from rich.console import Console  # noqa: PLC0415 - only a terminal pays for rich
    from rich.progress import Progress, ProgressColumn, SpinnerColumn, Task, TextColumn  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    class Seconds(ProgressColumn):
        """How long a format has been at work, as the table has it."""

        def render(self, task: Task) -> Text:
            return Text(f"{task.finished_time or task.elapsed or 0.0:6.1f} s")

    columns = (
        SpinnerColumn(style=_ACCENT, finished_text=f"[bold {_ACCENT}]✔"),
        TextColumn("{task.fields[format]}"),
        Seconds(),
        TextColumn("[dim]{task.description}"),
    )
    with Progress(*columns, console=Console(stderr=True)) as progress:
        tasks: dict[str, TaskID] = {}

        def show(format_: str, step: str) -> None:
            if format_ not in tasks:
                tasks[format_] = progress.add_task(step, total=1, format=format_)
            elif step:
                progress.update(tasks[format_], description=step)
            else:
                progress.update(tasks[format_], description="", completed=1)

        yield show


def show_bundles(
    done: Bundles, *, left_out: list[Failure], as_json: bool, with_tracebacks: bool = False
) -> None:
    """Print what came of a run: JSON, a table on a terminal, else one line each.

    Args:
        done: Packages and failures.
        left_out: Those of the failures that are no more than a missing tool.
        as_json: Whether stdout gets JSON.
        with_tracebacks: Whether bugs are shown with the lines of code that led to them.
    """
    if as_json:
        click.echo(json.dumps(_document(done, left_out), indent=2))
    elif is_plain(sys.stdout):
        for bundle in done.made:
            click.echo("  ".join(_cells(bundle)))
    elif done.made:
        _show_table(done.made)
    for bundle in done.made:
        _show_talk(bundle)
    for note in done.notes:
        click.echo(f"{_label('warning', 'warning')}: release: {note}", err=True)
    for failure in done.failed:
        _show_failure(failure, failure in left_out, with_traceback=with_tracebacks)


def _show_failure(failure: Failure, is_left_out: bool, *, with_traceback: bool) -> None:
    error = failure.error
    if not is_left_out:
        show_error(error, target=failure.target, with_traceback=with_traceback)
        return
    label = _label("left out", "warning")
    click.echo(f"{label}: {failure.target}: {error.message}; {error.help}", err=True)


def _document(done: Bundles, left_out: list[Failure]) -> dict[str, object]:
    return {
        "bundles": [_json(bundle) for bundle in done.made],
        "failed": [
            {"target": one.target, "code": one.error.code, "message": one.error.message}
            for one in done.failed
            if one not in left_out
        ],
        "beside": [str(path) for path in done.beside],
        "left_out": [{"target": one.target, "reason": one.error.message} for one in left_out],
    }


def _json(bundle: Bundle) -> dict[str, object]:
    findings = None
    if bundle.findings is not None:
        findings = [
            {"tool": f.tool, "severity": f.severity, "tag": f.tag, "message": f.message}
            for f in bundle.findings
        ]
    return {
        "target": bundle.target,
        "path": str(bundle.path),
        "bytes": bundle.size_bytes,
        "sha256": bundle.sha256,
        "seconds": round(bundle.seconds, 3),
        "signed": bundle.is_signed,
        "warnings": list(bundle.warnings),
        "lint": findings,
    }


def _cells(bundle: Bundle) -> tuple[str, ...]:
    size = f"{bundle.size_bytes / _MEGABYTE:.2f} MB"
    seconds, signed = f"{bundle.seconds:.1f} s", "signed" if bundle.is_signed else "unsigned"
    digest = bundle.sha256[:_DIGEST_CHARS]
    return bundle.target, size, seconds, _lint(bundle), signed, digest, str(bundle.path)


def _lint(bundle: Bundle) -> str:
    if bundle.findings is None:
        return "not linted"
    errors = sum(finding.severity == "error" for finding in bundle.findings)
    return f"{_count(errors, 'error')}, {_count(len(bundle.findings) - errors, 'warning')}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _show_table(bundles: tuple[Bundle, ...]) -> None:
    """Print aligned columns; a narrow terminal gets fewer, so that names of files stay in one piece."""
    rows = [(*_cells(bundle)[:-1], bundle.path.name) for bundle in bundles]
    columns = dict(zip(_HEADINGS, zip(*rows, strict=True), strict=True))
    room = shutil.get_terminal_size().columns
    for spare in _SPARE:
        widths = [max(map(len, (name, *cells))) for name, cells in columns.items()]
        if sum(widths) + _GAP * (len(widths) - 1) <= room:
            break
        del columns[spare]
    lines = zip(*(_column(name, cells) for name, cells in columns.items()), strict=True)
    for line in lines:
        click.echo((" " * _GAP).join(line).rstrip())
    for folder in dict.fromkeys(bundle.path.parent for bundle in bundles):
        click.echo(f"{click.style('in', dim=True)} {folder}")


def _column(name: str, cells: tuple[str, ...]) -> list[str]:
    """Return a heading in colour and its cells, all of one width but for the last column."""
    width = 0 if name == _HEADINGS[-1] else max(map(len, (name, *cells)))
    place = str.rjust if name in _NUMBERS else str.ljust
    heading = click.style(place(name, width), fg=_ACCENT, bold=True)
    return [heading, *(place(cell, width) for cell in cells)]


def _show_talk(bundle: Bundle) -> None:
    for warning in bundle.warnings:
        click.echo(f"{_label('warning', 'warning')}: {bundle.target}: {warning}", err=True)
    for finding in bundle.findings or ():
        label = _label(finding.severity, finding.severity)
        click.echo(f"{label}: {finding.tool}: {finding.tag} {finding.message}".rstrip(), err=True)


def _new_in(error: BundleError) -> str:
    """Return what the cause says that the message does not."""
    cause = error.__cause__
    known = str(cause.strerror if isinstance(cause, OSError) and cause.strerror else cause or "")
    return "" if known in error.message else str(cause)


def _label(text: str, severity: str) -> str:
    """Return the first word of a line on stderr, in the colour of what it says."""
    if is_plain(sys.stderr):
        return text
    return click.style(text, fg="red" if severity == "error" else "yellow", bold=True)
