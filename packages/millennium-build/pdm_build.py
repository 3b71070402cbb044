"""A hook of pdm-backend: a wheel made on Linux carries the compiled stub and cores.

They are data, not modules: `millennium_build.native` compiles them from the C sources beside this
file for every Python it finds, and says how. Elsewhere the wheel is pure and has none.
"""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Protocol


class Builder(Protocol):
    """The part of pdm-backend that holds what the command line asked for."""

    config_settings: dict[str, str]


class Context(Protocol):
    """What pdm-backend passes to its hooks, as far as it is used here."""

    target: str
    root: Path
    builder: Builder


def pdm_build_initialize(context: Context) -> None:
    """Compile, and name the platform in the wheel's tag.

    Raises:
        subprocess.CalledProcessError: The compiler failed; it has said why.
    """
    if context.target != "wheel" or sys.platform != "linux":
        return
    command = [sys.executable, "-m", "millennium_build.native"]
    environment = {**os.environ, "PYTHONPATH": str(context.root / "src")}
    subprocess.run(command, env=environment, check=True)
    platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
    context.builder.config_settings.setdefault("--plat-name", platform)
