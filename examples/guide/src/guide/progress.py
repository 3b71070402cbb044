"""Progress through a channel."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

from guide.app import app
from millennium import Channel


# --8<-- [start:async]
@dataclass(frozen=True)
class Progress:
    """How far it is."""

    done: int
    total: int


@app.command
async def convert(files: int, progress: Channel[Progress]) -> str:
    """Convert files, telling how far it is."""
    for done in range(1, files + 1):
        await asyncio.sleep(0.001)  # the work
        await progress.send(Progress(done, files))
    return f"{files} files converted"


# --8<-- [end:async]
# --8<-- [start:pool]
@app.command
def measure(times: int, readings: Channel[float]) -> None:
    """Measure on a thread of the pool."""
    for _ in range(times):
        readings.send_blocking(time.monotonic())


# --8<-- [end:pool]
