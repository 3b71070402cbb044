"""Whether a loop ends, and with which code: ready to use for who writes a runtime.

1. `ask` sends `ExitRequested`; unless it is prevented, that decides.
2. The first signal asks; from the second on it decides, and nobody can prevent it.
3. What was decided first stays.
"""

from __future__ import annotations

from collections.abc import Callable

from millennium_runtime.run_event import ExitRequested

__all__ = ["ExitDecision"]


class ExitDecision:
    """The end of one loop. Thread: main.

    Args:
        tell: Sends an event to the app.
        stop: Has the loop return; called once, when it is decided.
    """

    def __init__(
        self, tell: Callable[[ExitRequested], None], stop: Callable[[], None] = lambda: None
    ) -> None:
        self._tell = tell
        self._stop = stop
        self._signals = 0
        self.code: int | None = None

    def ask(self, code: int | None) -> None:
        """Ask the app whether to exit; None when its last window closed."""
        if self.code is not None:
            return
        request = ExitRequested(code)
        self._tell(request)
        if not request.veto.is_prevented:
            self.decide(code or 0)

    def signal(self, code: int) -> None:
        """Obey a signal: ask at the first, insist at the second."""
        self._signals += 1
        if self._signals == 1:
            self.ask(code)
        else:
            self.decide(code)

    def decide(self, code: int) -> None:
        """End the loop with this code, unless that was decided before."""
        if self.code is None:
            self.code = code
            self._stop()
