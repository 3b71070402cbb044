"""`millennium doctor`: what is missing on this machine, and the one command that mends it."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from millennium_build.cli.terminal import EXIT_ENVIRONMENT, print_json, print_table
from millennium_build.doctor import examine

_MARKS = {"ok": "✔", "warning": "⚠", "missing": "✘"}


@click.command()
@click.option("--python", default="", help="The project's Python or its environment.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.pass_context
def command(context: click.Context, python: str, *, as_json: bool) -> None:
    """Say what is missing on this machine, and how to mend it."""
    found = examine(Path.cwd(), python=python)
    if as_json:
        print_json({"checks": [asdict(diagnosis) for diagnosis in found]})
    else:
        rows = []
        for each in found:
            rows.append((_MARKS[each.state], each.name, each.detail))
            if each.fix:
                rows.append(("", "", f"→ {each.fix}"))
        print_table(("", "what", "found; → mends it"), rows)
    if any(diagnosis.state == "missing" for diagnosis in found):
        context.exit(EXIT_ENVIRONMENT)
