"""Opens a window for each way of handles and keeps every text that crosses the bridge.

In the window ``forged`` the host itself tampers with what the private world sends.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from millennium import App, AppHandle, CommandError, Window
from millennium.config.window import WindowConfig
from millennium.ipc.bridge import Bridge
from millennium_runtime.webview import MessageSource, Reply

bridge: Any = importlib.import_module("millennium.ipc.bridge")

app = App()
results: dict[str, object] = {}
crossed: list[str] = []
waiting: Iterator[str] = iter(())
SEALED = re.compile(r'^(\d+ \S+) \[\[(\d+),"([^"]+)","(\d+)\.([^"]+)"\]\]$')


@app.command(inline=True, sealed=True)
def inline(text: str) -> str:
    return text


@app.command(sealed=True)
def pool(text: str) -> str:
    return text


@app.command(sealed=True)
async def later(text: str) -> str:
    await asyncio.sleep(0)
    return text


@app.command
def plain(text: str) -> str:
    return text


@app.command(sealed=True)
def failing(text: str) -> str:
    raise CommandError("sealed.failing", f"no: {text}")


@app.command(sealed=True)
def repeated(times: int) -> str:
    return "y" * times


@app.command(sealed=True)
def octets() -> object:
    return b"marked-octets"


@app.command(sealed=True)
async def slow() -> None:
    await asyncio.sleep(30)


@app.command
def seen() -> list[str]:
    """Say which marked texts could be read on the way."""
    return sorted(set(re.findall(r"marked-\w+", "\0".join(crossed))))


@app.command
def report(window: Window, result: dict[str, object]) -> None:
    results[window.label] = result
    app.handle.post(lambda: open_next(window))


def open_next(window: Window | None) -> None:
    label = next(waiting, "")
    if not label:
        print(json.dumps(results), flush=True)
        app.handle.exit(0)
        return
    page = "tampered" if label in TAMPER else "calls"
    app.handle.create_window(WindowConfig(label=label, url=f"{page}.html"))
    if window is not None:
        window.destroy()


def clear(text: str) -> str:
    return SEALED.sub(r'\1 [[\2,"\3",{"text":"forged"}]]', text)


def flipped(text: str) -> str:
    found = SEALED.match(text)
    if found is None:
        return text
    body = ("A" if found[5][0] != "A" else "B") + found[5][1:]
    return f'{found[1]} [[{found[2]},"{found[3]}","{found[4]}.{body}"]]'


def stepped_back(text: str) -> str:
    return SEALED.sub(r'\1 [[\2,"\3","0.\5"]]', text)


TAMPER: dict[str, Callable[[str], str]] = {
    "clear": clear,
    "flipped": flipped,
    "stepped": stepped_back,
    "untouched": lambda text: text,
}
"""Label → what happens to its second message with a sealed call on the way to the host."""


def watch() -> None:
    """Keep what crosses the bridge, either way; change what a label says."""
    take, sink_call = Bridge.on_message, bridge.sink_call
    seen: dict[str, int] = {}

    def taking(self: Bridge, source: MessageSource, text: str, reply: Reply) -> None:
        crossed.append(text)
        if SEALED.match(text):
            seen[self.label] = seen.get(self.label, 0) + 1
            if seen[self.label] == 2:
                text = TAMPER.get(self.label, str)(text)
        take(self, source, text, _Noting(reply))

    def calling(names: Any, document: int, message: str) -> str:
        crossed.append(message)
        script: str = sink_call(names, document, message)
        return script

    Bridge.on_message = taking  # type: ignore[method-assign]
    bridge.sink_call = calling


class _Noting:
    """A reply that remembers what it answered."""

    def __init__(self, reply: Reply) -> None:
        self._reply = reply

    def answer(self, text: str) -> None:
        crossed.append(text)
        self._reply.answer(text)

    def refuse(self, text: str) -> None:
        self._reply.refuse(text)


@app.setup
def begin(_handle: AppHandle) -> None:
    open_next(None)


if __name__ == "__main__":
    waiting = iter(("calls", *TAMPER))
    watch()
    app.run()
