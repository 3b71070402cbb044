"""How results and errors look on a terminal, in a pipe and as JSON.

Data goes to stdout, talk to stderr. rich is imported only for a terminal.
"""

from __future__ import annotations

import json
import os
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
_BUG = "format.internal"


def is_plain(stream: TextIO) -> bool:
    """Tell whether a stream takes no colour: not a terminal, NO_COLOR, or a dumb one."""
    # https://no-color.org/
    wants_none = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    return wants_none or not stream.isatty()


def show_error(error: BundleError, *, target: str = "", with_traceback: bool = False) -> None:
    """Print an error as code, place, cause and help on stderr.

    Args:
        error: What went wrong.
        target: Name of the format that it stopped, if one.
        with_traceback: Whether a bug is shown with the lines of code that led to it.
    """
    what = f"{target}: {error.message}" if target else error.message
    click.echo(f"{_label(f'error[{error.number}]', 'error')}: {what}", err=True)
    if error.place:
        click.echo(f"  --> {error.place}", err=True)
    if error.__cause__ is not None and str(error.__cause__) not in error.message:
        click.echo(f"  = cause: {error.__cause__}", err=True)
    if error.help:
        click.echo(f"  = help: {error.help}", err=True)
    if with_traceback and error.code == _BUG and error.__cause__ is not None:
        click.echo("".join(traceback.format_exception(error.__cause__)).rstrip(), err=True)


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
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    columns = (
        TimeElapsedColumn(),
        SpinnerColumn(finished_text="✓"),
        TextColumn("{task.fields[format]}"),
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
    from rich.console import Console  # noqa: PLC0415 - only a terminal pays for rich
    from rich.markup import escape  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    table = Table(box=None, header_style="bold", pad_edge=False)
    for heading, justify in (("package", "left"), ("size", "right"), ("time", "right")):
        table.add_column(heading, justify=justify, no_wrap=True)  # type: ignore[arg-type]  # a literal
    for heading in ("lint", "signature", "sha256"):
        table.add_column(heading, no_wrap=True)
    table.add_column("file", overflow="fold")
    for bundle in bundles:
        table.add_row(*_cells(bundle)[:-1], bundle.path.name)
    console = Console()
    console.print(table)
    for folder in dict.fromkeys(bundle.path.parent for bundle in bundles):
        console.print(f"[dim]in[/dim] {escape(str(folder))}", soft_wrap=True, highlight=False)


def _show_talk(bundle: Bundle) -> None:
    for warning in bundle.warnings:
        click.echo(f"{_label('warning', 'warning')}: {bundle.target}: {warning}", err=True)
    for finding in bundle.findings or ():
        label = _label(finding.severity, finding.severity)
        click.echo(f"{label}: {finding.tool}: {finding.tag} {finding.message}".rstrip(), err=True)


def _label(text: str, severity: str) -> str:
    """Return the first word of a line on stderr, in the colour of what it says."""
    if is_plain(sys.stderr):
        return text
    return click.style(text, fg="red" if severity == "error" else "yellow", bold=True)
