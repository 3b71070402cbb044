"""Takes the pictures of the examples that the docs show: light and dark, empty and full.

``python tools/screenshots.py``; look at each before it is committed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from demo import seed
from desk import Desk, private_display

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "docs" / "images"
SETTLE_SECONDS = 1.5
CLOSE_UP = ["-crop", "1042x705+120+60", "+repage", "-strip", "-define", "png:compression-level=9"]


def main() -> int:
    """Take every picture of examples/notes."""
    OUT.mkdir(parents=True, exist_ok=True)
    with private_display() as environment:
        for theme in ("light", "dark"):
            for state in ("empty", "full", "preview", "keys"):
                take(environment, theme, state)
    return 0


def take(environment: dict[str, str], theme: str, state: str) -> None:
    """Run notes in one theme and one state and save what the screen shows."""
    project = ROOT / "examples" / "notes"
    argv = [sys.executable, str(project / "src" / "notes" / "__main__.py")]
    with tempfile.TemporaryDirectory() as home:
        desk = Desk(environment, Path(home))
        seed(desk.home, theme=theme, with_notes=state != "empty")
        with desk.running(argv, "Notes", PYTHONPATH=str(project / "src")):
            time.sleep(SETTLE_SECONDS)
            if state == "preview":
                desk.press("ctrl+f", "Down", "ctrl+e")
            elif state == "keys":
                desk.press("ctrl+f", "Tab", "Tab", "Tab", "question")
            time.sleep(SETTLE_SECONDS)
            picture = Path(home) / "screen.png"
            desk.look(picture)
            target = OUT / f"notes-{theme}-{state}.png"
            subprocess.run(
                ["/usr/bin/convert", picture, *CLOSE_UP, target], check=True, env=dict(os.environ)
            )


if __name__ == "__main__":
    sys.exit(main())
