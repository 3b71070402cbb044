"""What a call of a page came to, when it came to nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from millennium.errors import CommandError


class InvokeError(CommandError):
    """The page's promise was rejected; all that the page learns.

    Attributes:
        code: As `MillenniumError` of the page has it ("ipc.not_allowed").
        message: For whoever reads it.
    """


@contextmanager
def assert_refused(code: str = "ipc.not_allowed") -> Iterator[None]:
    """Fail unless the block's call is rejected with this code.

    Example:
        ``with assert_refused("fs.out_of_scope"): invoke(app, "fs.read_text", path="/etc/passwd")``

    Raises:
        AssertionError: It was answered, or rejected with another code.
    """
    try:
        yield
    except InvokeError as refused:
        if refused.code != code:
            message = f"refused with {refused.code!r}, not {code!r}: {refused.message}"
            raise AssertionError(message) from refused
    else:
        raise AssertionError(f"answered, not refused with {code!r}")
