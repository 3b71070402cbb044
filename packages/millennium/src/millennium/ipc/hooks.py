"""How msgspec reads and writes `pathlib` paths, the one type beyond its own."""

from __future__ import annotations

from pathlib import PurePath
from typing import TypeVar

T = TypeVar("T")


class NoFormError(NotImplementedError):
    """JSON has no form for a type, which this names."""


def decode_hook(kind: type[T], value: object) -> T:
    """Make a path of text, for msgspec.

    Raises:
        NotImplementedError: Another type; registration should have refused it.
    """
    if issubclass(kind, PurePath) and isinstance(value, str):
        return kind(value)
    if kind is object and isinstance(value, kind):
        return value
    raise NotImplementedError(kind.__qualname__)


def encode_hook(value: object) -> object:
    """Make text of a path, for msgspec.

    Raises:
        NoFormError: Another type, which JSON cannot carry.
    """
    if isinstance(value, PurePath):
        return str(value)
    raise NoFormError(type(value).__qualname__)
