"""The project a command works on: its configuration and its Python.

Which Python, the first that is there:

1. the one named by `--python`;
2. the active virtual environment (``VIRTUAL_ENV``);
3. ``.venv`` in the project's folder, or in a folder above up to the one with ``.git``;
4. the one that runs this command, and then the user is told so.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from millennium.config.load import LoadedConfig, load_config, require_main
from millennium_build.errors import EnvironmentUnusableError

_BIN = "Scripts" if sys.platform == "win32" else "bin"
_PYTHON = "python.exe" if sys.platform == "win32" else "python"
_PROBE = "import sys; print('millennium', sys.version_info[0])"
_PROBE_SECONDS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectPython:
    """The interpreter of a project and why it was chosen."""

    path: Path
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A project that a command works on."""

    loaded: LoadedConfig
    python: ProjectPython

    @property
    def root(self) -> Path:
        """The project's folder."""
        return self.loaded.root

    @property
    def main(self) -> Path:
        """The file that starts the app."""
        return require_main(self.loaded)


def open_project(start: Path, *, python: str = "") -> Project:
    """Find and read the project that a folder is in.

    Args:
        start: A folder of the project.
        python: Path or name of its interpreter; empty to look for one.

    Raises:
        ConfigError: The configuration cannot be used.
        EnvironmentUnusableError: The named interpreter does not exist, or is none; or the project's
            place is not UTF-8, and GTK takes no such path.
    """
    loaded = load_config(start)
    _require_text(loaded.root)
    return Project(loaded=loaded, python=find_python(loaded.root, given=python))


def find_python(root: Path, *, given: str = "") -> ProjectPython:
    """Choose the interpreter of the project in a folder.

    Raises:
        EnvironmentUnusableError: The named interpreter does not exist, or is none.
    """
    if given:
        return ProjectPython(path=_named(given), reason="--python")
    active = os.environ.get("VIRTUAL_ENV", "")
    if active and _python_of(Path(active)).is_file():
        return ProjectPython(path=_python_of(Path(active)), reason="the active environment")
    for folder in _own_folders(root):
        if _python_of(folder / ".venv").is_file():
            return ProjectPython(path=_python_of(folder / ".venv"), reason=f"{folder.name}/.venv")
    return ProjectPython(path=Path(sys.executable), reason="the one that runs this command")


def _require_text(root: Path) -> None:
    try:
        str(root).encode()
    except UnicodeEncodeError:
        shown = ascii(str(root)).replace("\\udc", "\\x")[1:-1]
        message = f"the place of this project is not UTF-8: {shown}"
        help_line = "rename the folder; where its name looks right: LC_ALL=C.UTF-8 millennium …"
        raise EnvironmentUnusableError(message, help=help_line) from None


def _named(given: str) -> Path:
    path = Path(given)
    if path.is_dir():
        path = _python_of(path)
    found = shutil.which(str(path))
    if found is None:
        message = f"there is no Python at {given!r}"
        raise EnvironmentUnusableError(message, help="--python takes a file or an environment")
    if not _is_python(found):
        message = f"{given!r} is no Python 3"
        raise EnvironmentUnusableError(message, help="--python takes a file or an environment")
    return Path(found).absolute()


def _is_python(program: str) -> bool:
    try:
        done = subprocess.run(
            [program, "-I", "-S", "-c", _PROBE],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_PROBE_SECONDS,
            check=False,
            start_new_session=True,  # Ctrl-C is for us
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.stdout.strip() == b"millennium 3"


def _python_of(environment: Path) -> Path:
    return environment / _BIN / _PYTHON


def _own_folders(root: Path) -> Iterator[Path]:
    for folder in (root, *root.parents):
        yield folder
        if (folder / ".git").exists() or folder == Path.home():
            return
