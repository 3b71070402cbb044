"""One process of the app: warm, running, ended; never left behind.

The process leads a group of its own, with the web processes it starts; ending it ends the group. It
speaks over two pipes (`millennium.development`).
"""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from millennium_build.errors import EnvironmentUnusableError
from millennium_build.freeze.plan.entry import locate_entry

LAUNCHER = Path(__file__).with_name("launcher.py")
RELEASE = "release"

_END_SECONDS = 0.5
_MAX_LINE_BYTES = 1024 * 1024

JSON = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """How an app is started from source.

    Attributes:
        python: The project's interpreter.
        main: The file that starts the app.
        arguments: For the app.
    """

    python: Path
    main: Path
    arguments: tuple[str, ...] = ()

    def command(self, descriptors: str) -> list[str]:
        """Return the words that start it."""
        entry = locate_entry(self.main)
        words = [str(self.python), "-X", "utf8", str(LAUNCHER)]
        words += [str(entry.root), entry.package, str(entry.path), descriptors]
        return [*words, "--", *self.arguments]


class AppProcess:
    """A running app, or one that waits to become it.

    Args:
        start: How it is started.
        modules: What it imports while it waits.

    Raises:
        EnvironmentUnusableError: The interpreter cannot be started.
    """

    def __init__(self, start: Start, modules: Sequence[str] = ()) -> None:
        order_reader, order_writer = os.pipe()
        answer_reader, answer_writer = os.pipe()
        self._orders: BinaryIO = os.fdopen(order_writer, "wb")
        self._answers: BinaryIO = os.fdopen(answer_reader, "rb")
        self._said: queue.SimpleQueue[JSON] = queue.SimpleQueue()
        self.modules: tuple[str, ...] = tuple(modules)
        try:
            self._process = subprocess.Popen(
                start.command(f"{order_reader},{answer_writer}"),
                pass_fds=(order_reader, answer_writer),
                start_new_session=True,
            )
        except OSError as exc:
            self._close()
            self._answers.close()
            message = f"cannot start {start.python}: {exc.strerror}"
            raise EnvironmentUnusableError(message, help="--python names another one") from exc
        finally:
            os.close(order_reader)
            os.close(answer_writer)
        threading.Thread(target=self._listen, daemon=True).start()
        self._tell(list(self.modules))

    def go(self, windows: object = ()) -> None:
        """Let a waiting process become the app, its windows at the places of another's."""
        self._send(b"go\n")
        self._tell({"do": "start", "windows": windows or []})

    def reload(self) -> None:
        """Load all pages again."""
        self._tell({"do": "reload"})

    def windows(self, timeout_seconds: float) -> object:
        """Return where the windows are; nothing when the app does not answer in time."""
        self._tell({"do": "state"})
        return self.wait_for("state", timeout_seconds).get("windows", [])

    def wait_for(self, what: str, timeout_seconds: float) -> JSON:
        """Return the next message of a kind; an empty one when none came in time."""
        with suppress(queue.Empty):
            while True:
                message = self._said.get(timeout=timeout_seconds)
                if message.get("say") == what:
                    return message
        return {}

    def poll(self) -> int | None:
        """Return the exit code, None while it runs."""
        return self._process.poll()

    def end(self) -> None:
        """End it with all it started: asked first, then by force."""
        self._tell({"do": "exit"})
        self._close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_END_SECONDS)
        end_group(self._process)

    def _listen(self) -> None:
        while line := self._answers.readline(_MAX_LINE_BYTES):
            with suppress(ValueError):
                message: dict[str, object] = json.loads(line)
                self._said.put({**message, "at": time.monotonic()})
        self._answers.close()

    def _tell(self, message: object) -> None:
        self._send(json.dumps(message).encode() + b"\n")

    def _send(self, line: bytes) -> None:
        # The app may be gone: `poll` tells.
        with suppress(OSError, ValueError):
            self._orders.write(line)
            self._orders.flush()

    def _close(self) -> None:
        with suppress(OSError):
            self._orders.close()


def end_group(process: subprocess.Popen[bytes]) -> None:
    """End a process that leads a group, with the whole group."""
    if sys.platform == "win32":
        process.kill()
    else:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def run_released(start: Start) -> int:
    """Run the app from source as a release would; return its exit code."""
    try:
        process = subprocess.Popen(start.command(RELEASE))
    except OSError as exc:
        message = f"cannot start {start.python}: {exc.strerror}"
        raise EnvironmentUnusableError(message, help="--python names another one") from exc
    try:
        with _passing_on_sigterm(process):
            return process.wait()
    except KeyboardInterrupt:
        # The terminal told the app too: it has its time to end.
        with suppress(subprocess.TimeoutExpired):
            process.wait(5)
        raise
    finally:
        process.kill()
        process.wait()


@contextmanager
def _passing_on_sigterm(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """Whoever ends us ends the app, and sees us end after it. Elsewhere than on main: nothing."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
