"""On a system with nothing but what they ask for, a package and an executable open their windows."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from millennium_build.errors import VerificationError

ROOT = Path(__file__).resolve().parents[2]
ENGINE = "libwebkit2gtk-4.1-0"
PYTHON = ("python", "libpython", "gir1.2-", "libgirepository")
INSTALL = ("apt-get", "install", "--yes", "--no-install-recommends")
USERS = ["root", "ada"]

pytestmark = [
    pytest.mark.gui,
    pytest.mark.timeout(1200),
    pytest.mark.skipif(shutil.which("apt-get") is None, reason="needs apt"),
    pytest.mark.skipif(
        not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs root to install"
    ),
]


def millennium(example: str, *words: str) -> dict[str, Any]:
    """Runs our command line in an example and returns its JSON."""
    done = subprocess.run(
        [sys.executable, "-m", "millennium", *words, "--json"],
        cwd=ROOT / "examples" / example,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


@pytest.fixture(scope="module")
def with_package(small_system: Callable[[], Any]) -> Any:
    """A system where the notes package was installed with what it depends on."""
    [made] = millennium("notes", "bundle", "--targets", "deb")["bundles"]
    system = small_system()
    shutil.copyfile(made["path"], system.root / "opt" / "notes.deb")
    system.run(*INSTALL, "/opt/notes.deb")
    return system


@pytest.fixture(scope="module")
def without_engine(small_system: Callable[[], Any]) -> Any:
    """A system onto which the executable of hello was copied, and nothing else."""
    made = millennium("hello", "build")
    system = small_system()
    shutil.copy(made["executable"], system.root / "opt" / "hello")
    return system


@pytest.fixture(scope="module")
def with_engine(without_engine: Any) -> Any:
    """The same system, after the engine's package was installed."""
    without_engine.run(*INSTALL, ENGINE)
    return without_engine


@pytest.mark.parametrize("user", USERS)
def test_a_package_brings_all_it_needs(with_package: Any, user: str) -> None:
    found = with_package.verify("/usr/bin/notes", version="0.1.0", user=user)
    assert found.verified, found.reason


def test_control_finds_that_the_engine_is_missing(without_engine: Any) -> None:
    with pytest.raises(VerificationError, match=r"libwebkit2gtk-4\.1-0|cannot load its Python"):
        without_engine.verify("/opt/hello", version="0.1.0", user="root")


@pytest.mark.parametrize("user", USERS)
def test_an_executable_needs_the_engine_only(with_engine: Any, user: str) -> None:
    found = with_engine.verify("/opt/hello", version="0.1.0", user=user)
    assert found.verified, found.reason


def test_neither_python_nor_typelibs_are_installed(with_package: Any) -> None:
    assert [name for name in with_package.packages() if name.startswith(PYTHON)] == []
    assert with_package.files("*.typelib") == []


def test_control_finds_what_is_installed(with_package: Any) -> None:
    assert {"notes", ENGINE} <= with_package.packages()
    assert "/usr/bin/notes" in with_package.files("notes")
