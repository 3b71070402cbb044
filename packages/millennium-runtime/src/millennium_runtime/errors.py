"""Everything that can go wrong in a window runtime, as one tree.

* MillenniumRuntimeError ▸ code, message, help
    * InvalidLabelError ▸ a window label breaks the grammar or is taken
    * CreateWindowError ▸ the system refused to make a window or its webview
    * WindowClosedError ▸ the window is gone
    * EventLoopClosedError ▸ the event loop ended, or never ran
    * RuntimeTimeoutError ▸ the main thread did not answer in time
    * WouldDeadlockError ▸ the main thread was asked to wait for itself
    * UnsupportedError ▸ this engine or system cannot do that
    * NoEngineError ▸ no system webview was found
    * PageBusyError ▸ the page has not run what it was given before
    * RuntimeNotFoundError ▸ no runtime is installed, or too many are
"""

from __future__ import annotations

from typing import ClassVar

NUMBERS: dict[str, str] = {
    "runtime.failed": "M0200",
    "runtime.invalid_label": "M0201",
    "runtime.create_window": "M0202",
    "runtime.window_closed": "M0203",
    "runtime.event_loop_closed": "M0204",
    "runtime.timeout": "M0205",
    "runtime.would_deadlock": "M0206",
    "runtime.unsupported": "M0207",
    "runtime.no_engine": "M0208",
    "runtime.not_found": "M0209",
    "runtime.page_busy": "M0210",
}
"""Code → number that the command line prints, ``error[M0208]``. A number is never reused."""


class MillenniumRuntimeError(Exception):
    """Root of all errors a runtime raises.

    Attributes:
        code: Stable, dotted, for programs ("runtime.timeout").
        message: What happened, with the offending name.
        help: What to do next; may be empty.
    """

    code: ClassVar[str] = "runtime.failed"

    def __init__(self, message: str, *, help: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.help = help

    @property
    def number(self) -> str:
        """The number of the code ("M0208"); "" for a code of another runtime's own."""
        return NUMBERS.get(self.code, "")


class InvalidLabelError(MillenniumRuntimeError):
    """A label breaks the grammar of `millennium_runtime.window`, or is taken."""

    code = "runtime.invalid_label"


class CreateWindowError(MillenniumRuntimeError):
    """The system refused to make a window or its webview."""

    code = "runtime.create_window"


class WindowClosedError(MillenniumRuntimeError):
    """The window was closed before the call reached it."""

    code = "runtime.window_closed"


class EventLoopClosedError(MillenniumRuntimeError):
    """The event loop has ended, or has not started."""

    code = "runtime.event_loop_closed"


class RuntimeTimeoutError(MillenniumRuntimeError):
    """The main thread did not answer within the limit."""

    code = "runtime.timeout"


class WouldDeadlockError(MillenniumRuntimeError):
    """The main thread was asked to wait for another thread."""

    code = "runtime.would_deadlock"


class UnsupportedError(MillenniumRuntimeError):
    """This engine or system cannot do what was asked."""

    code = "runtime.unsupported"


class NoEngineError(MillenniumRuntimeError):
    """No usable system webview: missing, too old, or without a display."""

    code = "runtime.no_engine"


class PageBusyError(MillenniumRuntimeError):
    """The page has not run the scripts it was given before: it hangs, or pauses for long."""

    code = "runtime.page_busy"


class RuntimeNotFoundError(MillenniumRuntimeError):
    """No runtime is installed, or several and none was chosen."""

    code = "runtime.not_found"
