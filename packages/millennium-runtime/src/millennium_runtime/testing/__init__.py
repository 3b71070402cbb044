"""A runtime for tests: no display, no engine, everything else real.

`MockRuntime` is the runtime, `MockWindow` the hands that move one of its windows. The suite that
every runtime passes, this one too, is `millennium_runtime.testing.conformance`.
"""

from __future__ import annotations

from millennium_runtime.testing.exchange import Exchange, Fetched
from millennium_runtime.testing.fake_reply import FakeReply, SettledTwiceError
from millennium_runtime.testing.mock_page import Evaluated, MockPage, ScriptRunner
from millennium_runtime.testing.mock_runtime import MockRuntime
from millennium_runtime.testing.mock_window import MockWindow

__all__ = [
    "Evaluated",
    "Exchange",
    "FakeReply",
    "Fetched",
    "MockPage",
    "MockRuntime",
    "MockWindow",
    "ScriptRunner",
    "SettledTwiceError",
]
