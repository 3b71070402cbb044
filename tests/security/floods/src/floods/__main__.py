"""The calm window measures its round trips, while the other floods and while it does not.

Prints JSON: flood → ``idle`` and ``flooded`` medians in milliseconds, ``mib``, what the main process
grew by at most, and ``done``, how much of the flood was served. Floods to try may be named.
``--unfair`` is the control: what a window asks for is done at once, however much it is.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections import deque

from floods import memory
from millennium import App, AppHandle, Channel, Event
from millennium.ipc.turns import Lane, Work

KINDS = (
    "inline",
    "pool",
    "async",
    "large",
    "host-events",
    "page-events",
    "own-events",
    "channels",
    "listeners",
    "refused",
    "malformed",
    "uploads",
    "windows",
)
PAGE_EVENT = "floods:page"
PAYLOAD = "x" * 200

app = App()
served: list[int] = [0]
emitting = threading.Event()


@app.command(inline=True)
def kinds() -> list[str]:
    """Return the floods to try, in order."""
    return [word for word in sys.argv[1:] if not word.startswith("-")] or list(KINDS)


@app.command(inline=True)
def ping(number: int) -> int:
    """Answer at once: what the calm window measures."""
    return number


@app.command(inline=True)
def inline(text: str) -> int:
    """Serve a flood on the main thread."""
    served[0] += 1
    return len(text)


@app.command
def pool(text: str) -> int:
    """Serve a flood on the pool."""
    served[0] += 1
    return len(text)


@app.command(name="async")
async def on_loop(text: str) -> int:
    """Serve a flood on the loop."""
    served[0] += 1
    return len(text)


@app.command
def stream(to: Channel[int]) -> None:
    """Send a few items."""
    served[0] += 1
    for number in range(5):
        to.send_nowait(number)


@app.command
def upload(data: bytes) -> int:
    """Take bytes."""
    served[0] += 1
    return len(data)


@app.command(inline=True)
def start(kind: str) -> None:
    """Begin a flood."""
    served[0] = 0
    memory.begin()
    if kind == "page-events":
        emitting.set()
        threading.Thread(target=emit, daemon=True).start()
    app.emit("floods:start", kind, to="flood")


@app.command(inline=True)
def stop() -> dict[str, float]:
    """End it and tell how much was served, and how much memory it took."""
    emitting.clear()
    app.emit("floods:stop", to="flood")
    return {"done": served[0], "mib": memory.end()}


@app.command(inline=True)
def report(result: dict[str, object]) -> None:
    """Print what the calm window measured, and leave."""
    print(json.dumps(result), flush=True)
    app.handle.exit(0)


@app.command(inline=True)
def close_extra(handle: AppHandle) -> int:
    """Close the windows that the flood made."""
    extra = [window for label, window in handle.windows().items() if label.startswith("extra")]
    for window in extra:
        window.destroy()
    return len(extra)


def hear(event: Event) -> None:
    """Take an event of the flood."""
    served[0] += 1


def emit() -> None:
    """Send the flooding page more events than it can take."""
    while emitting.is_set():
        for _ in range(100):
            app.emit(PAGE_EVENT, PAYLOAD, to="flood")
            served[0] += 1
        time.sleep(0.0005)


app.listen("floods:host", hear)


def take_all(self: Lane, work: Work, *, chars: int = 0) -> None:
    """Do all of it at once."""
    deque(work, maxlen=0)


if __name__ == "__main__":
    if "--unfair" in sys.argv:
        Lane.take = take_all  # type: ignore[method-assign]
    app.run()
