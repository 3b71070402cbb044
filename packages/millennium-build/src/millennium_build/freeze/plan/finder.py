"""Find a module's file on the paths of the project's Python, importing nothing.

The order is that of the interpreter: in each folder a package before a module, an extension before
a source file; a folder without ``__init__`` counts only when no path has anything better.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundModule:
    """Where a module is; packages have `locations`, namespace packages no path."""

    name: str
    kind: Literal["builtin", "source", "extension", "namespace"]
    path: Path | None = None
    locations: tuple[Path, ...] = ()

    @property
    def is_package(self) -> bool:
        """Tell whether it can have submodules."""
        return bool(self.locations)


class ModuleFinder:
    """Looks names up in folders; a folder is read once.

    Args:
        search: Folders, in order.
        suffixes: Endings of extension modules.
        builtin: Names that are compiled into the interpreter.
        only: Folders from which just these top-level names may be taken.
    """

    def __init__(
        self,
        search: Sequence[Path],
        *,
        suffixes: Sequence[str],
        builtin: frozenset[str],
        only: dict[Path, frozenset[str]] | None = None,
    ) -> None:
        self._search = tuple(search)
        self._suffixes = tuple(suffixes)
        self._builtin = builtin
        self._only = only or {}
        self._listings: dict[Path, frozenset[str]] = {}

    def find(self, name: str, locations: Sequence[Path] | None = None) -> FoundModule | None:
        """Find a module; `locations` are those of its package, None for a top-level name."""
        if name in self._builtin:
            return FoundModule(name=name, kind="builtin")
        folders = self._top_level(name) if locations is None else locations
        last = name.rpartition(".")[2]
        portions = []
        for folder in folders:
            found = self._find_in(folder, name, last)
            if found is not None:
                return found
            if last in self._list(folder) and self._list(folder / last):
                portions.append(folder / last)
        if not portions:
            return None
        return FoundModule(name=name, kind="namespace", locations=tuple(portions))

    def _top_level(self, name: str) -> list[Path]:
        extra = [folder for folder, names in self._only.items() if name in names]
        return [*self._search, *extra]

    def _find_in(self, folder: Path, name: str, last: str) -> FoundModule | None:
        listing = self._list(folder)
        if last in listing:
            inner = self._list(folder / last)
            kind = self._match("__init__", inner)
            if kind is not None:
                path = folder / last / kind[0]
                locations = (folder / last,)
                return FoundModule(name=name, kind=kind[1], path=path, locations=locations)
        kind = self._match(last, listing)
        if kind is None:
            return None
        return FoundModule(name=name, kind=kind[1], path=folder / kind[0])

    def _match(
        self, stem: str, listing: frozenset[str]
    ) -> tuple[str, Literal["source", "extension"]] | None:
        for suffix in self._suffixes:
            if stem + suffix in listing:
                return stem + suffix, "extension"
        if f"{stem}.py" in listing:
            return f"{stem}.py", "source"
        return None

    def _list(self, folder: Path) -> frozenset[str]:
        if folder not in self._listings:
            try:
                self._listings[folder] = frozenset(path.name for path in folder.iterdir())
            except OSError:
                self._listings[folder] = frozenset()
        return self._listings[folder]
