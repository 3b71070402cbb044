"""Finds `gi`: in this environment, else the distribution's own when it fits this Python.

1. `import gi` works: nothing to do.
2. Linux distributions keep PyGObject in /usr/lib/python3/dist-packages. Its extension module is
   tagged with one Python minor version; when that is ours, the package `gi` alone (and `cairo`,
   which it may import) is made importable. The folder never goes on `sys.path`: everything else
   in it stays invisible.
3. Otherwise one error that names the one command that mends it.
"""

from __future__ import annotations

import importlib.util
import sys
import sysconfig
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType

from millennium_runtime.errors import NoEngineError

DISTRIBUTION_FOLDERS = (
    "/usr/lib/python3/dist-packages",
    "/usr/lib64/python{major}.{minor}/site-packages",
    "/usr/lib/python{major}.{minor}/site-packages",
)
_NAMES = frozenset({"gi", "cairo"})


class DistributionFinder:
    """A meta path finder that knows `gi` and `cairo` of one folder, and nothing else."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find the two packages; their submodules are found through their own `__path__`."""
        if path is not None or name not in _NAMES:
            return None
        return PathFinder.find_spec(name, [str(self.folder)], target)


def find_gi() -> str:
    """Make `import gi` work; return where it comes from: "environment" or the folder.

    Raises:
        NoEngineError: Neither this environment nor the distribution has one that fits.
    """
    for finder in sys.meta_path:
        if isinstance(finder, DistributionFinder):
            return str(finder.folder)
    if "gi" in sys.modules or importlib.util.find_spec("gi") is not None:
        return "environment"
    folder = find_distribution_gi(candidate_folders())
    if folder is None:
        raise missing_gi()
    sys.meta_path.append(DistributionFinder(folder))
    return str(folder)


def candidate_folders() -> tuple[Path, ...]:
    """Return where distributions put packages for this Python's minor version."""
    version = sys.version_info
    return tuple(
        Path(name.format(major=version.major, minor=version.minor)) for name in DISTRIBUTION_FOLDERS
    )


def find_distribution_gi(folders: Sequence[Path], suffix: str = "") -> Path | None:
    """Return the first folder whose `gi` was compiled for this Python, or None."""
    suffix = suffix or str(sysconfig.get_config_var("EXT_SUFFIX"))
    for folder in folders:
        if (folder / "gi" / f"_gi{suffix}").is_file():
            return folder
    return None


def missing_gi() -> NoEngineError:
    """Return the error for a system without a `gi` that fits, with the one command that helps."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    message = f"PyGObject (the module gi) for Python {version} was not found"
    return NoEngineError(message, help='pip install "millennium-runtime-webview[gtk]"')
