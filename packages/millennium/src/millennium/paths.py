"""Where files belong: the folders of this app and the well-known ones of the user.

Nothing is created here. The variables are those of scope patterns (``$APPDATA/notes/*``).

Platform-specific:
    Linux: the XDG base directory specification; the user's folders as ``user-dirs.dirs`` says,
    read as data and never run. macOS: ``~/Library``. Windows: ``%APPDATA%``, ``%LOCALAPPDATA%``.

Source: https://specifications.freedesktop.org/basedir-spec/latest/
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path

_USER_DIR = re.compile(r'^XDG_([A-Z]+)_DIR="(\$HOME/|/)([^"]*)"\s*$')


@dataclass(frozen=True, slots=True, kw_only=True)
class AppPaths:
    """Folders as absolute paths; they may not exist yet.

    Attributes:
        app_data: Data the app keeps; not for caches.
        app_config: Settings.
        app_cache: What can be made again.
        app_log: Log files.
        data: Parent of `app_data` for all apps; `config` and `cache` likewise.
        home: The user's own folder; the others are what the user calls them.
        temp: For files nobody misses.
    """

    app_data: Path
    app_config: Path
    app_cache: Path
    app_log: Path
    data: Path
    config: Path
    cache: Path
    home: Path
    desktop: Path
    document: Path
    download: Path
    audio: Path
    picture: Path
    video: Path
    public: Path
    template: Path
    temp: Path

    @classmethod
    def of(cls, identifier: str) -> AppPaths:
        """Return the folders of the app with this identifier, on this system, for this user."""
        home = Path.home()
        return cls._of(identifier, home, _shared_folders(home, identifier))

    @classmethod
    def below(cls, home: Path, identifier: str) -> AppPaths:
        """Return folders that are all below `home`, whatever this system is; for tests."""
        shared = home / "data", home / "config", home / "cache", home / "logs"
        return replace(cls._of(identifier, home, shared), temp=home / "temp")

    @classmethod
    def _of(cls, identifier: str, home: Path, shared: tuple[Path, Path, Path, Path]) -> AppPaths:
        data, config, cache, log = shared
        named = _user_folders(home, config)
        return cls(
            app_data=data / identifier,
            app_config=config / identifier,
            app_cache=cache / identifier,
            app_log=log,
            data=data,
            config=config,
            cache=cache,
            home=home,
            desktop=named.get("DESKTOP", home / "Desktop"),
            document=named.get("DOCUMENTS", home / "Documents"),
            download=named.get("DOWNLOAD", home / "Downloads"),
            audio=named.get("MUSIC", home / "Music"),
            picture=named.get("PICTURES", home / "Pictures"),
            video=named.get("VIDEOS", home / "Videos"),
            public=named.get("PUBLICSHARE", home / "Public"),
            template=named.get("TEMPLATES", home / "Templates"),
            temp=_temp_folder(home),
        )

    def variables(self) -> Mapping[str, Path]:
        """Return what a scope pattern may begin with: ``APPDATA`` → `app_data`, and so on."""
        named = {
            field.name.replace("_", "").upper(): getattr(self, field.name) for field in fields(self)
        }
        return {**named, "APP": self.app_config, "LOG": self.app_log}


def _shared_folders(home: Path, identifier: str) -> tuple[Path, Path, Path, Path]:
    """Return the folders for data, configuration and caches of all apps, and for logs of this."""
    if sys.platform == "win32":
        roaming = _folder(os.environ.get("APPDATA", ""), home / "AppData" / "Roaming")
        local = _folder(os.environ.get("LOCALAPPDATA", ""), home / "AppData" / "Local")
        return roaming, roaming, local, local / identifier / "logs"
    if sys.platform == "darwin":
        library = home / "Library"
        support = library / "Application Support"
        return support, support, library / "Caches", library / "Logs" / identifier
    data = _folder(os.environ.get("XDG_DATA_HOME", ""), home / ".local" / "share")
    config = _folder(os.environ.get("XDG_CONFIG_HOME", ""), home / ".config")
    cache = _folder(os.environ.get("XDG_CACHE_HOME", ""), home / ".cache")
    state = _folder(os.environ.get("XDG_STATE_HOME", ""), home / ".local" / "state")
    return data, config, cache, state / identifier / "logs"


def _temp_folder(home: Path) -> Path:
    """Return the fixed folder of the system: no variable moves it, for scopes may name it."""
    if sys.platform == "win32":
        return home / "AppData" / "Local" / "Temp"
    if sys.platform == "darwin":
        return Path(os.confstr("CS_DARWIN_USER_TEMP_DIR") or "/tmp")  # noqa: S108 - nothing is made
    return Path("/tmp")  # noqa: S108 - nothing is made here


def _folder(named: str, otherwise: Path) -> Path:
    """Return the folder a variable names; a relative one counts as unset, as the standard says."""
    return Path(named) if Path(named).is_absolute() else otherwise


def _user_folders(home: Path, config: Path) -> dict[str, Path]:
    """Read what the user calls the well-known folders; {} where no such file is."""
    try:
        lines = (config / "user-dirs.dirs").read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return {}
    found = [match for line in lines if (match := _USER_DIR.match(line))]
    return {match[1]: (home if match[2] == "$HOME/" else Path("/")) / match[3] for match in found}
