"""`millennium dev`: the app from source, following every saved file."""

from __future__ import annotations

import time
from pathlib import Path

import click

from millennium.config.load import require_assets
from millennium_build.cli.terminal import say, show_error, warn
from millennium_build.dev.page_server import BeforeDev, wait_for_page
from millennium_build.dev.process import Start
from millennium_build.dev.session import Reporter, Session
from millennium_build.dev.watch import Watched, watch
from millennium_build.project import Project, open_project


@click.command(context_settings={"ignore_unknown_options": True})
@click.option("--python", default="", help="The project's Python or its environment.")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
def command(context: click.Context, python: str, arguments: tuple[str, ...]) -> None:
    """Run the app from source and follow every saved file; ARGUMENTS are the app's."""
    project = open_project(Path.cwd(), python=python)
    for warning in project.loaded.warnings:
        warn(warning)
    say(f"python: {project.python.path} ({project.python.reason})")
    build = project.loaded.config.build
    start = Start(python=project.python.path, main=project.main, arguments=arguments)
    reporter = Reporter(say=say, error=show_error)
    with BeforeDev(build.before_dev_command, project.root) as before:
        pages = _pages(project, before)
        watched = Watched(root=project.root.resolve(), pages=pages)
        since_ns = time.time_ns()
        with Session(watched.root, start, reporter) as session:
            say("save a file to see it; Ctrl-C ends")
            context.exit(session.run(watch(watched, since_ns=since_ns, say=warn)))


def _pages(project: Project, before: BeforeDev) -> Path | None:
    dev_path = project.loaded.config.build.dev_path
    if "://" in dev_path:
        wait_for_page(dev_path, before, say=say)
        return None
    return require_assets(project.loaded, folder=dev_path).resolve()
