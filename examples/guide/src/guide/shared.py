"""State that commands share."""

from __future__ import annotations

import threading

from guide.app import app
from millennium import State


# --8<-- [start:state]
class Counter:
    """Counts on any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._value = 0

    def add(self, amount: int) -> int:
        """Add and return the sum."""
        with self._lock:
            self._value += amount
            return self._value


app.manage(Counter())


@app.command
def count(counter: State[Counter], amount: int = 1) -> int:
    """Count."""
    return counter.value.add(amount)


# --8<-- [end:state]
