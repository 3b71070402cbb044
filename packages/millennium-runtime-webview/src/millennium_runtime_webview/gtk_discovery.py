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
import re
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
FIRST_GIREPOSITORY_2 = (2, 80)
"""The GLib with the girepository that PyGObject 3.52 and later are made for."""

_NAMES = frozenset({"gi", "cairo"})
_GLIBS = ("usr/lib/*/libglib-2.0.so.0", "usr/lib*/libglib-2.0.so.0")
_PIP = 'pip install "millennium-runtime-webview[gtk]"'


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


def missing_gi(root: Path = Path("/")) -> NoEngineError:
    """Return the error for a system without a `gi` that fits, with the one command that helps."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    message = f"PyGObject (the module gi) for Python {version} was not found"
    return NoEngineError(message, help=install_command(root, version))


def install_command(root: Path, python: str) -> str:
    """Return what brings a `gi`: the distribution's package, else one that pip compiles.

    Args:
        root: Where the system is.
        python: Version of the interpreter, such as "3.13".
    """
    is_old = (0,) < glib_version(root) < FIRST_GIREPOSITORY_2
    pip = 'pip install "PyGObject>=3.50,<3.52"' if is_old else _PIP
    if not (root / "usr/bin/apt").exists():
        return pip
    if (root / "usr/bin/python3").resolve().name == f"python{python}":
        return "sudo apt install python3-gi"
    girepository = "libgirepository1.0-dev" if is_old else "libgirepository-2.0-dev"
    return f"sudo apt install gcc pkg-config libcairo2-dev {girepository} && {pip}"


def glib_version(root: Path) -> tuple[int, ...]:
    """Return the version of the system's GLib by the name of its file; empty when unknown."""
    found = (path.resolve().name for place in _GLIBS for path in root.glob(place))
    matches = (re.fullmatch(r"libglib-2\.0\.so\.0\.(\d+)\.\d+", name) for name in found)
    return max(((2, int(match[1]) // 100) for match in matches if match), default=())
