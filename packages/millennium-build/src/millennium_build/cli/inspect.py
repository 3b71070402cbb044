"""`millennium inspect`: explain what the configuration makes of the app."""

from __future__ import annotations

from pathlib import Path

import click

from millennium.config.load import load_config
from millennium_build.cli.terminal import PLATFORM, print_json, print_table, warn
from millennium_build.policy import Explanation, explain_policy


@click.group(name="inspect")
def command() -> None:
    """Explain what the configuration makes of the app."""


@command.command("csp")
@click.option("--page", default="", help="Only this page, by its path: index.html.")
@click.option("--dev", "is_dev", is_flag=True, help="What `millennium dev` serves: dev-csp.")
@click.option("--header", "is_header", is_flag=True, help="Print only the header's value.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@PLATFORM
def csp_command(*, page: str, platform: str, is_dev: bool, is_header: bool, as_json: bool) -> None:
    """Explain the content security policy, source by source."""
    loaded = load_config(Path.cwd(), platform=platform)
    found = explain_policy(loaded, page=page, is_dev=is_dev)
    if as_json:
        print_json(_json(found))
        return
    if is_header:
        click.echo(found.header)
    else:
        print_table(("Directive", "Source", "Comes from", "Allows"), list(_rows(found)))
    for warning in found.warnings:
        warn(warning)


def _rows(found: Explanation) -> list[tuple[str, str, str, str]]:
    rows: list[tuple[str, str, str, str]] = []
    for directive in found.directives:
        name = directive.name
        for source in directive.sources:
            rows.append((name, _shortened(source.text), source.origin, source.allows))
            name = ""
        if not directive.sources:
            rows.append((name, "", "", "nothing"))
    return rows


def _shortened(text: str) -> str:
    """Return a source that fits into a column; --json and --header have all of it."""
    return f"{text[:16]}…'" if text.startswith("'sha") else text


def _json(found: Explanation) -> dict[str, object]:
    return {
        "pages": list(found.pages),
        "header": found.header,
        "directives": [
            {
                "name": directive.name,
                "sources": [
                    {"source": source.text, "from": source.origin, "allows": source.allows}
                    for source in directive.sources
                ],
            }
            for directive in found.directives
        ],
        "warnings": list(found.warnings),
    }
