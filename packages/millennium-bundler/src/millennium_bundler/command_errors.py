"""How the errors of commands end: shown like all others, with an exit code that a script can tell apart.

0 done · 1 failed · 2 wrong usage · 3 a tool is missing here · 4 something is not what it should be.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from millennium_bundler.errors import BundleError
from millennium_bundler.report import show_error

EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_ENVIRONMENT = 3
EXIT_UNVERIFIED = 4

P = ParamSpec("P")


def shows_errors(
    exit_code: Callable[[BundleError], int],
) -> Callable[[Callable[P, None]], Callable[P, None]]:
    """Let a command's own errors be shown, and end it with the code that they have."""

    def decorate(command: Callable[P, None]) -> Callable[P, None]:
        @wraps(command)
        def run(*args: P.args, **kwargs: P.kwargs) -> None:
            try:
                command(*args, **kwargs)
            except BundleError as error:
                show_error(error)
                sys.exit(exit_code(error))

        return run

    return decorate


def unverified_if(*codes: str) -> Callable[[BundleError], int]:
    """Return what gives errors with one of these codes `EXIT_UNVERIFIED`, and all others `EXIT_FAILED`."""
    return lambda error: EXIT_UNVERIFIED if error.code in codes else EXIT_FAILED
