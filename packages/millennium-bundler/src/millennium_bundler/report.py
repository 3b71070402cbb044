"""How results and errors look on a terminal, in a pipe and as JSON.

Data goes to stdout, talk to stderr. rich is imported only for a terminal.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from typing import TextIO

import click

from millennium_bundler.bundle import Bundle
from millennium_bundler.errors import BundleError

_MEGABYTE = 1_000_000


def is_plain(stream: TextIO) -> bool:
    """Tell whether a stream takes no colour: not a terminal, NO_COLOR, or a dumb one."""
    # https://no-color.org/
    wants_none = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    return wants_none or not stream.isatty()


def show_error(error: BundleError) -> None:
    """Print an error as code, place, cause and help on stderr."""
    click.echo(f"{_label(f'error[{error.number}]', 'error')}: {error.message}", err=True)
    if error.place:
        click.echo(f"  --> {error.place}", err=True)
    if error.__cause__ is not None and str(error.__cause__) not in error.message:
        click.echo(f"  = cause: {error.__cause__}", err=True)
    if error.help:
        click.echo(f"  = help: {error.help}", err=True)


def step_printer(started: float) -> Callable[[str], None]:
    """Return a function that prints each step on stderr with the time since the start."""

    def show(step: str) -> None:
        click.echo(f"{time.perf_counter() - started:6.1f}s  {step}", err=True)

    return show


def show_bundles(bundles: list[Bundle], *, as_json: bool) -> None:
    """Print finished packages: JSON, a table on a terminal, else one line each."""
    if as_json:
        click.echo(json.dumps({"bundles": [_json(bundle) for bundle in bundles]}, indent=2))
    elif is_plain(sys.stdout):
        for bundle in bundles:
            click.echo("  ".join(_cells(bundle)))
    else:
        _show_table(bundles)
    for bundle in bundles:
        _show_talk(bundle)


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
        "warnings": list(bundle.warnings),
        "lint": findings,
    }


def _cells(bundle: Bundle) -> tuple[str, str, str, str, str]:
    size = f"{bundle.size_bytes / _MEGABYTE:.2f} MB"
    return bundle.target, size, f"{bundle.seconds:.1f} s", _lint(bundle), str(bundle.path)


def _lint(bundle: Bundle) -> str:
    if bundle.findings is None:
        return "not linted"
    errors = sum(finding.severity == "error" for finding in bundle.findings)
    return f"{_count(errors, 'error')}, {_count(len(bundle.findings) - errors, 'warning')}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _show_table(bundles: list[Bundle]) -> None:
    from rich.console import Console  # noqa: PLC0415 - only a terminal pays for rich
    from rich.table import Table  # noqa: PLC0415

    table = Table(box=None, header_style="bold", pad_edge=False)
    for heading, justify in (("package", "left"), ("size", "right"), ("time", "right")):
        table.add_column(heading, justify=justify, no_wrap=True)  # type: ignore[arg-type]  # a literal
    table.add_column("lint", no_wrap=True)
    table.add_column("file", overflow="fold")
    for bundle in bundles:
        table.add_row(*_cells(bundle))
    Console().print(table)


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
