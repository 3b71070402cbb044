"""Setup programs in a Windows of Wine: how they are started, and where they put things."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from windows_programs import leftovers as windows_leftovers
from windows_programs import limited, wait_until

FAILED, IN_USE, NEWER, NO_RIGHTS, LENT_RIGHTS = 2, 32, 1638 & 0xFF, 740 & 0xFF, 1625 & 0xFF
# What Wine makes when it is first needed.
FOLDERS_OF_WINDOWS = ("Local/Programs", "Roaming/Microsoft/Windows/Start Menu/Programs")


def install(windows: Any, package: Path, *words: str) -> int:
    """Install as somebody without rights."""
    return int(windows.run(limited(windows), package, "/S", *words)[0])


def install_with_rights(windows: Any, package: Path, *words: str) -> int:
    """Install as an administrator who was asked for rights."""
    return int(windows.run(package, "/S", *words)[0])


def remove(windows: Any, folder: Path, *words: str) -> None:
    """Remove what lies in a folder; the uninstaller goes on in a copy of its own."""
    place = str(folder.relative_to(windows.drive)).replace("/", "\\")
    windows.run(f"C:\\{place}\\uninstall.exe", "/S", *words)
    wait_until(lambda: not (folder / "uninstall.exe").exists())
    time.sleep(0.5)


def leftovers(windows: Any, before: set[str], word: str) -> list[str]:
    """Return what an installation has left."""
    own = {windows.home / "AppData" / place for place in FOLDERS_OF_WINDOWS}
    return windows_leftovers(
        windows, before, word, *(str(path.relative_to(windows.drive)) for path in own)
    )


def of_user(windows: Any, product: str) -> Path:
    """Return the folder of an app of the user's own."""
    return Path(windows.home / "AppData/Local/Programs" / product)
