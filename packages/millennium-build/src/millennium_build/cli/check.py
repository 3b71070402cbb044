"""`millennium check`: configuration, code and page fit together, or what does not."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from millennium.config.load import load_config
from millennium_build.check.finding import Finding
from millennium_build.check.rules import check_project
from millennium_build.cli.terminal import EXIT_FAILED, PLATFORM, is_plain, print_json, say

_COLOURS = {"error": "red", "warning": "yellow"}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@click.option("--strict", is_flag=True, help="Fail on warnings too.")
@PLATFORM
@click.pass_context
def command(context: click.Context, platform: str, *, as_json: bool, strict: bool) -> None:
    """Compare configuration, code and page without running the app."""
    loaded = load_config(Path.cwd(), platform=platform)
    findings = check_project(loaded)
    errors = sum(finding.severity == "error" for finding in findings)
    if as_json:
        print_json({"errors": errors, "findings": [_json(finding) for finding in findings]})
    else:
        for finding in findings:
            _show(finding)
        click.echo(f"{_count(errors, 'error')}, {_count(len(findings) - errors, 'warning')}")
    if errors or (strict and findings):
        context.exit(EXIT_FAILED)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _show(finding: Finding) -> None:
    label = f"{finding.severity}[{finding.code}]"
    if not is_plain(sys.stderr):
        label = click.style(label, fg=_COLOURS[finding.severity], bold=True)
    say(f"{label}: {finding.message}")
    say(f"  --> {finding.place}")
    if finding.help:
        say(f"  = help: {finding.help}")


def _json(finding: Finding) -> dict[str, object]:
    return {
        "severity": finding.severity,
        "code": finding.code,
        "message": finding.message,
        "file": finding.place.path,
        "line": finding.place.line,
        "column": finding.place.column,
        "help": finding.help,
    }
