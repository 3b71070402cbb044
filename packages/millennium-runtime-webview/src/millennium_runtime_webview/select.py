"""Which engine this operating system has; the only place that asks for the platform."""

from __future__ import annotations

from collections.abc import Callable

from millennium_runtime.errors import NoEngineError
from millennium_runtime.runtime import RuntimeAttributes
from millennium_runtime_webview.diagnostics import Diagnostics, find_problems, read_facts
from millennium_runtime_webview.engine import Engine
from millennium_runtime_webview.gtk_discovery import find_gi
from millennium_runtime_webview.sandbox import hindrance

LoadEngine = Callable[[RuntimeAttributes], Engine]


def load_engine(platform: str) -> LoadEngine:
    """Load the engine for a `sys.platform`.

    Raises:
        NoEngineError: There is none yet, or its bindings are missing.
    """
    if platform == "linux":
        find_gi()
        from millennium_runtime_webview.webkitgtk.engine import (  # noqa: PLC0415 - needs gi
            WebKitGtkEngine,
        )

        return WebKitGtkEngine.new
    raise _no_engine(platform)


def load_diagnostics(platform: str) -> Diagnostics:
    """Look at what the engine of a `sys.platform` finds on this machine.

    Raises:
        NoEngineError: There is none yet, or its bindings are missing.
    """
    if platform == "linux":
        origin = find_gi()
        from millennium_runtime_webview.webkitgtk.bindings import (  # noqa: PLC0415 - needs gi
            webkit_version,
        )

        facts = read_facts(webkit=webkit_version(), gi=origin)
        return Diagnostics(facts=facts, problems=find_problems(facts), unsandboxed=hindrance())
    raise _no_engine(platform)


def _no_engine(platform: str) -> NoEngineError:
    message = f"no system webview is supported on {platform!r} yet"
    return NoEngineError(message, help="run the app on Linux, or follow the roadmap in the docs")
