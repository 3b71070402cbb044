"""OS packages for any executable: reproducible, made on any machine, standing alone."""

from __future__ import annotations

__version__ = "0.1.0"
__all__ = ["__version__"]
