"""Freezes programs, once per session, and runs them away from every Python."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from millennium_build.cache import Cache, default_folder
from millennium_build.display import find_display
from millennium_build.freeze.environment import Workshop
from millennium_build.freeze.plan.entry import locate_entry
from millennium_build.freeze.plan.make import PlanRequest
from millennium_build.freeze.run import FreezeTarget, FrozenProgram, freeze_program

PROGRAMS = Path(__file__).parent / "programs"
_SECONDS = 120
_BUILT_IN_BYTES = 700_000
"""What the libpython of Debian takes more: it has Unicode tables and other modules built in."""

collect_ignore_glob = ["programs/*"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Freezing takes longer than the default limit allows."""
    folder = str(Path(__file__).parent)
    mine = [item for item in items if str(item.path).startswith(folder)]
    for item in mine:
        item.add_marker(pytest.mark.timeout(300))


@dataclass(frozen=True, slots=True, kw_only=True)
class Freezing:
    """Freezes programs of this folder with one cache."""

    cache: Cache
    workshop: Workshop

    def __call__(self, main: Path, output: Path, **options: Any) -> FrozenProgram:
        freezer = str(options.pop("freezer", "native"))
        return freeze_program(
            PlanRequest(entry=locate_entry(main), **options),
            FreezeTarget(output=output, freezer=freezer, app_name="millennium-test"),
            workshop=self.workshop,
            cache=self.cache,
        )


@pytest.fixture
def display() -> Iterator[dict[str, str]]:
    """The variables that name a display."""
    with find_display() as found:
        if found is None:
            pytest.skip("needs a display or Xvfb")
        yield found


@pytest.fixture(scope="session")
def freeze() -> Iterator[Freezing]:
    if sys.platform != "linux":
        pytest.skip("needs Linux: the native freezer is for it")
    cache = Cache(default_folder())
    with Workshop(None, cache) as workshop:
        yield Freezing(cache=cache, workshop=workshop)


@pytest.fixture(scope="session")
def built_in_bytes() -> int:
    """Tells how much larger this Python makes every executable than one with separate modules."""
    return _BUILT_IN_BYTES if "unicodedata" in sys.builtin_module_names else 0


@pytest.fixture
def program(tmp_path: Path) -> Callable[[str], Path]:
    """Writes a program of a few lines and returns its main file."""

    def write(text: str) -> Path:
        main = tmp_path / "program" / "main.py"
        main.parent.mkdir()
        main.write_text(text)
        return main

    return write


@pytest.fixture(scope="session")
def run(
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Starts an executable with an empty home and nothing of this environment."""

    def start(
        executable: Path, *arguments: str, **variables: str
    ) -> subprocess.CompletedProcess[str]:
        home = tmp_path_factory.mktemp("home")
        kept = {name: os.environ[name] for name in ("DISPLAY", "XAUTHORITY") if name in os.environ}
        return subprocess.run(
            [executable, *arguments],
            env={"HOME": str(home), "PATH": "/usr/bin:/bin", **kept, **variables},
            cwd=home,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )

    return start


@pytest.fixture
def run_json(run) -> Callable[..., object]:
    """Starts an executable that must succeed, and returns the JSON it prints."""

    def start(executable: Path, *arguments: str, **variables: str) -> object:
        done = run(executable, *arguments, **variables)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return start
