"""`gi` is imported without asyncio, which is there as soon as somebody wants it."""

from __future__ import annotations

import subprocess
import sys

import pytest

WITHOUT = """
import sys
from millennium_runtime_webview.webkitgtk.late_asyncio import late_asyncio
with late_asyncio():
    import asyncio as early
    import gi
"""

CASES = {
    "gi comes without it": "assert 'asyncio' not in sys.modules and 'ssl' not in sys.modules",
    "no loop runs without it": "assert early._get_running_loop() is None",
    "there is no policy without it": """
try:
    early.get_event_loop_policy()
except LookupError:
    found = True
assert found and 'asyncio' not in sys.modules
""",
    "a loop is found once it runs": """
import asyncio
async def ask():
    return early._get_running_loop()
assert asyncio.run(ask()) is not None
""",
    "the policy is found once it is there": """
import asyncio
assert early.get_event_loop_policy() is asyncio.get_event_loop_policy()
""",
    "who kept the stand-in has the real one": """
assert early.Queue is sys.modules['asyncio'].Queue
""",
    "who wants it meanwhile gets it": """
with late_asyncio():
    from asyncio import Queue
import asyncio
assert Queue is asyncio.Queue
""",
    "who wants one of its modules meanwhile gets that": """
with late_asyncio():
    from asyncio.locks import Lock
import asyncio
async def use():
    async with Lock(), asyncio.Lock():
        return 1
assert asyncio.run(use()) == 1
""",
    "it stays where it is already": """
import asyncio
with late_asyncio():
    import asyncio as same
assert same is asyncio and sys.modules['asyncio'] is asyncio
""",
    "its name for an error can be raised": "assert issubclass(early.InvalidStateError, Exception)",
}


@pytest.mark.parametrize("code", CASES.values(), ids=CASES)
def test_asyncio_is_late(code: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT + code], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stderr) == (0, "")
