"""`millennium dev`, typed: what it refuses, and that Ctrl-C leaves nothing."""

from __future__ import annotations

import os
import select
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Typed = Callable[..., subprocess.CompletedProcess[str]]
Edit = Callable[[Path, str, str], None]

APP = """\
import json, os, sys
option = next(word for word in sys.argv if word.startswith("--millennium-source="))
reader, writer = (int(number) for number in option.partition("=")[2].split(","))
answers = os.fdopen(writer, "wb", buffering=0)
print(os.getpid(), flush=True)
answers.write(b'{"say": "shown", "modules": []}\\n')
for line in os.fdopen(reader, "rb"):
    if json.loads(line)["do"] == "exit":
        break
"""


def test_without_a_page_it_does_not_start(typed: Typed, project: Path):
    shutil.rmtree(project / "ui")
    done = typed("dev", cwd=project)
    assert (done.returncode, "error[M0108]: " in done.stderr) == (1, True)


def test_a_hook_that_fails_is_told(typed: Typed, project: Path, edit: Edit):
    edit(
        project / "pyproject.toml",
        "dist-dir",
        'before-dev-command = "exit 9"\ndev-path = "http://localhost:9"\ndist-dir',
    )
    done = typed("dev", cwd=project)
    assert done.returncode == 1
    assert "error[M0370]: before-dev-command 'exit 9' ended with code 9" in done.stderr


@pytest.mark.parametrize(
    "dev_path", ["https://example.org", "http://10.0.0.1:5173"], ids=["remote", "neighbour"]
)
def test_only_this_machine_serves_a_page(typed: Typed, project: Path, edit: Edit, dev_path: str):
    edit(project / "pyproject.toml", "dist-dir", f'dev-path = "{dev_path}"\ndist-dir')
    done = typed("dev", cwd=project)
    assert (done.returncode, "error[M0107]: build.dev-path" in done.stderr) == (1, True)


@pytest.mark.skipif(sys.platform == "win32", reason="needs the signals of POSIX")
def test_saves_restart_the_app_and_ctrl_c_leaves_nothing(project: Path, edit: Edit):
    edit(
        project / "pyproject.toml",
        "dist-dir",
        'before-dev-command = "echo $$ > hook.pid; exec sleep 600"\ndist-dir',
    )
    main = project / "src" / "hello_you" / "__main__.py"
    main.write_text(APP)
    with (project / "pyproject.toml").open("a") as file:
        file.write("\n[tool.millennium.allowlist]\nall = true\n")
    process = subprocess.Popen(
        [sys.executable, "-m", "millennium", "dev"],
        cwd=project,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    first = int(process.stdout.readline())
    for save in range(20):  # files may not be watched yet when the first app runs
        main.write_text(APP + f"# saved {save}\n")
        if select.select([process.stdout], [], [], 1)[0]:
            break
    second = int(process.stdout.readline())
    hook = int((project / "hook.pid").read_text())
    os.kill(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "Traceback" not in err
    assert "save a file to see it; Ctrl-C ends" in err
    assert "warning: allowlist.all" in err
    assert [pid for pid in (first, second, hook) if is_alive(pid)] == []


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"
