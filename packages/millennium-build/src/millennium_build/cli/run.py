"""`millennium run`: the app from source, as a release would run."""

from __future__ import annotations

from pathlib import Path

import click

from millennium.config.load import require_assets
from millennium_build.cli.terminal import say
from millennium_build.dev.process import Start, run_released
from millennium_build.project import open_project


@click.command(context_settings={"ignore_unknown_options": True})
@click.option("--python", default="", help="The project's Python or its environment.")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
def command(context: click.Context, python: str, arguments: tuple[str, ...]) -> None:
    """Run the app from source, as a release would; ARGUMENTS are the app's."""
    project = open_project(Path.cwd(), python=python)
    require_assets(project.loaded)
    say(f"python: {project.python.path} ({project.python.reason})")
    start = Start(python=project.python.path, main=project.main, arguments=arguments)
    context.exit(run_released(start))
