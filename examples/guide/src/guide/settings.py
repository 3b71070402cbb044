"""State that is opened when the app starts."""

from __future__ import annotations

import threading
from pathlib import Path

import msgspec

from guide.app import app
from millennium import AppHandle, State


class Settings:
    """A few numbers in a JSON file, for any thread."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()

    def get(self, key: str, default: int) -> int:
        """Return a value."""
        with self._lock:
            return self._read().get(key, default)

    def set(self, key: str, value: int) -> None:
        """Keep a value beside the others."""
        with self._lock:
            self._path.write_bytes(msgspec.json.encode({**self._read(), key: value}))

    def _read(self) -> dict[str, int]:
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=dict[str, int])
        except FileNotFoundError:
            return {}


# --8<-- [start:setup]
@app.setup
def open_settings(handle: AppHandle) -> None:
    """Open the settings before any page may ask for them."""
    handle.paths.app_config.mkdir(parents=True, exist_ok=True)
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


@app.setup
def make_folder_for_drafts(handle: AppHandle) -> None:
    """Make what the page writes into (`ui/files.js`): a page makes no folders."""
    handle.paths.app_data.mkdir(parents=True, exist_ok=True)
