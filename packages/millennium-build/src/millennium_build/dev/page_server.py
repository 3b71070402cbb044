"""The page's own development server: started by `before-dev-command`, waited for, ended.

We start no server ourselves; this is the developer's own tool (Vite and its like).
"""

from __future__ import annotations

import http.client
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from millennium.config.schema import HookCommand
from millennium_build.dev.process import end_group
from millennium_build.errors import DevServerError, HookError
from millennium_build.hooks import run_hook

WAIT_SECONDS = 180.0
_ASK_SECONDS = 2.0
_PAUSE_SECONDS = 0.1
_TELL_SECONDS = 5.0


class BeforeDev:
    """The developer's command that runs beside the app; use it as a context manager."""

    def __init__(self, command: str | HookCommand, root: Path) -> None:
        hook = HookCommand(script=command) if isinstance(command, str) else command
        self._script = hook.script
        self._process: subprocess.Popen[bytes] | None = None
        if not hook.script:
            return
        if hook.wait:
            run_hook(hook, root)
            return
        try:
            self._process = subprocess.Popen(  # noqa: S602 - the developer's own command line
                hook.script, shell=True, cwd=root / hook.cwd, start_new_session=True
            )
        except OSError as exc:
            raise HookError(f"cannot run {hook.script!r}: {exc}", help="check its cwd") from exc

    def __enter__(self) -> Self:
        """Return it; it runs already."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the command with all it started."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.terminate()
            end_group(self._process)

    def check(self) -> None:
        """Do nothing while the command runs or has ended well.

        Raises:
            HookError: It failed.
        """
        code = None if self._process is None else self._process.poll()
        if code:
            message = f"before-dev-command {self._script!r} ended with code {code}"
            raise HookError(message, help="run it by hand to see why")


def wait_for_page(
    url: str,
    command: BeforeDev,
    *,
    say: Callable[[str], None],
    timeout_seconds: float = WAIT_SECONDS,
) -> None:
    """Wait until the development server answers, with whatever status.

    Raises:
        DevServerError: It did not in time.
        HookError: The command that should start it failed.
    """
    started = told = time.monotonic()
    while not _answers(url):
        command.check()
        now = time.monotonic()
        if now - started > timeout_seconds:
            message = f"nothing answers at {url} after {timeout_seconds:.0f} s"
            help_line = "start the page's server, or name it: build.before-dev-command"
            raise DevServerError(message, help=help_line)
        if now - told > _TELL_SECONDS:
            told = now
            say(f"waiting for {url} …")
        time.sleep(_PAUSE_SECONDS)


def _answers(url: str) -> bool:
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=_ASK_SECONDS)
    try:
        connection.request("HEAD", parts.path or "/")
        connection.getresponse()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True
