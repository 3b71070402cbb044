"""Gives `gi` the typelibs inside the executable. Frozen as `_millennium_typelibs`.

Before gi takes a namespace it asks the repository which versions of it there are. What is loaded
counts in girepository 1.0. In 2.0 it counts only beside a file of that namespace in a folder of
this machine, and an app must run where there is none. So gi gets a repository that answers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from types import ModuleType
from typing import Any


class Repository:
    """Stands for the class `gi.Repository`, of which there is one object only, and for that."""

    def __init__(self, native: Any) -> None:  # noqa: ANN401 - of an extension without types
        self._native = native

    def get_default(self) -> Repository:
        """Return the one object."""
        return self

    def enumerate_versions(self, namespace: str) -> list[str]:
        """Return the version that is loaded; else those on this machine."""
        if self._native.is_registered(namespace):
            return [self._native.get_version(namespace)]
        versions: list[str] = self._native.enumerate_versions(namespace)
        return versions

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the native one has
        """Leave all else to the native object."""
        return getattr(self._native, name)


def embed(native: ModuleType, load: Callable[[int, object], str], blobs: Iterable[int]) -> None:
    """Load typelibs, dependencies first, before the package `gi` takes anything from `gi._gi`."""
    repository = native.Repository.get_default()
    for blob in blobs:
        load(blob, repository)
    native.Repository = Repository(repository)  # type: ignore[attr-defined]  # see above
