"""Projects as `millennium init` makes them, and the command typed as a user types it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from millennium_build.scaffold import TEMPLATES, render, write

Typed = Callable[..., subprocess.CompletedProcess[str]]

VALUES = {
    "name": "hello-you",
    "package": "hello_you",
    "title": "Hello you",
    "identifier": "net.lovelace.hello-you",
    "description": "Says hello",
}
_COMMAND_SECONDS = 50


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A fresh project in a folder of its own."""
    folder = tmp_path / "hello-you"
    write(render(TEMPLATES / "vanilla", VALUES), folder)
    return folder


@pytest.fixture
def typed() -> Typed:
    """Types `millennium …` in a folder and returns what came out."""

    def type_words(
        *words: str | Path, cwd: Path, **variables: str
    ) -> subprocess.CompletedProcess[str]:
        environment = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
        return subprocess.run(
            [sys.executable, "-m", "millennium", *map(str, words)],
            cwd=cwd,
            env={**environment, "NO_COLOR": "1", **variables},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_COMMAND_SECONDS,
            check=False,
        )

    return type_words


@pytest.fixture
def edit() -> Callable[[Path, str, str], None]:
    """Replaces a text in a file that must be there."""

    def replace(path: Path, old: str, new: str) -> None:
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))

    return replace
