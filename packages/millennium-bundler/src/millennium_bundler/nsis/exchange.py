"""What makensis calls with the uninstaller: hands it out to be signed, and takes back what comes.

A program of its own, started by its path: it imports nothing but the standard library. It is called with
the folder to meet in and the file.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

TAKEN, GIVEN = "uninstaller-unsigned.exe", "uninstaller-signed.exe"
_TIMEOUT_S = 600.0
_STEP_S = 0.02


def main(words: list[str]) -> int:
    """Put the file into the folder, wait for another one there, and put that in its place."""
    folder, file = Path(words[0]), Path(words[1])
    partial = folder / "taken.part"
    partial.write_bytes(file.read_bytes())
    partial.replace(folder / TAKEN)
    until = time.monotonic() + _TIMEOUT_S
    while not (folder / GIVEN).exists():
        if time.monotonic() > until or not folder.exists():
            return 1
        time.sleep(_STEP_S)
    file.write_bytes((folder / GIVEN).read_bytes())
    return 0


if __name__ == "__main__":  # pragma: no cover - another process
    sys.exit(main(sys.argv[1:]))
