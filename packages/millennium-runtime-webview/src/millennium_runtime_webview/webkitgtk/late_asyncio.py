"""A stand-in for asyncio while `gi` is imported, which wants it (from 3.50 on) and seldom uses it.

The real one brings ssl and sockets along, a tenth of what Python itself costs a start. It comes as
soon as somebody asks for more than what `gi` asks at import and for each main loop: whether an
asyncio loop runs. Without asyncio none does.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from types import ModuleType

NAME = "asyncio"
_EVENTS = "asyncio.events"


class InvalidStateError(Exception):
    """What asking too early for the result of an asynchronous call raises."""


class LateAsyncio(ModuleType):
    """Answers `gi`; for all else, and for all others, becomes the real module."""

    InvalidStateError = InvalidStateError

    def __getattr__(self, name: str) -> object:
        """Import the real module, wherever this one is in its place, and ask that."""
        if sys.modules.get(NAME) is self:
            if find_spec(f"{NAME}.{name}"):  # for the import system to find
                raise AttributeError(name)
            _step_aside()
        found: object = getattr(importlib.import_module(NAME), name)
        return found

    def _get_running_loop(self) -> object:
        events = sys.modules.get(_EVENTS)
        return None if events is None else events._get_running_loop()  # noqa: SLF001

    def get_event_loop_policy(self) -> object:
        """Return the policy, if there is one already; else `gi` goes without.

        Raises:
            LookupError: asyncio has not been imported.
        """
        if sys.modules.get(NAME, self) is self:
            raise LookupError("asyncio has not been imported")
        policy: object = sys.modules[NAME].get_event_loop_policy()
        return policy


@contextmanager
def late_asyncio() -> Iterator[None]:
    """Let `gi` be imported without asyncio, unless that is there already."""
    spec = find_spec(NAME) if NAME not in sys.modules else None
    if spec is None:
        yield
        return
    stand_in = sys.modules[NAME] = LateAsyncio(NAME)
    # another thread may import one of its modules just now
    stand_in.__path__ = list(spec.submodule_search_locations or ())
    try:
        yield
    finally:
        if sys.modules.get(NAME) is stand_in:
            _step_aside()


def _step_aside() -> None:
    """Let the next import find the real one, and its modules anew: they belong together."""
    for name in [each for each in sys.modules if each.partition(".")[0] == NAME]:
        del sys.modules[name]
