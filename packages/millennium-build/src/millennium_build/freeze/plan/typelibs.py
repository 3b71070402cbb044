"""Choose the typelibs that the frozen modules use, with all they depend on.

Source: https://gitlab.gnome.org/GNOME/glib/-/blob/main/girepository/gitypelib-internal.h (header)
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from pathlib import Path

from millennium_build.errors import TypelibError
from millennium_build.freeze.environment import Interpreter
from millennium_build.freeze.plan.model import PlannedTypelib

_MAGIC = b"GOBJ\nMETADATA\r\n\x1a"
_DEPENDENCIES_AT = 36


def typelib_folders(interpreter: Interpreter) -> tuple[Path, ...]:
    """List the folders in which the system keeps typelibs."""
    multiarch = interpreter.variables["MULTIARCH"]
    folders = [Path("/usr/lib64"), Path("/usr/lib"), Path("/usr/local/lib")]
    if multiarch:
        folders.insert(0, Path("/usr/lib") / multiarch)
    return tuple(folder / "girepository-1.0" for folder in folders)


def read_dependencies(data: bytes) -> tuple[str, ...]:
    """Return what a typelib depends on, as ``Gtk-3.0``.

    Raises:
        TypelibError: The bytes are not a typelib.
    """
    if data[: len(_MAGIC)] != _MAGIC:
        raise TypelibError("not a typelib")
    try:
        (start,) = struct.unpack_from("<I", data, _DEPENDENCIES_AT)
        text = data[start : data.index(b"\0", start)].decode() if start else ""
    except (struct.error, ValueError) as error:
        raise TypelibError("a typelib has a malformed header") from error
    return tuple(part for part in text.split("|") if part)


@dataclass(slots=True)
class TypelibChoice:
    """Typelibs in the order in which they must be loaded."""

    folders: tuple[Path, ...]
    chosen: dict[str, PlannedTypelib] = field(default_factory=dict)

    def add_all(self, asked: dict[str, set[str]]) -> None:
        """Take those whose version is asked for, then those that are only imported."""
        for namespace, versions in sorted(asked.items(), key=lambda item: not item[1]):
            if namespace not in self.chosen:
                available = self._versions(namespace)
                fitting = [each for each in available if each in versions] or available
                if fitting:
                    self._add(namespace, fitting[-1])

    def _add(self, namespace: str, version: str) -> None:
        if namespace in self.chosen:
            return
        path = self._find(f"{namespace}-{version}.typelib")
        if path is None:
            raise TypelibError(
                f"the typelib {namespace}-{version} is missing",
                help=f"install the package that has {namespace}-{version}.typelib",
            )
        for dependency in read_dependencies(path.read_bytes()):
            name, _, needed = dependency.rpartition("-")
            self._add(name, needed)
        self.chosen[namespace] = PlannedTypelib(namespace=namespace, version=version, path=path)

    def _versions(self, namespace: str) -> list[str]:
        """List what is installed, the highest last."""
        names = {
            path.stem.rpartition("-")[2]
            for folder in self.folders
            for path in folder.glob(f"{namespace}-*.typelib")
        }
        numbers = [name for name in names if all(part.isdigit() for part in name.split("."))]
        return sorted(numbers, key=lambda name: tuple(map(int, name.split("."))))

    def _find(self, name: str) -> Path | None:
        return next((folder / name for folder in self.folders if (folder / name).is_file()), None)
