"""Opens one window after the other; each page makes all kinds of frames and workers, which attack.

Prints what became of each attack, as JSON: label → what the page saw, and ``marks``, what reached
Python. Labels that follow are the windows to open; without any, all of them.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator

from matrix import controls
from millennium import App, AppHandle, Window
from millennium.config.window import WindowConfig

FRAMED = "millennium://localhost/open/"
"""Where the frames of a window come from that has an origin of its own."""

WINDOWS = {
    "policy": "matrix.html",
    "open": "open/matrix.html",
    **dict.fromkeys(controls.LABELS, "open/matrix.html"),
    controls.HOOKED: "open/matrix.html",
    "isolated": f"open/matrix.html?{FRAMED}",
}
"""Label → its page."""

app = App()
results: dict[str, object] = {}
waiting: Iterator[str] = iter(())


@app.command(inline=True)
def mark(window: Window, row: str, column: str) -> int:
    """Note that an attack got a command to run."""
    controls.marks[window.label].add(f"{row} {column}")
    return 7


@app.command
def shout() -> None:
    """Send news that only the page may hear."""
    for number in range(20):
        app.emit("matrix:secret", number)
        time.sleep(0.005)


@app.command(inline=True)
def names(window: Window) -> dict[str, str]:
    """Give away the random names: attacks must fail for those who know them, too."""
    known = controls.names[window.label]
    return {"hello": known.hello, "sink": known.sink, "handler": known.handler}


def take(label: str, said: str) -> None:
    """Take what the page of a window has seen."""
    results[label] = {**json.loads(said), "marks": sorted(controls.marks[label])}
    app.handle.post(lambda: go_on(app.handle.window(label)))


def go_on(window: Window | None) -> None:
    label = next(waiting, "")
    if not label:
        print(json.dumps(results), flush=True)
        app.handle.exit(0)
        return
    config = WindowConfig(
        label=label, url=WINDOWS[label], width=320, height=240, isolated_origin=label == "isolated"
    )
    app.handle.create_window(config)
    if window is not None:
        window.destroy()


@app.setup
def begin(_handle: AppHandle) -> None:
    go_on(None)


if __name__ == "__main__":
    waiting = iter([word for word in sys.argv[1:] if not word.startswith("-")] or WINDOWS)
    controls.prepare(take)
    app.run()
