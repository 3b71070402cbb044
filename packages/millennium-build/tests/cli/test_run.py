"""`millennium run`, typed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

Typed = Callable[..., subprocess.CompletedProcess[str]]


def test_the_app_runs_with_its_own_arguments_and_exit_code(typed: Typed, project: Path):
    main = project / "src" / "hello_you" / "__main__.py"
    main.write_text("import sys\nprint(sys.argv[1:])\nsys.exit(5)\n")
    done = typed("run", "--", "--fast", "note.md", cwd=project)
    assert done.returncode == 5
    assert done.stdout == "['--millennium-source=release', '--fast', 'note.md']\n"
    assert done.stderr.startswith("python: ")


def test_without_a_page_it_does_not_start(typed: Typed, project: Path):
    shutil.rmtree(project / "ui")
    done = typed("run", cwd=project)
    assert (done.returncode, done.stderr.startswith("error[M0108]: ")) == (1, True)


def test_a_named_python_must_exist(typed: Typed, project: Path):
    done = typed("run", "--python", "/nowhere/python", cwd=project)
    assert done.returncode == 3
    assert done.stderr.startswith("error[M0301]: there is no Python at '/nowhere/python'")


@pytest.mark.skipif(sys.platform == "win32", reason="needs the signals of POSIX")
def test_ctrl_c_ends_it_and_leaves_nothing(project: Path):
    main = project / "src" / "hello_you" / "__main__.py"
    main.write_text("import os, time\nprint(os.getpid(), flush=True)\ntime.sleep(600)\n")
    process = subprocess.Popen(
        [sys.executable, "-m", "millennium", "run"],
        cwd=project,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    child = int(process.stdout.readline())
    os.killpg(process.pid, signal.SIGINT)
    process.communicate(timeout=20)
    assert process.returncode == 130
    end = time.monotonic() + 10
    while is_alive(child) and time.monotonic() < end:
        time.sleep(0.02)
    assert not is_alive(child)


def is_alive(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"
