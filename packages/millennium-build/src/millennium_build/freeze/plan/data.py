"""Choose the files beside the modules that go in: data of packages, and metadata.

A package's files come along when it belongs to the app, when it asks for them through
`importlib.resources` or `pkgutil`, when the configuration names it, or when `rules.DATA` knows.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

_CODE = (
    *(".py", ".pyc", ".pyi", ".pyx", ".pxd", ".pxi", ".c", ".cpp", ".h", ".hpp", ".f90"),
    *(".so", ".a", ".lib", ".dll", ".dylib", ".exe", ".jar"),
)
_SKIPPED_FOLDERS = {"__pycache__", "node_modules", "tests", "test", "__pyinstaller"}
READERS = ("importlib.resources", "importlib_resources", "pkgutil")
"""Modules through which a package reads its own files."""


def package_files(folder: Path, prefix: str, *, without: Iterable[Path] = ()) -> dict[str, Path]:
    """Return the data files below a package's folder under their path in the executable."""
    excluded = {path.absolute() for path in without}
    return {
        f"{prefix}/{path.relative_to(folder).as_posix()}": path for path in _walk(folder, excluded)
    }


def _walk(folder: Path, excluded: set[Path]) -> Iterator[Path]:
    for current, folders, files in os.walk(folder):
        here = Path(current)
        folders[:] = sorted(
            name
            for name in folders
            if name not in _SKIPPED_FOLDERS and here / name not in excluded and name[0] != "."
        )
        for name in sorted(files):
            if not name.endswith(_CODE) and ".so." not in name and name != "py.typed":
                yield here / name
