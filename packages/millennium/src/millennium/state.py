"""Managed values: one for each type, handed to the commands that ask for it."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Generic, TypeVar, cast

from millennium.errors import StateError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class State(Generic[T]):
    """A managed value as a command receives it.

    Example:
        ::

            @app.command
            def search(words: str, notes: State[Notes]) -> list[str]:
                return notes.value.search(words)

    Attributes:
        value: The very object given to `App.manage`; commands on several threads share it, so it
            has to look after its own locking.
    """

    value: T


class States:
    """Holds the managed values of one app. Thread: any."""

    def __init__(self) -> None:
        self._values: dict[type[object], object] = {}
        self._lock = threading.Lock()

    def manage(self, value: object, *, kind: type[object] | None = None) -> None:
        """Keep `value` under its own type, or under `kind`, of which it must be an instance.

        Raises:
            StateError: The type is taken, or `value` is not of that kind.
        """
        wanted = type(value) if kind is None else kind
        if not isinstance(value, wanted):
            message = (
                f"the managed value is a {type(value).__qualname__}, not a {wanted.__qualname__}"
            )
            raise StateError(message, help="pass an instance of the kind you name")
        with self._lock:
            if wanted in self._values:
                message = f"a value of type {wanted.__qualname__} is managed already"
                raise StateError(message, help="manage one value of each type, once")
            self._values[wanted] = value

    def get(self, kind: type[T]) -> T:
        """Return the managed value of this type.

        Raises:
            StateError: No value of this type is managed.
        """
        try:
            found = self._values[kind]
        except KeyError:
            message = f"no value of type {kind.__qualname__} is managed"
            raise StateError(message, help="call app.manage(value) before app.run()") from None
        return cast("T", found)  # `manage` put it under its own type

    def update(self, other: States) -> None:
        """Keep what `other` keeps, too."""
        with self._lock:
            self._values.update(other._values)

    def has(self, kind: type[object]) -> bool:
        """Whether a value of this type is managed."""
        return kind in self._values
