"""Where a check plays: a running loop, its windows, and everything observed of them.

The loop has the main thread; the check has a thread of its own beside it and waits with limits.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from typing import TypeVar

from millennium_runtime.errors import EventLoopClosedError
from millennium_runtime.run_event import ExitRequested, Ready, RunEvent
from millennium_runtime.runtime import Runtime, RuntimeHandle
from millennium_runtime.testing.conformance.log import CheckFailedError, Log, eventually, expect
from millennium_runtime.testing.conformance.probe import RuntimeProbe
from millennium_runtime.testing.conformance.stage_window import StageWindow, WindowPlan

__all__ = ["Stage"]

T = TypeVar("T")


class Stage:
    """One loop, from before `run` until after it returned.

    Attributes:
        events: What `run` told, in order.
        tasks: Free for a check's own marks.
        strays: Callbacks that came on another thread than the main one.
        is_held: Whether each `ExitRequested` is prevented; true until `finish`.
    """

    def __init__(self, probe: RuntimeProbe, runtime: Runtime) -> None:
        self.probe = probe
        self.runtime = runtime
        self.handle: RuntimeHandle = runtime.handle()
        self.events: Log[RunEvent] = Log("run events", probe.patience)
        self.tasks: Log[str] = Log("tasks", probe.patience)
        self.strays: list[str] = []
        self.is_held: bool = True
        self.react: Callable[[RunEvent], None] = _do_nothing
        self._main_thread = threading.get_ident()
        self._may_run = threading.Event()
        self._has_ended = threading.Event()
        self._exit_code: int | None = None

    # --- the main thread's part

    def run(self) -> None:
        """Run the loop once the check lets it. Thread: main."""
        self._may_run.wait()
        try:
            self._exit_code = self.runtime.run(self._take_event)
        finally:
            self._has_ended.set()

    def note(self, callback: str) -> None:
        """Remember a callback that comes on a wrong thread."""
        if threading.get_ident() != self._main_thread:
            self.strays.append(callback)

    def _take_event(self, event: RunEvent) -> None:
        self.note(type(event).__name__)
        self.react(event)
        if isinstance(event, ExitRequested) and self.is_held:
            event.veto.prevent()
        self.events.append(event)

    # --- the check's part

    def start(self) -> None:
        """Let the loop run and wait for `Ready`."""
        self._may_run.set()
        self.wait_event(Ready)

    def open(self, plan: WindowPlan | None = None) -> StageWindow:
        """Make a window from the check's thread and wait for its first document."""
        return self.new_window(plan).create(self.handle).wait_loaded()

    def new_window(self, plan: WindowPlan | None = None) -> StageWindow:
        """Prepare a window without making it."""
        return StageWindow(plan or WindowPlan(), patience=self.probe.patience, note=self.note)

    def on_main(self, function: Callable[[], T]) -> T:
        """Run a function on the main thread by `post` and return its value."""
        values: Log[tuple[T | None, BaseException | None]] = Log("results", self.probe.patience)

        def task() -> None:
            try:
                values.append((function(), None))
            except BaseException as error:  # noqa: BLE001 - raised again below
                values.append((None, error))

        self.handle.post(task)
        value, error = values.wait(lambda _: True, "result of a posted task")
        if error is not None:
            raise error
        return value  # type: ignore[return-value]  # None only when T is

    def wait_event(self, kind: type[RunEvent], *, count: int = 1) -> RunEvent:
        """Wait for the count-th event of this kind."""
        return self.events.wait(lambda event: isinstance(event, kind), kind.__name__, count=count)

    def expect_soon(self, question: Callable[[], T], wanted: T, what: str) -> None:
        """Ask until the answer is the wanted one; fail when patience ends."""
        answer = eventually(question, lambda value: value == wanted, self.probe.patience)
        expect(answer == wanted, f"{what} is {answer!r}, not {wanted!r}")

    def settle(self) -> None:
        """Wait until everything queued on the main thread so far was done."""
        self.on_main(lambda: None)

    def finish(self, code: int = 0) -> int:
        """Ask to exit, let it, wait until `run` returned, and return its code."""
        self.is_held = False
        with contextlib.suppress(EventLoopClosedError):
            self.handle.request_exit(code)
        return self.wait_ended()

    def wait_ended(self) -> int:
        """Wait until `run` returned, and return its code."""
        if not self._has_ended.wait(self.probe.patience) or self._exit_code is None:
            raise CheckFailedError(f"run did not return within {self.probe.patience:g} s")
        return self._exit_code

    def clear(self) -> None:
        """End the loop however the check ended; abort it if it will not end."""
        self._may_run.set()
        if self._has_ended.is_set():
            return
        with contextlib.suppress(Exception):
            self.finish()
        if not self._has_ended.is_set():
            self.probe.abort(self.runtime)


def _do_nothing(_event: RunEvent) -> None:
    """Stand in for a check's own reaction."""
