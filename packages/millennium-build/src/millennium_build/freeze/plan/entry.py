"""Where the app's main file stands: the folder its imports start from, and its package.

``src/notes/__main__.py`` belongs to the package `notes` when ``src/notes/__init__.py`` exists: then
imports start from ``src`` and relative imports work. Else they start beside the file.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from millennium_build.errors import MainMissingError

MAIN_NAME = "__millennium_main__"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """The main file, the folder to import from, and the dotted package (empty for none)."""

    path: Path
    root: Path
    package: str

    @property
    def frozen_name(self) -> str:
        """Return the name the file has inside the executable besides ``__main__``."""
        return f"{self.package}.{MAIN_NAME}" if self.package else MAIN_NAME


def locate_entry(path: Path) -> Entry:
    """Find the package around a main file.

    Raises:
        MainMissingError: There is no such file.
    """
    path = path.absolute()
    if not path.is_file():
        raise MainMissingError(
            f"the main file {path} does not exist", help="set build.main to the file that starts it"
        )
    root, parts = path.parent, list[str]()
    while (root / "__init__.py").is_file() and root.name.isidentifier():
        parts.insert(0, root.name)
        root = root.parent
    return Entry(path=path, root=root, package=".".join(parts))
