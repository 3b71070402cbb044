"""What `millennium build` ends with where `bundle.active` is on: the packages.

The bundler is found as every command of others is, by its entry point: neither package imports the other.
"""

from __future__ import annotations

import sys
from contextlib import nullcontext, redirect_stdout
from importlib.metadata import entry_points
from pathlib import Path

import click

from millennium.config.schema import Config
from millennium_build.errors import BundlerMissingError
from millennium_build.hooks import run_hook

_GROUP = "millennium.cli"


def make_packages(config: Config, root: Path, manifest: Path, *, is_quiet: bool) -> None:
    """Make the packages of a finished build.

    Args:
        config: Of the app.
        root: Its project's folder.
        manifest: Of the build.
        is_quiet: Whether stdout is for something else; the packages are told on stderr then.

    Raises:
        BundlerMissingError: No bundler is installed.
        HookError: The command that runs before failed.
        SystemExit: A package failed; the bundler has said why.
    """
    points = entry_points(group=_GROUP, name="bundle")
    command = next((point.load() for point in points), None)
    if not isinstance(command, click.Command):
        raise BundlerMissingError(
            "bundle.active is on, but no bundler is installed",
            help='pip install "millennium[all]", or pass --no-bundle; the build itself is done',
        )
    run_hook(config.build.before_bundle_command, root)
    words = ["--manifest", str(manifest)]
    with redirect_stdout(sys.stderr) if is_quiet else nullcontext():
        command.main(words, prog_name="millennium bundle", standalone_mode=False)
