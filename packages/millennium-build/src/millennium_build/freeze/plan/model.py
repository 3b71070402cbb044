"""The module plan as data: what goes into the executable, whoever freezes it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from millennium_build.freeze.plan.distributions import InstalledDistribution

Reason = Literal["excluded", "disabled", "replaced", "absent"]
"""Why a module is left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedModule:
    """One Python module or package that is frozen.

    Attributes:
        name: Dotted, as it is imported.
        path: Its source file.
        is_package: Whether it has submodules.
        is_own: Whether it belongs to the app, not to a dependency.
        source: Its text when no file holds it (generated modules); else empty.
    """

    name: str
    path: Path
    is_package: bool = False
    is_own: bool = False
    source: bytes = b""

    def read(self) -> bytes:
        """Return the source text."""
        return self.source or self.path.read_bytes()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedExtension:
    """One extension module, with the vendored libraries it needs (by soname)."""

    name: str
    path: Path
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedLibrary:
    """A shared library that came with a wheel, or libgirepository."""

    soname: str
    path: Path
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedTypelib:
    """A typelib of GObject introspection; those it depends on stand before it."""

    namespace: str
    version: str
    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Leftover:
    """A module that is not in the executable, and why."""

    name: str
    wanted_by: str
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class ModulePlan:
    """All that goes into the executable, each list sorted by name.

    Attributes:
        main: Name under which the main file is frozen.
        data: Path inside the executable → file.
        generated: Path inside the executable → bytes that no file holds.
        namespaces: Packages without a file of their own.
        system_libraries: Sonames that the system must provide.
        distributions: Those that frozen modules come from.
        leftovers: What was looked for and is not there.
        unresolved: Module → calls whose import cannot be known before running.
        warnings: Sentences for the person who builds.
        needs_files: Package → why it cannot live in memory.
    """

    main: str
    modules: tuple[PlannedModule, ...]
    extensions: tuple[PlannedExtension, ...] = ()
    libraries: tuple[PlannedLibrary, ...] = ()
    typelibs: tuple[PlannedTypelib, ...] = ()
    namespaces: tuple[str, ...] = ()
    data: dict[str, Path] = field(default_factory=dict, hash=False)
    generated: dict[str, bytes] = field(default_factory=dict, hash=False)
    system_libraries: tuple[str, ...] = ()
    distributions: tuple[InstalledDistribution, ...] = ()
    leftovers: tuple[Leftover, ...] = ()
    unresolved: dict[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    warnings: tuple[str, ...] = ()
    needs_files: dict[str, str] = field(default_factory=dict, hash=False)
