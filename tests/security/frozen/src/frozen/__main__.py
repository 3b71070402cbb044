"""Lets its page plant into prototypes; with the word ``soft`` nothing is frozen: the control."""

from __future__ import annotations

import importlib
import json
import sys
from typing import Any

from millennium import App, Channel

factory: Any = importlib.import_module("millennium.window_factory")
app = App()


@app.command(inline=True)
def echo(text: str) -> str:
    return text


@app.command
def count(to: Channel[int]) -> None:
    to.send_blocking(1)


@app.command
def size(data: bytes) -> int:
    return len(data)


@app.command(inline=True)
def report(result: dict[str, object]) -> None:
    print(json.dumps(result), flush=True)
    app.handle.exit(0)


if __name__ == "__main__":
    if "soft" in sys.argv:
        factory.FREEZE_PROTOTYPE = "0"
    app.run()
