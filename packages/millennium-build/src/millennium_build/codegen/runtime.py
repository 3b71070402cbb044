"""Find the window runtime that an app is built with, in the project's environment."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import distributions
from pathlib import Path

from millennium.config.schema import Config
from millennium_build.errors import PlanError

GROUP = "millennium.runtimes"


def find_runtime(config: Config, search: Sequence[Path]) -> str:
    """Return the runtime as ``module:Class``: the configured one, else the only one installed.

    Raises:
        PlanError: None is installed, or several and none was chosen.
    """
    if config.runtime:
        return config.runtime
    installed = {
        point.name: point.value
        for found in distributions(path=[str(path) for path in search])
        for point in found.entry_points
        if point.group == GROUP
    }
    if not installed:
        raise PlanError(
            "no window runtime is installed in the project's environment",
            help='pip install "millennium[webview]"',
        )
    if len(set(installed.values())) > 1:
        raise PlanError(
            f"several window runtimes are installed: {', '.join(sorted(installed))}",
            help='set runtime = "module:Class" in the configuration',
        )
    return next(iter(installed.values()))
