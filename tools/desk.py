"""Somebody at a desk: a screen, a keyboard, and a home folder that is empty at first."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from display import display, screenshot, wait_for_window

PATIENCE_SECONDS = 20.0
PAUSE_SECONDS = 0.1
SETTLE_SECONDS = 0.8  # a window that is shown has not the keyboard yet
END_SECONDS = 10.0


class Desk:
    """Types, presses keys and looks, as a person does, through the X server."""

    def __init__(self, environment: dict[str, str], home: Path) -> None:
        self.home = home
        self.environment = {
            key: value for key, value in environment.items() if not key.startswith("XDG_")
        } | {"HOME": str(home), "NO_AT_BRIDGE": "1"}

    @contextmanager
    def running(
        self, argv: list[str], title: str, *, folder: Path | None = None, **environment: str
    ) -> Iterator[subprocess.Popen[bytes]]:
        """Run a program, in a folder, until its window is there; end it with the block."""
        process = subprocess.Popen(argv, cwd=folder, env=self.environment | environment)
        try:
            window = wait_for_window(self.environment, title)
            self._xdotool("windowactivate", "--sync", window)
            time.sleep(SETTLE_SECONDS)
            yield process
        finally:
            process.terminate()
            try:
                process.wait(END_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def press(self, *keys: str) -> None:
        """Press keys one after the other ("ctrl+n", "Return")."""
        for key in keys:
            self._xdotool("key", key)
            time.sleep(PAUSE_SECONDS)

    def type(self, text: str) -> None:
        """Type text."""
        self._xdotool("type", "--delay", "8", text)
        time.sleep(PAUSE_SECONDS)

    def type_path(self, path: Path) -> None:
        """Type a path into a file dialog, which opens its entry at the first "/"."""
        self.press("slash")
        time.sleep(5 * PAUSE_SECONDS)
        self.type(str(path)[1:])
        time.sleep(5 * PAUSE_SECONDS)
        self.press("Delete")  # what the dialog completed on its own

    def wait_for_dialog(self, title: str) -> None:
        """Wait for a dialog and give it the keyboard."""
        window = wait_for_window(self.environment, title)
        self._xdotool("windowactivate", "--sync", window)
        time.sleep(5 * PAUSE_SECONDS)

    def look(self, path: Path) -> None:
        """Save what the screen shows."""
        screenshot(self.environment, path)

    def pixels(self, path: Path, is_wanted: Callable[[bytes], bool]) -> bytes:
        """Return what the screen shows once it stays and is wanted; the last look in any case."""
        end = time.monotonic() + PATIENCE_SECONDS
        seen = self._pixels(path)
        while time.monotonic() < end:
            time.sleep(SETTLE_SECONDS)
            before, seen = seen, self._pixels(path)
            if seen == before and is_wanted(seen):
                break
        return seen

    def _pixels(self, path: Path) -> bytes:
        self.look(path)
        return subprocess.check_output(["convert", str(path), "-depth", "8", "rgb:-"])

    def _xdotool(self, *words: str) -> None:
        argv = ["xdotool", *words]
        subprocess.run(
            argv, env=self.environment, check=True, timeout=30, stdout=subprocess.DEVNULL
        )


def eventually(look: Callable[[], object], *, seconds: float = PATIENCE_SECONDS) -> None:
    """Wait until `look` returns something true.

    Raises:
        AssertionError: It did not, in time.
    """
    end = time.monotonic() + seconds
    while not look():
        if time.monotonic() > end:
            message = f"never true: {look.__qualname__}"
            raise AssertionError(message)
        time.sleep(PAUSE_SECONDS)


def without_display(environment: dict[str, str]) -> dict[str, str]:
    """Return the environment without any display, so that a private one is made."""
    return {k: v for k, v in environment.items() if k not in {"DISPLAY", "WAYLAND_DISPLAY"}}


@contextmanager
def private_display() -> Iterator[dict[str, str]]:
    """Yield the environment of a virtual display of one's own, whatever display there is.

    This process itself keeps the one it has: without any, GTK in it would end it with a trap.
    """
    with ExitStack() as stack:
        with _without_display():
            environment = stack.enter_context(display())
        yield environment


@contextmanager
def _without_display() -> Iterator[None]:
    kept = {key: os.environ.pop(key) for key in ("DISPLAY", "WAYLAND_DISPLAY") if key in os.environ}
    try:
        yield
    finally:
        os.environ.update(kept)
