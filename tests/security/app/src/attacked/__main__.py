"""Opens one window after the other, lets its page attack, and prints what the pages reported.

``--careless`` reads bodies before their tickets, for the window that sends a Blob.
Labels that follow are the windows to open; without any, all of them.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator

from attacked import weakened, witness
from millennium import App, AppHandle, Channel, CommandError, Window
from millennium.config.window import WindowConfig

RECORDERS = ("recorder", *weakened.PAGE, "broadcast")
PAGES = {
    **dict.fromkeys(RECORDERS, "recorder.html"),
    "line": "line.html",
    "welcoming": "line.html",
    "frames": "frames.html",
    "frames-open": "open/frames.html",
    weakened.EXPOSED: "open/frames.html",
    "policy": "policy.html",
    "policy-open": "open/policy.html",
    "requests": "requests.html",
    "documents": "documents.html",
    "again": "again.html",
    "foreign": "millennium://elsewhere.localhost/foreign.html",
    "isolated": "foreign.html",
    "blob": "open/blob.html",
}
"""Label → its page."""

app = App()
results: dict[str, object] = {}
waiting: Iterator[str] = iter(())


@app.command
def echo(value: str) -> str:
    return value


@app.command(inline=True)
def inline(value: int) -> int:
    return value


@app.command
async def later(value: int) -> int:
    return value


@app.command
def upload(data: bytes, note: str = "") -> int:
    return len(data)


@app.command
def download(size: int) -> bytes:
    return b"y" * size


@app.command
def stream(to: Channel[int]) -> None:
    for number in range(3):
        to.send_nowait(number)
    app.emit("attacked:streamed", 3)


@app.command
def fail() -> None:
    raise CommandError("attacked.failed", "as it should")


@app.command
def names(window: Window) -> dict[str, str]:
    """Give away the random names: attacks must fail for those who know them, too."""
    known = witness.names[window.label]
    return {"hello": known.hello, "sink": known.sink, "handler": known.handler}


@app.command
def report(window: Window, result: dict[str, object]) -> None:
    """Take what a page found out; texts it recorded are searched for secrets here."""
    seen = result.pop("seen", None)
    if isinstance(seen, list):
        result["recorded"] = len(seen)
        result["secrets"] = witness.found_in([str(text) for text in seen])
    results[window.label] = result | {"asked_for": weakened.asked_for[:]}
    weakened.asked_for.clear()
    app.handle.post(lambda: go_on(window))


def take(label: str, said: str) -> None:
    """Take what the page of a window without a bridge says."""
    results[label] = json.loads(said)
    app.handle.post(lambda: go_on(app.handle.window(label)))


def go_on(window: Window | None) -> None:
    label = next(waiting, "")
    if not label:
        print(json.dumps(results), flush=True)
        app.handle.exit(0)
        return
    config = WindowConfig(
        label=label, url=PAGES[label], width=320, height=240, isolated_origin=label == "isolated"
    )
    app.handle.create_window(config)
    if window is not None:
        window.destroy()


@app.setup
def begin(_handle: AppHandle) -> None:
    go_on(None)


if __name__ == "__main__":
    words = [word for word in sys.argv[1:] if not word.startswith("-")]
    waiting = iter(words or PAGES)
    witness.watch()
    weakened.weaken(take)
    if "--careless" in sys.argv:
        weakened.read_every_body()
    app.run()
