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

from desk import private_display  # noqa: E402 - after the path is set

APP = Path(__file__).parent / "app"
ISOLATED = Path(__file__).parent / "isolated"
EVERYTHING = Path(__file__).parent / "everything"
SEALED = Path(__file__).parent / "sealed"
APP_SECONDS = 150
"""How long one run of an app may take. The longest, of navigation, took 62 s on a machine of two
cores that others used too: with more than twice that, it hangs."""

TEST_SECONDS = APP_SECONDS + 30
"""How long a test may take whose fixture runs an app: longer, so that the app's words are shown."""

Report = dict[str, dict[str, object]]
Attack = Callable[..., subprocess.CompletedProcess[str]]
RunApp = Callable[..., subprocess.CompletedProcess[str]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give tests of real windows their time."""
    folder = Path(__file__).parent
    mine = [item for item in items if folder in item.path.parents]
    for item in mine:
        runs_an_app = "run_app" in getattr(item, "fixturenames", ())
        if runs_an_app and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(TEST_SECONDS))


@pytest.fixture(scope="session")
def run_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunApp]:
    """Return a function that runs an app of this folder, as a release, with some words."""
    home = tmp_path_factory.mktemp("home")
    with private_display() as screen:
        environment = {k: v for k, v in screen.items() if not k.startswith("XDG_")}
        environment |= {"HOME": str(home), "NO_AT_BRIDGE": "1"}

        def run(app: Path, *words: str) -> subprocess.CompletedProcess[str]:
            (main,) = app.glob("src/*/__main__.py")
            return subprocess.run(
                [sys.executable, str(main), "--millennium-source=release", *words],
                env={**environment, "PYTHONPATH": str(app / "src")},
                cwd=app,
                capture_output=True,
                text=True,
                timeout=APP_SECONDS,
                check=False,
            )

        yield run


@pytest.fixture(scope="session")
def attack(run_app: RunApp) -> Attack:
    """Return a function that runs the attacked app with some words."""
    return lambda *words: run_app(APP, *words)


@pytest.fixture(scope="session")
def isolation(run_app: RunApp) -> Report:
    """What the pages of the isolated app found out: label → result."""
    done = run_app(ISOLATED)
    assert done.returncode == 0, done.stderr
    result: Report = json.loads(done.stdout)
    return result


@pytest.fixture(scope="session")
def everything(run_app: RunApp) -> Report:
    """What the page of the app that turned everything on found out."""
    done = run_app(EVERYTHING)
    assert done.returncode == 0, done.stderr
    result: Report = json.loads(done.stdout)
    return result | {"log": {"lines": done.stderr.split("\n")}}


@pytest.fixture(scope="session")
def report(attack: Attack) -> Report:
    """What all pages found out: label → result."""
    done = attack()
    assert done.returncode == 0, done.stderr
    result: Report = json.loads(done.stdout)
    return result


@pytest.fixture(scope="session")
def sealed(run_app: RunApp) -> Report:
    """What the pages of the app with sealed commands found out: label → result."""
    done = run_app(SEALED)
    assert done.returncode == 0, done.stderr
    result: Report = json.loads(done.stdout)
    return result
