"""Data files inside the executable for `importlib.resources`. Frozen as `_millennium_resources`."""

from __future__ import annotations

import io
from collections.abc import Iterator
from importlib.resources.abc import Traversable, TraversableResources
from typing import IO, Any

from _millennium_boot import ROOT, Importer, index


class Resource(Traversable):
    """One file or folder inside the executable."""

    def __init__(self, path: str) -> None:
        self._path = path.strip("/")

    @property
    def name(self) -> str:
        """Return the last part of the path."""
        return self._path.rpartition("/")[2]

    def is_file(self) -> bool:
        """Tell whether there is a file of this path."""
        return self._path in index["data"]

    def is_dir(self) -> bool:
        """Tell whether anything is below this path."""
        return any(path.startswith(f"{self._path}/") for path in index["data"])

    def iterdir(self) -> Iterator[Resource]:
        """Yield the direct children."""
        start = f"{self._path}/"
        below = [path[len(start) :] for path in index["data"] if path.startswith(start)]
        for name in dict.fromkeys(path.partition("/")[0] for path in below):
            yield Resource(start + name)

    def joinpath(self, *descendants: object) -> Resource:
        """Return what is below this path; ``..`` climbs no higher than the root."""
        parts = [part for part in self._path.split("/") if part]
        for part in "/".join(map(str, descendants)).split("/"):
            if part == "..":
                parts = parts[:-1]
            elif part not in ("", "."):
                parts.append(part)
        return Resource("/".join(parts))

    __truediv__ = joinpath

    def read_bytes(self) -> bytes:
        """Return the content."""
        data: bytes = Importer.get_data(f"{ROOT}/{self._path}")
        return data

    def read_text(self, encoding: str | None = None, errors: str | None = None) -> str:
        """Return the content as text, UTF-8 unless another encoding is named."""
        return self.read_bytes().decode(encoding or "utf-8", errors or "strict")

    def open(self, mode: str = "r", *args: Any, **kwargs: Any) -> IO[Any]:  # noqa: ANN401 - as io.TextIOWrapper takes them
        """Open the content for reading."""
        data = io.BytesIO(self.read_bytes())
        return data if "b" in mode else io.TextIOWrapper(data, *args, **kwargs)

    def __str__(self) -> str:
        """Return the virtual path."""
        return f"{ROOT}/{self._path}"


class Reader(TraversableResources):
    """Behind `importlib.resources.files(package)`."""

    def __init__(self, package: str) -> None:
        self._package = package

    def files(self) -> Resource:
        """Return the package's folder."""
        return Resource(self._package.replace(".", "/"))
