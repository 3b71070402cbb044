"""The benchmark as a Millennium app, with the default security on."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from recorder import Recorder, config

from millennium import App, AppHandle, Channel
from millennium.config.window import WindowConfig
from millennium.context import Context

MODE = os.environ.get("BENCH_MODE", "inline")
SECURITY = os.environ.get("BENCH_SECURITY", "")
HOOK = "window.__MILLENNIUM_ISOLATION_HOOK__ = (call) => call;"


def secured() -> Context:
    """Return the context of this app with one more protection on: BENCH_SECURITY says which."""
    plain = Context.development(Path(__file__).parent)
    security = msgspec.structs.replace(
        plain.config.security,
        handles="call" if SECURITY == "call" else "session",
        sealed_commands=SECURITY == "sealed",
    )
    config = msgspec.structs.replace(plain.config, security=security)
    return replace(plain, config=config, hooks=(HOOK,) if SECURITY == "isolation" else ())


app = App(context=secured()) if SECURITY else App()
recorder = Recorder()


def noop(n: int) -> dict[str, int]:
    """Echo."""
    return recorder.noop(n)


async def noop_async(n: int) -> dict[str, int]:
    """Echo from the asyncio loop."""
    return recorder.noop(n)


answer: Callable[[int], object] = noop_async if MODE == "async" else noop
app.command(name="noop", inline=MODE == "inline", sealed=SECURITY == "sealed")(answer)


@app.command(inline=True)
def mark(what: str) -> int:
    """Run one of the recorder's marks."""
    return {"first": recorder.first, "start": recorder.start, "end": recorder.end}[what]()


@app.command(inline=True)
def settings() -> dict[str, Any]:
    """Return what to measure."""
    return config()


@app.command(inline=True)
def report(report: dict[str, Any]) -> int:
    """Print what the page measured."""
    recorder.print(report)
    return 1


@app.command
def leave(handle: AppHandle) -> None:
    """End."""
    handle.exit(0)


@app.command(inline=True)
def upload(data: bytes) -> int:
    """Take bytes."""
    return len(data)


@app.command(inline=True)
def download(n: int) -> bytes:
    """Give bytes."""
    return recorder.blob(n)


@app.command
def burst(handle: AppHandle, n: int) -> int:
    """Emit many events, one by one."""
    for i in range(n):
        handle.emit("tick", {"id": i, "event": "tick", "payload": "x" * 64})
    return n


@app.command
async def stream(n: int, to: Channel[dict[str, Any]]) -> int:
    """Send many channel items."""
    for i in range(n):
        await to.send({"id": i, "payload": "x" * 64})
    return n


@app.setup
def more_windows(handle: AppHandle) -> None:
    """Open further, quiet windows for the memory figure."""
    for i in range(int(os.environ.get("BENCH_WINDOWS", "1")) - 1):
        handle.create_window(WindowConfig(label=f"extra-{i}", url="quiet.html"))


if __name__ == "__main__":
    app.run()
