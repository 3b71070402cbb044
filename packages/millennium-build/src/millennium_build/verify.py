"""Start what was built and let it prove that its first page loads and reaches Python.

The artifact gets an empty temporary home, a display and an inherited pipe
(``--millennium-verify=FD``). After its first committed load it writes one line of JSON to the pipe
and ends with code 0. Nothing else counts. Without a display nothing is proved, and the result
says so.
"""

from __future__ import annotations

import json
import os
import re
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from millennium_build.display import find_display
from millennium_build.errors import AppEndedError, VerificationError

TIMEOUT_SECONDS = 60.0
_END_SECONDS = 10.0
_MAX_ANSWER_BYTES = 64 * 1024
_MAX_LOG_CHARS = 1500
# What `millennium.errors` notes of a command, an event or a state that the app declares wrongly, in the
# last lines. The errors of a runtime may well be a freezer's fault.
_OWN_FAULT = re.compile(
    r"(?:^|\n)[\w.]+: (?P<message>.*)\nerror\[M01[3-7]\d\]: [\w.]+(?P<rest>(?:\n  (?:-->|=) .*)*)\Z"
)
_HELP = "  = help: "
_RUN = "call app.run() at the end of the main file"
_KEPT = ("PATH", "LANG", "LC_ALL", "DBUS_SESSION_BUS_ADDRESS", "XAUTHORITY", "XDG_SESSION_TYPE")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What starting the artifact proved.

    Attributes:
        verified: Whether it started and answered.
        reason: Why it was not tried; else empty.
        version: The app's version, as the artifact told it.
        engine: The webview.
        milliseconds: From the start of the app to the first call of its page.
        wall_milliseconds: From the start of the process to its answer.
    """

    verified: bool
    reason: str = ""
    version: str = ""
    engine: str = ""
    milliseconds: int = 0
    wall_milliseconds: int = 0


def verify_artifact(
    executable: Path, *, version: str, timeout_seconds: float = TIMEOUT_SECONDS
) -> Verification:
    """Start an executable and wait for its answer.

    Args:
        executable: What was built.
        version: That the answer must name.
        timeout_seconds: How long to wait for it.

    Raises:
        AppEndedError: It ended without an answer for a reason that no freezer can mend.
        VerificationError: It ended otherwise, gave a wrong answer, or none in time.
    """
    if sys.platform != "linux":
        return Verification(verified=False, reason="artifacts are started on Linux only so far")
    with find_display() as display, tempfile.TemporaryDirectory(prefix="millennium-") as home:
        if display is None:
            reason = "there is no display, and Xvfb is not installed"
            return Verification(verified=False, reason=reason)
        run = _Run(executable, Path(home), _environment(Path(home), display))
        answer, wall = run.wait_for_answer(timeout_seconds)
    return _check(answer, wall, version)


def _environment(home: Path, display: dict[str, str]) -> dict[str, str]:
    """Return variables that name the empty home, and of the user's own only harmless ones."""
    environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
    environment |= {"HOME": str(home), **_QUIET, **display}
    authority = Path.home() / ".Xauthority"
    if "XAUTHORITY" not in environment and authority.is_file():
        environment["XAUTHORITY"] = str(authority)
    if "WAYLAND_DISPLAY" in display and "XDG_RUNTIME_DIR" in os.environ:
        environment["XDG_RUNTIME_DIR"] = os.environ["XDG_RUNTIME_DIR"]
    return environment


_QUIET = {"NO_AT_BRIDGE": "1", "DBUS_SESSION_BUS_ADDRESS": "disabled:"}
"""Else GTK starts a message bus and the accessibility bus, which outlive the artifact."""


class _Run:
    """One start of the artifact; whatever happens, no process of it is left."""

    def __init__(self, executable: Path, home: Path, environment: dict[str, str]) -> None:
        self._executable = executable.absolute()
        self._home = home
        self._environment = environment

    def wait_for_answer(self, timeout_seconds: float) -> tuple[bytes, int]:
        reader, writer = os.pipe()
        log = self._home / "verify.log"
        start = time.monotonic()
        try:
            process = self._start(writer, log)
        except OSError as error:
            os.close(reader)
            raise VerificationError(f"the artifact cannot be started: {error}") from error
        finally:
            os.close(writer)
        try:
            answer = _read_all(reader, start + timeout_seconds)
            wall = round((time.monotonic() - start) * 1000)
            code = process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            raise self._failure(None, b"", log) from None
        finally:
            os.close(reader)
            _end(process)
        if code != 0 or not answer:
            raise self._failure(code, answer, log)
        return answer, wall

    def _start(self, writer: int, log: Path) -> subprocess.Popen[bytes]:
        with log.open("wb") as output:
            return subprocess.Popen(
                [self._executable, f"--millennium-verify={writer}"],
                pass_fds=(writer,),
                env=self._environment,
                cwd=self._home,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def _failure(self, code: int | None, answer: bytes, log: Path) -> VerificationError:
        what = "did not end" if code is None else f"ended with code {code}"
        told = "after" if answer else "before"
        text = log.read_text(encoding="utf-8", errors="replace").strip()[-_MAX_LOG_CHARS:]
        own = _OWN_FAULT.search(text)
        if own:
            message = f"the app {what} {told} its page answered: {own['message']}"
            lines = own["rest"].splitlines()
            advice = [line.removeprefix(_HELP) for line in lines if line.startswith(_HELP)]
            return AppEndedError(message, help="\n".join(advice))
        if code == 0 and not answer:
            return AppEndedError(f"the app {what} {told} its page answered", help=_RUN)
        return VerificationError(
            f"the artifact {what} {told} its page answered" + (f":\n{text}" if text else ""),
            help="start it by hand; --no-verify builds without this check",
        )


def _read_all(reader: int, deadline: float) -> bytes:
    """Read until the other side closes the pipe.

    Raises:
        subprocess.TimeoutExpired: It did not in time.
    """
    answer = b""
    with selectors.DefaultSelector() as selector:
        selector.register(reader, selectors.EVENT_READ)
        while len(answer) < _MAX_ANSWER_BYTES:
            rest = deadline - time.monotonic()
            if rest <= 0 or not selector.select(rest):
                raise subprocess.TimeoutExpired("the artifact", 0)
            part = os.read(reader, _MAX_ANSWER_BYTES)
            if not part:
                break
            answer += part
    return answer


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the artifact with the web processes it started: they share its session."""
    if sys.platform != "win32":  # pragma: no branch - nothing is started there
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _check(answer: bytes, wall: int, version: str) -> Verification:
    try:
        told: dict[str, Any] = json.loads(answer)
        found = Verification(
            verified=True,
            version=str(told["version"]),
            engine=str(told["engine"]),
            milliseconds=int(told["milliseconds"]),
            wall_milliseconds=wall,
        )
    except (ValueError, KeyError, TypeError) as error:
        raise VerificationError(f"the artifact gave no proper answer: {error}") from error
    if found.version != version:
        raise VerificationError(
            f"the artifact says it is version {found.version}, not {version}",
            help="build again: it is made of something else than this project",
        )
    return found
