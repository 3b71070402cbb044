"""One run of the attacked app for all tests: each window's page attacks and reports."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

from desk import private_environment  # noqa: E402 - after the path is set
from display import display  # noqa: E402

APP = Path(__file__).parent / "app"
SECONDS = 100

Report = dict[str, dict[str, object]]
Attack = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def attack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Attack]:
    """Return a function that runs the attacked app, as a release, with some words."""
    home = tmp_path_factory.mktemp("home")
    with private_environment(), display() as screen:
        environment = {k: v for k, v in screen.items() if not k.startswith("XDG_")}
        environment |= {"HOME": str(home), "NO_AT_BRIDGE": "1", "PYTHONPATH": str(APP / "src")}
        main = APP / "src" / "attacked" / "__main__.py"

        def run(*words: str) -> subprocess.CompletedProcess[str]:
            return subprocess.run(
                [sys.executable, str(main), "--millennium-source=release", *words],
                env=environment,
                cwd=APP,
                capture_output=True,
                text=True,
                timeout=SECONDS,
                check=False,
            )

        yield run


@pytest.fixture(scope="session")
def report(attack: Attack) -> Report:
    """What all pages found out: label → result."""
    done = attack()
    assert done.returncode == 0, done.stderr
    result: Report = json.loads(done.stdout)
    return result
