"""Follow extension modules to the shared libraries they need.

A library that came with a wheel is found by the run path of who needs it and goes into the
executable. Everything else is the system's and stays there, with one exception: libgirepository,
so that an app needs no package but WebKitGTK's.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from millennium_build.elf import ElfFile, read_elf
from millennium_build.errors import NeedsFilesError
from millennium_build.freeze.environment import Interpreter
from millennium_build.freeze.plan.model import PlannedLibrary

_SYSTEM = tuple(map(Path, ("/lib", "/lib64", "/usr/lib", "/usr/lib64")))
_EMBEDDED_PREFIX = "libgirepository-"


@dataclass(slots=True)
class LibraryWalk:
    """The vendored and the system's libraries of all files that `add` was given."""

    interpreter: Interpreter
    vendored: dict[str, PlannedLibrary] = field(default_factory=dict)
    system: set[str] = field(default_factory=set)

    def add(self, path: Path) -> tuple[str, ...]:
        """Take what a file needs, and what that needs; return its vendored sonames in order.

        Raises:
            NeedsFilesError: A library has no name by which another could find it in memory.
        """
        elf = read_elf(path.read_bytes())
        needs = []
        for soname in elf.needed:
            if soname == self.interpreter.variables["INSTSONAME"]:
                continue
            library = self._find_vendored(path, elf, soname)
            if library is None:
                self.system.add(soname)
                continue
            needs.append(soname)
            if soname not in self.vendored:
                self._add_vendored(soname, library)
        return tuple(needs)

    def _add_vendored(self, soname: str, path: Path) -> None:
        if read_elf(path.read_bytes()).soname != soname:
            raise NeedsFilesError(
                f"{path.name} is needed as {soname} but does not call itself so",
                help="use the pyinstaller freezer for this app",
            )
        self.vendored[soname] = PlannedLibrary(soname=soname, path=path)
        needs = self.add(path)
        self.vendored[soname] = PlannedLibrary(soname=soname, path=path, needs=needs)

    def _find_vendored(self, path: Path, elf: ElfFile, soname: str) -> Path | None:
        if soname.startswith(_EMBEDDED_PREFIX):
            return find_system_library(soname, self.interpreter)
        for entry in elf.runpath:
            origin = entry.replace("${ORIGIN}", "$ORIGIN").replace("$ORIGIN", str(path.parent))
            candidate = (Path(origin) / soname).resolve()
            if candidate.is_file() and not is_system(candidate):
                return candidate
        return None


def is_system(path: Path) -> bool:
    """Tell whether the system's packages own a file, to judge by its folder."""
    return any(path.is_relative_to(folder) for folder in _SYSTEM)


def find_system_library(soname: str, interpreter: Interpreter) -> Path | None:
    """Find a library in the folders that the loader searches first."""
    multiarch = interpreter.variables["MULTIARCH"]
    folders = [folder / multiarch for folder in _SYSTEM] if multiarch else []
    candidates = ((folder / soname) for folder in (*folders, *_SYSTEM))
    return next((path.resolve() for path in candidates if path.is_file()), None)
