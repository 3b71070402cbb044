"""The address of a bus may be a program, which libdbus starts: in an executable it starts none."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

MAIN = Path(__file__).parent / "programs" / "window.py"
SCRIPT = '#!/bin/sh\n: > "$0.sprung"\nexit 1\n'
NAMES = ("AT_SPI_BUS_ADDRESS", "DBUS_SESSION_BUS_ADDRESS")

pytestmark = pytest.mark.gui


@pytest.fixture
def trap(tmp_path: Path) -> dict[str, str]:
    """Lays a program, and a bus that nobody serves, so that no other one is started."""
    program = tmp_path / "trap"
    program.write_text(SCRIPT)
    program.chmod(0o755)
    os.mknod(tmp_path / "bus", stat.S_IFSOCK | 0o600)
    return {"XDG_RUNTIME_DIR": str(tmp_path), "ADDRESS": f"unixexec:path={program},argv1=x"}


@pytest.mark.parametrize("name", NAMES)
def test_control_a_program_is_started_from_source(
    run, display, trap: dict[str, str], tmp_path: Path, name: str
) -> None:
    run(Path(sys.executable), str(MAIN), **display, **trap, **{name: trap["ADDRESS"]})
    assert (tmp_path / "trap.sprung").exists()


@pytest.mark.parametrize("freezer", ["native", "pyinstaller"])
def test_no_program_is_started_by_an_executable(
    freeze, run, display, trap: dict[str, str], tmp_path: Path, freezer: str
) -> None:
    app = freeze(MAIN, tmp_path / "app", freezer=freezer).result.executable
    done = run(app, **display, **trap, **dict.fromkeys(NAMES, trap["ADDRESS"]))
    assert done.stdout == "inside\n", done.stderr
    assert not (tmp_path / "trap.sprung").exists()
