"""On a system without an engine everything works that needs none, and the app says what to do.

The system is one that Python calls "freebsd14", without what only Linux or GTK brings.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HELLO = ROOT / "examples" / "hello"
SECONDS = 120

OTHER_SYSTEM = """
import builtins, sys

sys.platform = "freebsd14"
import_as_usual = builtins.__import__

def guarded(name, globals=None, locals=None, fromlist=(), level=0):
    importer = (globals or {}).get("__name__", "")
    missing = name.split(".")[0] in {"gi", "fcntl", "pwd", "resource"}
    if missing and importer.startswith("millennium"):
        raise ImportError(f"{name} is not to be had on this system")
    return import_as_usual(name, globals, locals, fromlist, level)

builtins.__import__ = guarded
"""

Run = Callable[..., subprocess.CompletedProcess[str]]

pytestmark = pytest.mark.timeout(2 * SECONDS)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run Python in a copy of hello, on that other system and without a display."""
    project = tmp_path / "hello"
    shutil.copytree(HELLO, project, ignore=shutil.ignore_patterns("dist", "__pycache__"))
    system = tmp_path / "system"
    system.mkdir()
    (system / "sitecustomize.py").write_text(OTHER_SYSTEM)
    hidden = {"DISPLAY", "WAYLAND_DISPLAY"}
    environment = {key: value for key, value in os.environ.items() if key not in hidden}

    def run_it(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *words],
            cwd=project,
            env=environment | {"PYTHONPATH": str(system), "NO_COLOR": "1"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )

    return run_it


@pytest.mark.parametrize(
    "words",
    [["check"], ["config", "print"], ["config", "schema"], ["config", "validate"]],
    ids=" ".join,
)
def test_what_only_reads_the_project_works(run: Run, words: list[str]) -> None:
    done = run("-m", "millennium", *words)
    assert (done.returncode, "error" in done.stderr) == (0, False), done.stderr


def test_an_app_is_built_and_bundled_where_nobody_sees_it_start(run: Run) -> None:
    built = run("-m", "millennium", "build", "--no-verify")
    assert built.returncode == 0, built.stderr
    refused = run("-m", "millennium", "bundle", "--no-build")
    assert (refused.returncode, "--allow-unverified" in refused.stderr) == (4, True)
    bundled = run("-m", "millennium", "bundle", "--no-build", "--allow-unverified")
    assert bundled.returncode == 0, bundled.stderr
    assert ".deb" in bundled.stdout


@pytest.mark.parametrize(
    "words", [["src/hello/__main__.py"], ["-m", "millennium", "run"]], ids=["app", "run"]
)
def test_the_app_says_what_to_do(run: Run, words: list[str]) -> None:
    done = run(*words)
    assert done.returncode == 1
    assert "error[M0208]" in done.stderr
    assert "no system webview is supported on 'freebsd14'" in done.stderr
    assert "  = help: run the app on Linux" in done.stderr


def test_the_doctor_says_what_is_missing(run: Run) -> None:
    done = run("-m", "millennium", "doctor")
    assert done.returncode == 3
    assert "no system webview is supported on 'freebsd14'" in done.stdout
