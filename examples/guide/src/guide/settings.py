"""State that is opened when the app starts."""

from __future__ import annotations

import json
from pathlib import Path

from guide.app import app
from millennium import AppHandle, State


class Settings:
    """A few values in a JSON file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def get(self, key: str, default: int) -> int:
        """Return a value."""
        try:
            found = json.loads(self._path.read_text(encoding="utf-8")).get(key, default)
        except FileNotFoundError:
            return default
        return int(found)

    def set(self, key: str, value: int) -> None:
        """Keep a value."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.write_text(json.dumps({key: value}), encoding="utf-8")


# --8<-- [start:setup]
@app.setup
def open_settings(handle: AppHandle) -> None:
    """Open the settings before any page may ask for them."""
    handle.paths.app_data.mkdir(parents=True, exist_ok=True)
    handle.manage(Settings(handle.paths.app_config / "settings.json"))


@app.command
def font_size(settings: State[Settings]) -> int:
    """Return the size of letters."""
    return settings.value.get("font-size", 14)


# --8<-- [end:setup]
@app.command
def set_font_size(settings: State[Settings], size: int) -> None:
    """Change the size of letters."""
    settings.value.set("font-size", size)
