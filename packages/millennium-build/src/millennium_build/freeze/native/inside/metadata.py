"""Distributions inside the executable for `importlib.metadata`. Frozen as `_millennium_metadata`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.metadata import Distribution
from os import PathLike
from pathlib import PurePosixPath

import _millennium_core as core
from _millennium_boot import ROOT, index

_ENDING = ".dist-info"


class FrozenDistribution(Distribution):
    """One distribution whose metadata was embedded."""

    def __init__(self, folder: str) -> None:
        self._folder = folder

    def read_text(self, filename: object) -> str | None:
        """Return a metadata file, or None."""
        blob = index["data"].get(f"{self._folder}/{filename}")
        text: str | None = None if blob is None else core.blob(blob).decode()
        return text

    def locate_file(self, path: str | PathLike[str]) -> PurePosixPath:  # type: ignore[override]  # a Path in typeshed only
        """Return the virtual path of one of its files."""
        return PurePosixPath(ROOT) / path


def find(context: object) -> Iterator[FrozenDistribution]:
    """Yield the distributions, or the one whose name `context` carries."""
    wanted = getattr(context, "name", None)
    folders = {path.partition("/")[0] for path in index["data"] if f"{_ENDING}/" in path}
    for folder in sorted(folders):
        name = folder.removesuffix(_ENDING).rpartition("-")[0]
        if wanted is None or _normal(name) == _normal(wanted):
            yield FrozenDistribution(folder)


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
