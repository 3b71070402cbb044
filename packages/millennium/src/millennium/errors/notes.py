"""What an uncaught error says below its traceback: number, code, place and help.

Loaded by whoever raises into the app's own code, not with the tree of errors: it knows the runtime's.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from millennium.errors.root import MillenniumError
from millennium_runtime.errors import MillenniumRuntimeError


@contextmanager
def explained() -> Iterator[None]:
    """Add notes to each error of ours that leaves the block."""
    try:
        yield
    except (MillenniumError, MillenniumRuntimeError) as error:
        error.add_note(f"error[{error.number or error.code}]: {error.code}")
        if isinstance(error, MillenniumError) and error.location is not None:
            error.add_note(f"  --> {error.location}")
        if error.help:
            error.add_note(f"  = help: {error.help}")
        raise
