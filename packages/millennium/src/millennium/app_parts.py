"""What a running app is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from millennium.config.window import WindowConfig
from millennium.context import Context
from millennium.event_bus import EventBus
from millennium.main_thread import MainThread
from millennium.paths import AppPaths
from millennium.state import States
from millennium.window import Window
from millennium_runtime.runtime import RuntimeHandle


@dataclass(frozen=True, slots=True, kw_only=True)
class AppParts:
    """The parts that an `AppHandle` reaches.

    Attributes:
        context: What it was built from.
        runtime: Reaches the loop.
        main: Reaches its thread.
        paths: Its folders.
        states: Its managed values.
        events: Carries its events.
        windows: The live ones by label, oldest first.
        create: Makes a window; main thread.
    """

    context: Context
    runtime: RuntimeHandle
    main: MainThread
    paths: AppPaths
    states: States
    events: EventBus
    windows: Mapping[str, Window]
    create: Callable[[WindowConfig], Window]
