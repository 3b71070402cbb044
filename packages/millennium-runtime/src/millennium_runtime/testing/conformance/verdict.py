"""Makes one check on one implementation, here or in a process of its own, and says how it went."""

from __future__ import annotations

import contextlib
import inspect
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from millennium_runtime.runtime import RuntimeAttributes
from millennium_runtime.testing.conformance.check import Check
from millennium_runtime.testing.conformance.probe import RuntimeProbe
from millennium_runtime.testing.conformance.stage import Stage

__all__ = ["CANNOT", "FAILED", "PASSED", "ProbeFactory", "Verdict", "judge", "judge_here"]

ProbeFactory = Callable[[], RuntimeProbe]

PASSED, FAILED, CANNOT = 0, 1, 3
"""Exit codes of a process that makes one check."""

_PROCESS_SECONDS = 120.0
_ATTRIBUTES = RuntimeAttributes(identifier="org.example.conformance", app_name="Conformance")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How one check went; the reason says what was seen, or what is needed."""

    check: Check
    status: Literal["passed", "failed", "cannot"]
    reason: str = ""


def judge(check: Check, factory: ProbeFactory) -> Verdict:
    """Make one check, in a process of its own where the probe wants that. Thread: main."""
    probe = factory()
    if check.name in probe.cannot():
        return Verdict(check=check, status="cannot", reason=probe.cannot()[check.name])
    if probe.one_loop_per_process:
        return _judge_apart(check, factory)
    return judge_here(check, probe)


def judge_here(check: Check, probe: RuntimeProbe) -> Verdict:
    """Make one check in this process. Thread: main."""
    with _guarded_signals():
        stage = Stage(probe, probe.new_runtime(_ATTRIBUTES))
        actor = _Actor(check, stage)
        actor.start()
        try:
            stage.run()
        except Exception as error:  # noqa: BLE001 - it becomes the verdict
            actor.fail(error)
        actor.join(probe.patience)
    return actor.verdict()


class _Actor(threading.Thread):
    """Plays the check beside the loop, and ends the loop in any case."""

    def __init__(self, check: Check, stage: Stage) -> None:
        super().__init__(name=check.name, daemon=True)
        self._check = check
        self._stage = stage
        self._errors: list[BaseException] = []
        self._is_over = False

    def run(self) -> None:
        """Play, then clear the stage."""
        try:
            if not self._check.starts_itself:
                self._stage.start()
            self._check.play(self._stage)
        except BaseException as error:  # noqa: BLE001 - it becomes the verdict
            self.fail(error)
        finally:
            self._stage.clear()
            self._is_over = True

    def fail(self, error: BaseException) -> None:
        """Remember what went wrong; the first counts."""
        self._errors.append(error)

    def verdict(self) -> Verdict:
        """Say how it went."""
        if self._errors:
            error = self._errors[0]
            kind = "" if isinstance(error, AssertionError) else f"{type(error).__name__}: "
            return Verdict(check=self._check, status="failed", reason=f"{kind}{error}")
        if not self._is_over:
            return Verdict(check=self._check, status="failed", reason="it never came to an end")
        return Verdict(check=self._check, status="passed")


@contextlib.contextmanager
def _guarded_signals() -> Iterator[None]:
    """Keep this process alive where a runtime leaves a signal unanswered."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = (signal.SIGINT, signal.SIGTERM)
    old = {number: signal.signal(number, _survive) for number in numbers}
    try:
        yield
    finally:
        for number, handler in old.items():
            signal.signal(number, handler)


def _survive(_number: int, _frame: object) -> None:
    """Do nothing: the check fails by waiting in vain."""


def _judge_apart(check: Check, factory: ProbeFactory) -> Verdict:
    module = "millennium_runtime.testing.conformance"
    command = [sys.executable, "-m", module, target_of(factory), "--check", check.name]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=_PROCESS_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        reason = f"its process did not end within {_PROCESS_SECONDS:g} s"
        return Verdict(check=check, status="failed", reason=reason)
    if done.returncode == PASSED:
        return Verdict(check=check, status="passed")
    said = done.stderr.strip() or f"its process ended with {done.returncode}"
    return Verdict(
        check=check, status="cannot" if done.returncode == CANNOT else "failed", reason=said
    )


def target_of(factory: ProbeFactory) -> str:
    """Name a factory so that another process finds it: "file.py:name"."""
    try:
        file = inspect.getfile(factory)
    except TypeError:  # its module was loaded without a name in sys.modules
        file = inspect.getfile(factory().new_runtime)
    return f"{file}:{factory.__qualname__}"
