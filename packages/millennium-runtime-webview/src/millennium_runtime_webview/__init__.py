"""Millennium's windows on the system's own webview.

Importing this package loads no native library: the engine is chosen and loaded by
`WebviewRuntime.new`, so an operating system without one can import all of it.
"""

from __future__ import annotations

from millennium_runtime_webview.runtime import WebviewRuntime

__version__ = "0.1.0"
__all__ = ["WebviewRuntime", "__version__"]
