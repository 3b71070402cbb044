"""List what is inside a native executable: the proof of what does not ship.

Names are read from the payload's own tables, after decompressing. Searching the file for a string
would prove nothing: what is compressed is never found.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from millennium_build.freeze.native.payload import PayloadReader


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """The content of an executable.

    Attributes:
        modules: Frozen modules → bytes of bytecode.
        extensions: Extension modules.
        libraries: Sonames of embedded libraries.
        typelibs: How many typelibs are embedded.
        data: Data files → number of their blob.
    """

    modules: dict[str, int] = field(default_factory=dict)
    extensions: tuple[str, ...] = ()
    libraries: tuple[str, ...] = ()
    typelibs: int = 0
    data: dict[str, int] = field(default_factory=dict)

    def has_module(self, name: str) -> bool:
        """Tell whether a module can be imported from this executable."""
        return name in self.modules or name in self.extensions


def list_artifact(path: Path) -> Listing:
    """Read the tables of an executable that the native freezer wrote.

    Raises:
        ArtifactError: It is damaged, or another freezer's.
    """
    reader = PayloadReader.open(path)
    index = reader.index()
    return Listing(
        modules=reader.module_names(),
        extensions=tuple(sorted(index["extensions"])),
        libraries=tuple(sorted(index["libraries"])),
        typelibs=len(index["typelibs"]),
        data=dict(index["data"]),
    )
