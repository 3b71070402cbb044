"""The tutorial, followed word for word: every file written, every command typed, in order."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "tutorial" / "your-first-app.md"
FENCE = re.compile(r"^```(\w+)(?: title=\"([^\"]+)\")?\n(.*?)^```$", re.DOTALL | re.MULTILINE)
SNIPPET = re.compile(r"^--8<-- \"([^\"]+)\"\n", re.MULTILINE)
TITLE = "^(hello-you|Hello you|Hello-you|Hello You)$"
DEV_SECONDS = 120
COMMAND_SECONDS = 600
"""Generous: other programs may want the same processors. Each is used up only in a failure."""
SEEN = re.compile(r"restarted in|reloaded: ")
CLIPBOARD = """
import gi
gi.require_version("Gtk", "3.0")
from gi.repository import Gdk, Gtk
print(Gtk.Clipboard.get(Gdk.SELECTION_CLIPBOARD).wait_for_text() or "")
"""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing the reader does: type commands, or write a file."""

    commands: tuple[str, ...] = ()
    path: str = ""
    text: str = ""


def steps() -> list[Step]:
    """Return the tutorial's steps in order."""
    found = []
    for kind, title, body in FENCE.findall(PAGE.read_text(encoding="utf-8")):
        text = SNIPPET.sub(lambda match: (ROOT / match[1]).read_text(encoding="utf-8"), body)
        if kind == "console":
            found.append(
                Step(
                    commands=tuple(line[2:] for line in text.splitlines() if line.startswith("$ "))
                )
            )
        else:
            found.append(Step(path=title, text=text))
    return found


class Reader:
    """Somebody at a terminal, in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder
        self.environment = dict(os.environ) | {"NO_COLOR": "1"}
        self.said: dict[str, str] = {}
        self.dev: subprocess.Popen[bytes] | None = None
        self.log = folder / "dev.log"

    def do(self, step: Step) -> None:
        """Do one step."""
        if step.path:
            target = self.folder / step.path
            assert target.parent.is_dir(), (
                f"the tutorial writes {step.path}, but init made no such folder"
            )
            seen = self.changes()
            target.write_text(step.text, encoding="utf-8")
            if self.dev and not step.path.startswith("tests/"):
                eventually(lambda: self.changes() > seen, f"the window did not follow {step.path}")
        for command in step.commands:
            self.type(command)

    def type(self, command: str) -> None:
        """Type one command. What sets up an environment is this test's own environment already."""
        if self.dev:
            self.try_it()
            self.end()
        if command.startswith(("python3 -m venv", ". ", "pip install")):
            return
        if command.startswith("cd "):
            self.folder = self.folder / command[3:]
        elif command == "millennium dev":
            self.develop()
        else:
            argv = [sys.executable, *command.split()[1:]] if command.startswith("python ") else None
            self.run(command, argv or [*millennium(), *command.split()[1:]])

    def run(self, command: str, argv: list[str]) -> None:
        """Run to the end and keep what was said."""
        done = subprocess.run(
            argv,
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS,
            check=False,
        )
        self.said[command] = done.stdout + done.stderr
        assert done.returncode == 0, f"$ {command}\n{self.said[command]}"

    def develop(self) -> None:
        """Start `millennium dev`, wait for its window, and leave it open."""
        with self.log.open("wb") as log:
            self.dev = subprocess.Popen(
                [*millennium(), "dev"],
                cwd=self.folder,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        eventually(lambda: xdotool("search", "--onlyvisible", "--name", TITLE), "no window came")

    def changes(self) -> int:
        """Return how often the window has followed a saved file."""
        return len(SEEN.findall(self.log.read_text())) if self.dev else 0

    def try_it(self) -> None:
        """Type a name and press Enter; then type nothing and press Enter."""
        self.greet("Ada", "Hello, Ada.")
        self.greet("", "Tell me your name first. (greet.no_name)")

    def greet(self, name: str, answer: str) -> None:
        """Type into the field of the page, and copy the page until the answer is there."""

        def greeted() -> bool:
            xdotool("key", "ctrl+a", "ctrl+c")
            return answer in copied()

        xdotool("windowfocus", "--sync", xdotool("search", "--onlyvisible", "--name", TITLE))
        xdotool("key", "ctrl+a", "BackSpace")
        xdotool("type", name)
        xdotool("key", "Return", "Tab")  # out of the field, whose text alone would be copied
        eventually(greeted, f"the page never said {answer!r}")
        xdotool("key", "shift+Tab")

    def leave(self) -> None:
        """Leave nothing running, however far it came."""
        if self.dev:
            os.killpg(self.dev.pid, signal.SIGINT)
            self.dev.wait(DEV_SECONDS)

    def end(self) -> None:
        """Press Ctrl-C."""
        assert self.dev is not None
        self.dev.send_signal(signal.SIGINT)
        self.dev.wait(DEV_SECONDS)
        self.dev = None
        assert "Traceback" not in self.log.read_text()


def millennium() -> list[str]:
    """Return the command of this environment."""
    return [sys.executable, "-m", "millennium"]


def eventually(question: Callable[[], object], otherwise: str) -> None:
    """Wait until the answer is true."""
    end = time.monotonic() + DEV_SECONDS
    while not question():
        assert time.monotonic() < end, otherwise
        time.sleep(0.2)


def xdotool(*words: str) -> str:
    """Do something on the screen; return what is said of it."""
    done = subprocess.run(["xdotool", *words], capture_output=True, text=True, check=False)
    return done.stdout.strip()


def copied() -> str:
    """Return what is on the clipboard."""
    words = [sys.executable, "-c", CLIPBOARD]
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout


@pytest.mark.gui
@pytest.mark.timeout(1800)
def test_the_tutorial_works_word_for_word(tmp_path: Path) -> None:
    reader = Reader(tmp_path)
    try:
        for step in steps():
            reader.do(step)
    finally:
        reader.leave()
    packages = sorted((tmp_path / "hello-you").rglob("*.deb"))
    assert packages
    assert "2 passed" in reader.said["python -m pytest -q"]
    shutil.rmtree(tmp_path / "hello-you")


def test_the_tutorial_has_files_and_commands() -> None:
    found = steps()
    assert sum(bool(step.path) for step in found) >= 4
    assert sum(len(step.commands) for step in found) >= 8
