"""Light or dark, as a system shows its windows."""

from __future__ import annotations

from typing import Literal, TypeAlias

Theme: TypeAlias = Literal["light", "dark"]
"""What a desktop prefers, or a window asks for."""
