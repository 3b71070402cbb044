"""A display for verifying: the one there is, or a private virtual one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

SIZE = "1280x800x24"
_END_SECONDS = 5


@contextmanager
def find_display() -> Iterator[dict[str, str] | None]:
    """Yield the variables that name a display, None when there is none.

    A virtual display, made when there is no other, ends with the block.
    """
    if sys.platform != "linux":
        yield {}
        return
    names = ("DISPLAY", "WAYLAND_DISPLAY")
    present = {name: os.environ[name] for name in names if os.environ.get(name)}
    if present:
        yield present
        return
    with _virtual_display() as name:
        yield {"DISPLAY": name} if name else None


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
