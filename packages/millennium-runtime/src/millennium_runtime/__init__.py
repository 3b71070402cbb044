"""The promise a window runtime keeps to Millennium. Imports nothing but the standard library."""

from __future__ import annotations

from millennium_runtime.runtime import (
    EventLoopProxy,
    Runtime,
    RuntimeAttributes,
    RuntimeHandle,
)

__version__ = "0.1.0"
__all__ = ["EventLoopProxy", "Runtime", "RuntimeAttributes", "RuntimeHandle", "__version__"]
