"""How outside tools are asked about a package: without keys, in words of one language, and not for ever."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

from millennium_bundler.sign.tool import plain_environment

_TIMEOUT_S = 300


def run_lint_tool(
    words: Sequence[str], *, home: Path | None = None, timeout_s: int = _TIMEOUT_S
) -> subprocess.CompletedProcess[str]:
    """Run a tool that reads a package; whatever it says is text.

    Args:
        words: The tool and its arguments.
        home: A folder that it runs in and may leave files in; None for where we are.
        timeout_s: How long it may take, in seconds.

    Raises:
        OSError: It cannot be started.
        subprocess.TimeoutExpired: It did not end in time.
    """
    environment = plain_environment()
    return subprocess.run(
        words,
        cwd=home,
        env=environment if home is None else {**environment, "HOME": str(home)},
        capture_output=True,
        text=True,
        errors="replace",
        timeout=timeout_s,
        check=False,
    )


def said_by(done: subprocess.CompletedProcess[str]) -> str:
    """Return what a tool that found fault has said, else with which code it ended."""
    return done.stderr.strip() or f"exit code {done.returncode}"
