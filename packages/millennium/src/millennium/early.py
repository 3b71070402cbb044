"""What an app does as soon as it exists: its engine loads beside its own Python.

Linking a system webview takes a good tenth of a start and needs no Python, so it begins with the
app and is done when `App.run` asks for it. Nothing here waits, and nothing fails: what is wrong is
for `App.run` to say.
"""

from __future__ import annotations

import sys

import msgspec  # noqa: F401 - has libraries, and two cannot be linked at once: first the small

from millennium.context import Context, find_context
from millennium.errors import MillenniumError
from millennium_runtime.errors import MillenniumRuntimeError
from millennium_runtime.registry import select_runtime
from millennium_runtime.runtime import Runtime


def begin(context: Context | None, runtime: type[Runtime] | None) -> Context | None:
    """Have the runtime load its engine; return the context if that is known already."""
    try:
        if context is None and getattr(sys, "frozen", False):
            context = find_context()
        baked = "" if context is None else context.runtime
        is_release = context is not None and not context.is_development
        select_runtime(runtime, baked, is_release=is_release).preload()
    except (MillenniumError, MillenniumRuntimeError):
        return context
    return context
