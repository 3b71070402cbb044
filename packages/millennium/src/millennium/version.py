"""The version that all five distributions carry."""

from __future__ import annotations

__version__ = "0.1.0"
