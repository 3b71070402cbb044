"""A plug-in: commands and hooks that several apps can share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from guide.app import app
from millennium import AppHandle, Plugin
from millennium.errors import InvalidValueError

DEGREES = {"C": 21, "F": 70}


# --8<-- [start:plugin]
class Weather(Plugin):
    """Says what the weather will be, in the unit that the app wants."""

    def __init__(self) -> None:
        self._unit = "C"

    @property
    def name(self) -> str:
        """The first part of its commands, and the name of its table."""
        return "weather"

    def commands(self) -> Iterable[Callable[..., object]]:
        """Return what pages may be allowed to call."""
        return (self.forecast,)

    def on_setup(self, handle: AppHandle, config: Mapping[str, object]) -> None:
        """Read the table."""
        unit = config.get("unit", self._unit)
        if unit not in DEGREES:
            raise InvalidValueError(f"plugins.weather.unit: {unit!r} is neither 'C' nor 'F'")
        self._unit = str(unit)

    def forecast(self, place: str) -> str:
        """Return the forecast for a place."""
        return f"{place}: {DEGREES[self._unit]} {self._unit}"


# --8<-- [end:plugin]
# --8<-- [start:add]
app.plugin(Weather())
# --8<-- [end:add]
