"""Where files belong: the folders of this app and the well-known ones of the user.

Nothing is created here. The variables are those of scope patterns (``$APPDATA/notes/*``).

Platform-specific:
    Linux: the XDG base directory specification; the user's folders as ``user-dirs.dirs`` says,
    read as data and never run. macOS: ``~/Library``. Windows: ``%APPDATA%``, ``%LOCALAPPDATA%``;
    it has no `executable` and no `font`, macOS no `executable`, and neither a `runtime`.

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
        app_local_data: The same, where it stays on this machine.
        app_config: Settings.
        app_cache: What can be made again.
        app_log: Log files.
        data: Parent of `app_data` for all apps; `config` and `cache` likewise.
        home: The user's own folder; the others are what the user calls them.
        temp: For files nobody misses.
        font: Fonts of this user; None where the system has no such folder.
        executable: Programs of this user; None likewise.
        runtime: Sockets and the like until the user logs out; None likewise.
        resource: What ``bundle.resources`` installed, in development the project; None where the
            app runs without being installed.
    """

    app_data: Path
    app_local_data: Path
    app_config: Path
    app_cache: Path
    app_log: Path
    data: Path
    local_data: Path
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
    font: Path | None = None
    executable: Path | None = None
    runtime: Path | None = None
    resource: Path | None = None

    @classmethod
    def of(cls, identifier: str, *, resource: Path | None = None) -> AppPaths:
        """Return the folders of the app with this identifier, on this system, for this user."""
        home = Path.home()
        shared = _shared_folders(home, identifier)
        return replace(cls._of(identifier, home, shared), resource=resource)

    @classmethod
    def below(cls, home: Path, identifier: str) -> AppPaths:
        """Return folders that are all below `home`, whatever this system is; for tests."""
        shared = _Shared(
            data=home / "data",
            local_data=home / "local-data",
            config=home / "config",
            cache=home / "cache",
            log=home / "logs",
            font=home / "fonts",
            executable=home / "programs",
            runtime=home / "runtime",
        )
        found = cls._of(identifier, home, shared)
        return replace(found, temp=home / "temp", resource=home / "resources")

    @classmethod
    def _of(cls, identifier: str, home: Path, shared: _Shared) -> AppPaths:
        named = _user_folders(home, shared.config)
        return cls(
            app_data=shared.data / identifier,
            app_local_data=shared.local_data / identifier,
            app_config=shared.config / identifier,
            app_cache=shared.cache / identifier,
            app_log=shared.log,
            data=shared.data,
            local_data=shared.local_data,
            config=shared.config,
            cache=shared.cache,
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
            font=shared.font,
            executable=shared.executable,
            runtime=shared.runtime,
        )

    def variables(self) -> Mapping[str, Path]:
        """Return what a scope pattern may begin with: ``APPDATA`` → `app_data`, and so on.

        A folder that this system or this app does not have has no variable.
        """
        named = {
            field.name.replace("_", "").upper(): getattr(self, field.name) for field in fields(self)
        }
        named |= {"APP": self.app_config, "LOG": self.app_log, "EXE": named.pop("EXECUTABLE")}
        return {name: folder for name, folder in named.items() if folder is not None}


def installed_resources(program: Path) -> Path | None:
    """Return the folder that ``bundle.resources`` went to, None if `program` is not installed.

    The folder that the program lies in is never it: that may be the user's downloads.

    Platform-specific:
        Linux: ``lib/<program>`` beside the ``bin`` that has the program. macOS: ``Resources`` of
        the ``.app``. Windows: ``resources`` beside the program.
    """
    real = Path(os.path.realpath(program))
    if sys.platform == "win32":
        return real.parent / "resources"
    if sys.platform == "darwin":
        return real.parents[1] / "Resources" if real.parent.name == "MacOS" else None
    return real.parents[1] / "lib" / real.name if real.parent.name == "bin" else None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shared:
    """The folders of all apps, and the one for logs of this."""

    data: Path
    local_data: Path
    config: Path
    cache: Path
    log: Path
    font: Path | None = None
    executable: Path | None = None
    runtime: Path | None = None


def _shared_folders(home: Path, identifier: str) -> _Shared:
    if sys.platform == "win32":
        return _of_windows(home, identifier)
    if sys.platform == "darwin":
        return _of_macos(home, identifier)
    data = _folder(os.environ.get("XDG_DATA_HOME", ""), home / ".local" / "share")
    state = _folder(os.environ.get("XDG_STATE_HOME", ""), home / ".local" / "state")
    runtime = Path(os.environ.get("XDG_RUNTIME_DIR", ""))
    return _Shared(
        data=data,
        local_data=data,
        config=_folder(os.environ.get("XDG_CONFIG_HOME", ""), home / ".config"),
        cache=_folder(os.environ.get("XDG_CACHE_HOME", ""), home / ".cache"),
        log=state / identifier / "logs",
        font=data / "fonts",
        executable=home / ".local" / "bin",
        runtime=runtime if runtime.is_absolute() else None,
    )


def _of_windows(home: Path, identifier: str) -> _Shared:
    roaming = _folder(os.environ.get("APPDATA", ""), home / "AppData" / "Roaming")
    local = _folder(os.environ.get("LOCALAPPDATA", ""), home / "AppData" / "Local")
    return _Shared(
        data=roaming,
        local_data=local,
        config=roaming,
        cache=local,
        log=local / identifier / "logs",
    )


def _of_macos(home: Path, identifier: str) -> _Shared:
    library = home / "Library"
    support = library / "Application Support"
    return _Shared(
        data=support,
        local_data=support,
        config=support,
        cache=library / "Caches",
        log=library / "Logs" / identifier,
        font=library / "Fonts",
    )


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
