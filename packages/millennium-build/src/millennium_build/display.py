"""A display for verifying: the one there is, or a private virtual one."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

SIZE = "1280x800x24"
_END_SECONDS = 5
_ASK_SECONDS = 1
_LOCAL = re.compile(r"(?:unix)?:(?P<number>\d+)(?:\.\d+)?")


@contextmanager
def find_display() -> Iterator[dict[str, str] | None]:
    """Yield the variables that name a display, None when there is none.

    A virtual display, made when there is no other, ends with the block.
    """
    if sys.platform != "linux":
        yield {}
        return
    present = open_displays(os.environ)
    if present:
        yield present
        return
    with _virtual_display() as name:
        yield {"DISPLAY": name} if name else None


def open_displays(environment: Mapping[str, str]) -> dict[str, str]:
    """Return those variables that name a display which is there.

    A session that ended leaves its names in a terminal that outlives it. A display of another machine
    is believed: asking may take long.
    """
    found = {}
    x11 = environment.get("DISPLAY", "")
    number = _LOCAL.fullmatch(x11)
    path = f"/tmp/.X11-unix/X{number['number']}" if number else ""  # noqa: S108 - X11's own place
    if (x11 and not number and ":" in x11) or (path and (_answers(path) or _answers(f"\0{path}"))):
        found["DISPLAY"] = x11
    wayland = environment.get("WAYLAND_DISPLAY", "")
    folder = environment.get("XDG_RUNTIME_DIR", "")
    if wayland and (folder or wayland.startswith("/")) and _answers(os.path.join(folder, wayland)):  # noqa: PTH118 - as text, for a socket
        found["WAYLAND_DISPLAY"] = wayland
    return found


def _answers(path: str) -> bool:
    if sys.platform == "win32":  # pragma: no cover - which has neither of the two
        return False
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(_ASK_SECONDS)
        try:
            client.connect(path)
        except (OSError, ValueError):
            return False
    return True


@contextmanager
def _virtual_display() -> Iterator[str]:
    """Yield the name of a private display, empty when Xvfb is missing or does not start."""
    if shutil.which("Xvfb") is None:
        yield ""
        return
    reader, writer = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writer), "-screen", "0", SIZE, "-nolisten", "tcp"],
        pass_fds=(writer,),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    os.close(writer)
    try:
        with os.fdopen(reader) as answer:
            number = answer.readline().strip()
        yield f":{number}" if number else ""
    finally:
        server.terminate()
        try:
            server.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
