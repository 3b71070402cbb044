"""Plug-ins: commands and hooks that an app adds by name, in its own code, and in no other way."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from millennium.handle import AppHandle
    from millennium.window import Window
    from millennium_runtime.run_event import RunEvent


class Plugin(ABC):
    """What a plug-in gives to an app: ``app.plugin(Weather())``.

    A page calls its commands as ``<plugin>:<command>``, and that is also their permission.
    """

    @property
    @abstractmethod
    def name(self) -> str:
        """Name of the plug-in: letters, digits and ``_``; the first part of its commands."""

    def commands(self) -> Iterable[Callable[..., object]]:
        """Return its commands: ``def`` ones run on the pool, ``async def`` ones on the loop."""
        return ()

    def on_setup(self, handle: AppHandle, config: Mapping[str, object]) -> None:  # noqa: B027
        """Prepare, before the app's own set-up. An exception ends the app.

        Args:
            handle: Reaches the app.
            config: The plug-in's table under ``plugins``, as it is written; empty without one.

        Thread: main.
        """

    def on_window_created(self, window: Window) -> None:  # noqa: B027
        """Get to know a new window; those of the configuration come before `on_setup`.

        Thread: main.
        """

    def on_event(self, handle: AppHandle, event: RunEvent) -> None:  # noqa: B027
        """Hear what happens to the loop and to windows. Thread: main. Must not block."""
