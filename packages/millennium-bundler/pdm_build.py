"""A hook of pdm-backend: a wheel made on Linux carries the runtimes that AppImages begin with.

They are data, not modules, and for the machines of users, not for this one: the wheel is the same on
every system. `millennium_bundler.native` compiles them from the C sources beside this file.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Protocol


class Context(Protocol):
    """What pdm-backend passes to its hooks, as far as it is used here."""

    target: str
    root: Path


def pdm_build_initialize(context: Context) -> None:
    """Compile what can be compiled here; this machine's own runtime must be.

    Raises:
        subprocess.CalledProcessError: The compiler failed; it has said why.
    """
    if context.target != "wheel" or sys.platform != "linux":
        return
    command = [sys.executable, "-m", "millennium_bundler.native"]
    environment = {**os.environ, "PYTHONPATH": str(context.root / "src")}
    subprocess.run(command, env=environment, check=True)
