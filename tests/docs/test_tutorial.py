"""The tutorial, followed word for word: every file written, every command typed, in order."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "tutorial" / "your-first-app.md"
FENCE = re.compile(r"^```(\w+)(?: title=\"([^\"]+)\")?\n(.*?)^```$", re.DOTALL | re.MULTILINE)
SNIPPET = re.compile(r"^--8<-- \"([^\"]+)\"\n", re.MULTILINE)
DEV_SECONDS = 30
COMMAND_SECONDS = 240


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

    def do(self, step: Step) -> None:
        """Do one step."""
        if step.path:
            target = self.folder / step.path
            assert target.parent.is_dir(), (
                f"the tutorial writes {step.path}, but init made no such folder"
            )
            target.write_text(step.text, encoding="utf-8")
        for command in step.commands:
            self.type(command)

    def type(self, command: str) -> None:
        """Type one command. What sets up an environment is this test's own environment already."""
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
        """Start `millennium dev`, wait for its window, and press Ctrl-C."""
        process = subprocess.Popen(
            [*millennium(), "dev"],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        try:
            wait_for_window("hello-you|Hello you|Hello-you|Hello You")
        finally:
            process.send_signal(signal.SIGINT)
            self.said["millennium dev"], _ = process.communicate(timeout=DEV_SECONDS)
        assert "Traceback" not in self.said["millennium dev"]


def millennium() -> list[str]:
    """Return the command of this environment."""
    return [sys.executable, "-m", "millennium"]


def wait_for_window(title: str) -> None:
    """Wait until a window is on the screen."""
    end = time.monotonic() + DEV_SECONDS
    argv = ["xdotool", "search", "--onlyvisible", "--name", f"^({title})$"]
    while subprocess.run(argv, capture_output=True, check=False).returncode:
        assert time.monotonic() < end, "no window came"
        time.sleep(0.1)


@pytest.mark.gui
@pytest.mark.timeout(600)
def test_the_tutorial_works_word_for_word(tmp_path: Path) -> None:
    reader = Reader(tmp_path)
    for step in steps():
        reader.do(step)
    packages = sorted((tmp_path / "hello-you").rglob("*.deb"))
    assert packages
    assert "2 passed" in reader.said["python -m pytest -q"]
    shutil.rmtree(tmp_path / "hello-you")


def test_the_tutorial_has_files_and_commands() -> None:
    found = steps()
    assert sum(bool(step.path) for step in found) >= 4
    assert sum(len(step.commands) for step in found) >= 8
