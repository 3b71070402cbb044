"""What the suite must be told about an implementation."""

from __future__ import annotations

import os
import sys
from abc import ABC, abstractmethod
from collections.abc import Mapping

from millennium_runtime.main_thread import MAX_WAIT_SECONDS
from millennium_runtime.runtime import Runtime, RuntimeAttributes

__all__ = ["ABORTED", "RuntimeProbe"]

ABORTED = 70
"""Exit code of a process whose loop could not be ended otherwise."""


class RuntimeProbe(ABC):
    """Makes runtimes of one kind, and does to them what only their outside can.

    Attributes:
        one_loop_per_process: Whether a second loop cannot run in one process; then each check
            gets a process of its own.
        timeout_seconds: How long this implementation's calls wait for the main thread.
        patience: How many seconds the suite waits for something that should happen.
    """

    one_loop_per_process: bool = False
    timeout_seconds: float = MAX_WAIT_SECONDS
    patience: float = 10.0

    @abstractmethod
    def new_runtime(self, attributes: RuntimeAttributes) -> Runtime:
        """Make a runtime whose pages run the suite's scripts. Thread: main."""

    def crash_page(self, runtime: Runtime, label: str) -> None:
        """Kill the web process of a window. Thread: any. Needed by one check; see `cannot`."""
        message = f"{type(self).__name__} cannot crash the page of {label!r} in {runtime!r}"
        raise NotImplementedError(message)

    def cannot(self) -> Mapping[str, str]:
        """Name the checks that cannot be made here: name → reason, beginning with "needs "."""
        return {}

    def abort(self, runtime: Runtime) -> None:  # pragma: no cover in a process
        """End a loop that does not end when asked. Thread: any."""
        sys.stderr.write(f"{runtime!r} did not end: the process is aborted\n")
        sys.stderr.flush()
        os._exit(ABORTED)
