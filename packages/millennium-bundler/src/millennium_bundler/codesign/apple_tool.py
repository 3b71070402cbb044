"""Apple's own tools: they find keys in the keychain, so they get no variable that could hold one.

Only a few variables reach them, by name: whichever of the others a key lies in, they cannot show it.
"""

from __future__ import annotations

import os

from millennium_bundler.sign.tool import ToolCall, plain_environment, run_tool

# Which Xcode is asked, whose keychain, and how the network is reached.
_OWN_VARIABLES = frozenset(
    {
        *(
            "DEVELOPER_DIR",
            "USER",
            "LOGNAME",
            "__CF_USER_TEXT_ENCODING",
            "XPC_FLAGS",
            "XPC_SERVICE_NAME",
        ),
        *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"),
        *("http_proxy", "https_proxy", "all_proxy", "no_proxy"),
    }
)
_TIMEOUT_S = 300.0


def run_apple_tool(*words: str, timeout_s: float = _TIMEOUT_S) -> bytes:
    """Run one of Apple's tools, which must succeed; return what it wrote to stdout.

    Raises:
        SignError: It is not there, does not end in time, or fails; with its last words.
    """
    kept = plain_environment().keys() | _OWN_VARIABLES
    hidden = frozenset(os.environ.keys() - kept)
    return run_tool(ToolCall(words=words, hidden=hidden, timeout_s=timeout_s))
