"""What every freezer is given and what it gives back.

A freezer turns a module plan into one executable. Others may add one: subclass `Freezer` and name
it in the entry-point group `millennium.freezers`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from millennium_build.cache import Cache
from millennium_build.freeze.environment import Workshop
from millennium_build.freeze.plan.model import ModulePlan

GROUP = "millennium.freezers"


@dataclass(frozen=True, slots=True, kw_only=True)
class FreezeInput:
    """What a freezer works from.

    Attributes:
        plan: What goes in.
        workshop: The project's interpreter.
        output: The executable to write; its folder exists.
        cache: What earlier builds left.
        app_name: Names the folder in which the running app keeps large libraries.
    """

    plan: ModulePlan
    workshop: Workshop
    output: Path
    cache: Cache
    app_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FreezeResult:
    """What a freezer wrote.

    Attributes:
        executable: The file.
        sonames: Libraries that the system must provide.
        symbol_versions: Soname → highest symbol version needed of it.
        sizes: Part → bytes it takes in the file.
    """

    executable: Path
    sonames: tuple[str, ...] = ()
    symbol_versions: dict[str, str] = field(default_factory=dict, hash=False)
    sizes: dict[str, int] = field(default_factory=dict, hash=False)


class Freezer(ABC):
    """Turns a module plan into one executable."""

    name: str

    @abstractmethod
    def why_not(self, given: FreezeInput) -> str:
        """Return why this freezer cannot freeze this plan here; empty when it can."""

    @abstractmethod
    def freeze(self, given: FreezeInput, say: Callable[[str], None]) -> FreezeResult:
        """Write the executable.

        Raises:
            BuildError: It could not be written; nothing is left behind.
        """
