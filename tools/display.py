"""A display to show windows on: the one there is, or a private virtual one with a window manager."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from subprocess import DEVNULL

SIZE = "1280x800x24"
START_SECONDS = 10
_QUIET = {"NO_AT_BRIDGE": "1", "DBUS_SESSION_BUS_ADDRESS": "disabled:"}
"""Else each program with a window starts message buses that outlive it."""


@contextmanager
def display() -> Iterator[dict[str, str]]:
    """Yield the environment for programs with windows; a private display ends with the block.

    Raises:
        RuntimeError: There is no display and no Xvfb.
    """
    if sys.platform != "linux" or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        yield dict(os.environ)
        return
    if shutil.which("Xvfb") is None:
        raise RuntimeError("there is no display and no Xvfb: apt-get install xvfb")
    with ExitStack() as stack:
        yield dict(os.environ) | _QUIET | {"DISPLAY": _start(stack)}


def screenshot(environment: dict[str, str], path: Path) -> None:
    """Save what the screen shows as PNG, with ImageMagick."""
    path.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        ["import", "-window", "root", str(path)], env=environment, check=True, timeout=30
    )


def wait_for_window(environment: dict[str, str], title: str, *, seconds: float = 20) -> str:
    """Wait until a visible window has this title; return its X id.

    Raises:
        TimeoutError: None came.
    """
    end = time.monotonic() + seconds
    argv = ["xdotool", "search", "--onlyvisible", "--name", f"^{title}$"]
    while time.monotonic() < end:
        found = subprocess.run(argv, env=environment, capture_output=True, text=True, check=False)
        if found.stdout.strip():
            return found.stdout.split()[0]
        time.sleep(0.05)
    message = f"no window titled {title!r} within {seconds:g} s"
    raise TimeoutError(message)


def _start(stack: ExitStack) -> str:
    """Start Xvfb on a free display number and a window manager on it; return its name."""
    reader, writer = os.pipe()
    argv = ["Xvfb", "-displayfd", str(writer), "-screen", "0", SIZE, "-nolisten", "tcp"]
    server = subprocess.Popen(argv, pass_fds=(writer,), stdout=DEVNULL, stderr=DEVNULL)
    stack.callback(_end, server)
    os.close(writer)
    with os.fdopen(reader) as answer:
        number = answer.readline().strip()
    if not number:
        raise RuntimeError("Xvfb did not start")
    name = f":{number}"
    if shutil.which("openbox"):
        environment = dict(os.environ) | {"DISPLAY": name}
        manager = subprocess.Popen(["openbox"], env=environment, stdout=DEVNULL, stderr=DEVNULL)
        stack.callback(_end, manager)
        _wait_for_manager(environment)
    return name


def _wait_for_manager(environment: dict[str, str]) -> None:
    """Wait until the window manager says that it manages; a window before that has no frame."""
    end = time.monotonic() + START_SECONDS
    argv = ["xprop", "-root", "_NET_SUPPORTING_WM_CHECK"]
    while shutil.which("xprop") and time.monotonic() < end:
        found = subprocess.run(argv, env=environment, capture_output=True, text=True, check=False)
        if "window id" in found.stdout:
            return
        time.sleep(0.05)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(START_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
