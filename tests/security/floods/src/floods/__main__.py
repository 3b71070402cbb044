"""The calm window measures its round trips, while the other floods and while it does not.

Prints JSON: flood → ``rounds``, pairs of ``idle`` and ``flooded`` medians in milliseconds, ``mib``,
``tree_mib`` and ``others_mib``, see `floods.memory`, ``done``, how much of the flood was served, and
``taken``, which events the page was told of. Floods to try may be named.

``--ping=pool`` and ``--ping=async`` measure commands that run there. The controls: ``--unfair``, what
a window asks for is done at once, however much it is, and all windows share one queue;
``--unbounded``, the engine is handed everything, whether the page takes it or not.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections import deque

from floods import memory
from millennium import App, AppHandle, Channel, Event
from millennium.ipc.flow import Flow
from millennium.ipc.turns import Lane, Work
from millennium.ipc.workers import Share, Workers

KINDS = (
    "inline",
    "pool",
    "async",
    "large",
    "host-events",
    "page-events",
    "paused",
    "hung",
    "slow",
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
SLOW_SECONDS = 0.1
LARGE = "x" * 4000
BURSTS = {"page-events": 100, "hung": 100, "paused": 10}
"""Flood → events that Python sends at once; a page that pauses can be told all that it missed."""

app = App()
served: list[int] = [0]
told: list[dict[str, int]] = []
emitting = threading.Event()


@app.command(inline=True)
def kinds() -> list[str]:
    """Return the floods to try, in order."""
    return [word for word in sys.argv[1:] if not word.startswith("-")] or list(KINDS)


@app.command(inline=True)
def ping_name() -> str:
    """Return the command that the calm window measures."""
    words = [word.removeprefix("--ping=") for word in sys.argv if word.startswith("--ping=")]
    return f"ping_{words[0]}" if words else "ping"


@app.command(inline=True)
def ping(number: int) -> int:
    """Answer at once."""
    return number


@app.command
def ping_pool(number: int) -> int:
    """Answer from the pool."""
    return number


@app.command
async def ping_async(number: int) -> int:
    """Answer from the loop."""
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
def slow() -> None:
    """Keep a worker."""
    served[0] += 1
    time.sleep(SLOW_SECONDS)


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
    app.emit("floods:start", kind, to="flood")
    if kind in BURSTS:
        emitting.set()
        threading.Thread(
            target=emit, args=(BURSTS[kind], LARGE if kind == "hung" else PAYLOAD), daemon=True
        ).start()


@app.command(inline=True)
def stop() -> dict[str, float]:
    """End it and tell how much was served, and how much memory it took."""
    emitting.clear()
    grown = memory.end()
    app.emit("floods:stop", to="flood")
    return {"done": served[0], **grown}


@app.command(inline=True)
def tell(count: int, ordered: bool, dropped: int) -> None:
    """Take what the flooded page was told of, when it is told that the flood ended."""
    told.append({"count": count, "ordered": ordered, "dropped": dropped, "sent": served[0]})


@app.command(inline=True)
def taken() -> list[dict[str, int]]:
    """Return what the flooded page was told of, a flood each."""
    return told


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


def emit(burst: int, text: str) -> None:
    """Send the flooding page more events than it can take."""
    while emitting.is_set() and not memory.is_enough():
        for _ in range(burst):
            app.emit(PAGE_EVENT, [served[0], text], to="flood")
            served[0] += 1
        time.sleep(0.0005)


app.listen("floods:host", hear)


def take_all(self: Lane, work: Work, *, chars: int = 0) -> None:
    """Do all of it at once."""
    deque(work, maxlen=0)


_shares: dict[Workers, Share] = {}


def one_share(self: Workers) -> Share:
    """Have all windows share one queue."""
    return _shares.setdefault(self, Share(self))


if __name__ == "__main__":
    if "--unfair" in sys.argv:
        Lane.take = take_all  # type: ignore[method-assign]
        Workers.share = one_share  # type: ignore[method-assign]
    if "--unbounded" in sys.argv:
        Flow.is_open = property(lambda flow: True)  # type: ignore[assignment, method-assign]
    app.run()
