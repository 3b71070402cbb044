"""Run the commands that the configuration names, such as ``before-build-command``."""

from __future__ import annotations

import subprocess
from pathlib import Path

from millennium.config.schema import HookCommand
from millennium_build.errors import HookError


def run_hook(command: str | HookCommand, root: Path) -> None:
    """Run a command line of the developer's through the system's shell, and wait for it.

    Raises:
        HookError: It cannot be started, or ends with another code than 0.
    """
    script = command if isinstance(command, str) else command.script
    if not script:
        return
    folder = root if isinstance(command, str) else root / command.cwd
    try:
        code = subprocess.run(script, shell=True, cwd=folder, check=False).returncode  # noqa: S602
    except OSError as error:
        raise HookError(f"cannot run {script!r}: {error}", help="check its cwd") from error
    if code != 0:
        raise HookError(f"{script!r} ended with code {code}", help="run it by hand to see why")
