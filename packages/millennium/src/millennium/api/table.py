"""What an API module offers to pages: names, functions and where they run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One built-in command.

    Attributes:
        name: On the wire's table, ``<module>.<snake_name>``.
        function: Annotated like an app's own command.
        inline: Whether it is instant and runs on the main thread.
    """

    name: str
    function: Callable[..., object]
    inline: bool = False
