"""An example of a runtime: windows nobody sees, with documents from their protocols."""

from __future__ import annotations

from millennium_runtime_headless.runtime import HeadlessRuntime

__version__ = "0.1.0"
__all__ = ["HeadlessRuntime", "__version__"]
