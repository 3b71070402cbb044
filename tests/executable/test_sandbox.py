"""The page's process is in a sandbox, for a user who is not root; with the key off it is not."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from millennium_build.build import BuildRequest, build

PROJECT = Path(__file__).parent / "programs" / "trapped"
OFF = '\n[tool.millennium.security]\nsandbox = "off"\n'
NOBODY = 65_534
AS_NOBODY = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")
AS_USER = AS_NOBODY if os.geteuid() == 0 else ()
TRIAL = ("bwrap", "--unshare-user", "--ro-bind", "/", "/", "--proc", "/proc", "true")
SECONDS = 30.0

pytestmark = pytest.mark.gui


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """How a start went: what the page's call printed, and each state its process was in."""

    output: str
    states: frozenset[str]


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder of the user, which pytest's own are not when root runs the tests."""
    with tempfile.TemporaryDirectory(prefix="millennium-", dir="/tmp") as folder:
        home = Path(folder)
        authority = os.environ.get("XAUTHORITY") or str(Path.home() / ".Xauthority")
        if Path(authority).is_file():
            shutil.copy(authority, home / ".Xauthority")
        if AS_USER:
            for path in (home, *home.iterdir()):
                os.chown(path, NOBODY, NOBODY)
        yield home


@pytest.fixture
def start(home: Path, display: dict[str, str], tmp_path: Path) -> Callable[[str], Start]:
    """Builds the app with more configuration, and starts it as the user."""
    if subprocess.run([*AS_USER, *TRIAL], capture_output=True, check=False).returncode:
        pytest.skip("needs a bubblewrap that works for users")

    def run(configuration: str) -> Start:
        root = shutil.copytree(PROJECT, tmp_path / "app")
        with (root / "pyproject.toml").open("a") as file:
            file.write(configuration)
        built = build(BuildRequest(root=root, verify=False)).path
        executable = shutil.copy(built, home / "app")
        environment = {"HOME": str(home), "PATH": "/usr/bin:/bin", "NO_AT_BRIDGE": "1", **display}
        environment |= {"XAUTHORITY": str(home / ".Xauthority")}
        process = subprocess.Popen(
            [*AS_USER, executable], env=environment, cwd=home, stdout=subprocess.PIPE, text=True
        )
        states = _watch(process)
        output, _ = process.communicate()
        return Start(output=output, states=states)

    return run


def _watch(process: subprocess.Popen[str]) -> frozenset[str]:
    """Look at the page's process for as long as the app runs."""
    states: set[str] = set()
    end = time.monotonic() + SECONDS
    while process.poll() is None:
        states |= {_state(pid) for pid in _descendants(process.pid)} - {""}
        if time.monotonic() > end:
            process.kill()
        time.sleep(0.02)
    return frozenset(states)


def _descendants(pid: int) -> list[int]:
    found, rest = [], [pid]
    while rest:
        found.append(rest.pop())
        children = Path(f"/proc/{found[-1]}/task/{found[-1]}/children")
        try:
            rest += map(int, children.read_text().split())
        except OSError:
            continue
    return found


def _state(pid: int) -> str:
    """Return what the kernel keeps from a page's process; "" for any other."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return ""
    status = {name: value.split() for name, _, value in (line.partition(":") for line in lines)}
    if status["Name"] != ["WebKitWebProces"]:
        return ""
    is_filtered = status["Seccomp"] == ["2"] and status["NoNewPrivs"] == ["1"]
    is_apart = len(status["NSpid"]) > 1
    return f"filtered={is_filtered} apart={is_apart}"


def test_page_is_in_the_sandbox_and_works(start: Callable[[str], Start]) -> None:
    seen = start("")
    assert '"schema": false' in seen.output
    assert seen.states == {"filtered=True apart=True"}


def test_control_page_is_outside_where_the_key_is_off(start: Callable[[str], Start]) -> None:
    seen = start(OFF)
    assert '"schema": false' in seen.output
    assert seen.states == {"filtered=False apart=False"}
