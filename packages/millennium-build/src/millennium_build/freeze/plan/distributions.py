"""Tell from which installed distributions the frozen modules come."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from email.message import Message
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import cast
from urllib.parse import unquote, urlsplit


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalledDistribution:
    """One distribution of the project's environment.

    Attributes:
        name: As its metadata spells it.
        version: Its version.
        folder: Name of its metadata folder, such as ``numpy-2.1.0.dist-info``.
        headers: The headers of its metadata, without the long description.
        entry_points: Text of its entry points; may be empty.
        license: Its licence expression or, failing that, text; may be empty.
    """

    name: str
    version: str
    folder: str
    headers: str
    entry_points: str
    license: str


class InstalledDistributions:
    """All distributions on the search path, and which file belongs to which."""

    def __init__(self, search: Sequence[Path]) -> None:
        self._by_top_level: dict[str, list[Distribution]] = {}
        self._editable: list[tuple[Path, Distribution]] = []
        for found in distributions(path=[str(path) for path in search]):
            self._add(found)

    def owners(self, modules: Iterable[tuple[str, Path]]) -> tuple[InstalledDistribution, ...]:
        """Return the distributions of the given modules (name and file), sorted by name."""
        owners: dict[str, Distribution] = {}
        for name, path in modules:
            for found in self._owners_of(name.partition(".")[0], path):
                owners.setdefault(found.metadata["Name"].lower(), found)
        return tuple(_describe(owners[name]) for name in sorted(owners))

    def _add(self, found: Distribution) -> None:
        direct = json.loads(found.read_text("direct_url.json") or "{}")
        if direct.get("dir_info", {}).get("editable"):
            self._editable.append((Path(unquote(urlsplit(direct["url"]).path)), found))
        for file in found.files or ():
            top = file.parts[0].partition(".")[0]
            if file.suffix in (".py", ".so") and found not in self._by_top_level.get(top, ()):
                self._by_top_level.setdefault(top, []).append(found)

    def _owners_of(self, top: str, path: Path) -> list[Distribution]:
        editable = [found for folder, found in self._editable if path.is_relative_to(folder)]
        if editable:
            return editable
        candidates = self._by_top_level.get(top, [])
        return [each for each in candidates if path.is_relative_to(str(each.locate_file("")))]


def _describe(found: Distribution) -> InstalledDistribution:
    metadata = cast("Message", found.metadata)  # what it is; its protocol hides half of it
    name, version = metadata["Name"], found.version
    kept = [
        f"{key}: {value}"
        for key, value in metadata.items()
        if key not in ("Description", "Classifier") and "\n" not in value
    ]
    return InstalledDistribution(
        name=name,
        version=version,
        folder=f"{name.replace('-', '_')}-{version}.dist-info",
        headers="\n".join(kept) + "\n",
        entry_points=found.read_text("entry_points.txt") or "",
        license=metadata.get("License-Expression") or _first_line(metadata.get("License") or ""),
    )


def _first_line(text: str) -> str:
    return text.strip().split("\n")[0][:200]
