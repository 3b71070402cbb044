"""Opens its windows one after the other; each page tries to get round the isolation frame.

A window named ``forged`` lacks what notices another document in the frame, ``forged-open`` the
gate's check of the envelope, too; in ``kept`` the script with the key stays: the controls.
"""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

from millennium import App, AppHandle, Window
from millennium.assets.protocol import AssetProtocol
from millennium.config.window import WindowConfig
from millennium.ipc.bridge import Bridge
from millennium.ipc.gate import Standing, Verdict
from millennium.ipc.wire import Batch
from millennium_runtime.request import Request, Response
from millennium_runtime.webview import InitScript, MessageSource

bridge: Any = importlib.import_module("millennium.ipc.bridge")
isolation: Any = importlib.import_module("millennium.ipc.isolation")

PAGES = ("calls", "beside", "early", "poisoned", "hidden", "moved", "claimed", "away", "gone")
REWRITTEN = ("rootless", "opened")
WINDOWS = (*PAGES, *REWRITTEN, "forged", "forged-open", "kept")
REMOVAL = "document.currentScript.remove();"
NOTICE = "if(event.target===frame&&loads++)die()"
app = App()
results: dict[str, object] = {}
waiting: Iterator[str] = iter(())


@app.command(inline=True)
def echo(text: str) -> str:
    return text


@app.command
def shout(text: str) -> str:
    return text.upper()


@app.command
def measure(data: bytes, note: str = "") -> int:
    return len(data)


@app.command(inline=True)
def report(window: Window, result: dict[str, object]) -> None:
    go_on(window.label, result)


def go_on(label: str, result: object) -> None:
    results[label] = result
    app.handle.post(lambda: open_next(app.handle.window(label)))


def open_next(window: Window | None) -> None:
    label = next(waiting, "")
    if not label:
        print(json.dumps(results), flush=True)
        app.handle.exit(0)
        return
    page = label.removesuffix("-open")
    app.handle.create_window(WindowConfig(label=label, url=f"{page}.html"))
    if window is not None:
        window.destroy()


@app.setup
def begin(_handle: AppHandle) -> None:
    open_next(None)


def without(script: str, part: str) -> str:
    if script.count(part) != 1:
        message = f"the script has changed: {part!r} is not in it once"
        raise LookupError(message)
    return script.replace(part, "")


def listen() -> None:
    """Take what pages say that can call no longer."""
    serve = AssetProtocol.serve

    def listening(self: AssetProtocol, request: Request) -> Response:
        _, _, said = request.uri.partition("/told?")
        if said:
            go_on(request.window, json.loads(unquote(said)))
        response = serve(self, request)
        if "/evil." not in request.uri:
            return response
        kept = (pair for pair in response.headers if pair[0] != "content-security-policy")
        return replace(response, headers=tuple(kept))  # by default no page may be framed

    AssetProtocol.serve = listening  # type: ignore[method-assign]


def weaken() -> None:
    """Take what notices a forged frame, and the gate's check, from the windows named for it."""
    scripts, admit, render = Bridge.init_scripts, bridge.admit, isolation.render_frame

    def blind(self: Bridge, origins: tuple[str, ...]) -> tuple[InitScript, ...]:
        found = scripts(self, origins)
        if not self.label.startswith("forged"):
            return found
        return (replace(found[0], source=without(found[0].source, NOTICE)), *found[1:])

    def lenient(batch: Batch, source: MessageSource, standing: Standing) -> list[Verdict]:
        if standing.label == "forged-open" and bytes(batch.items[0][2]).startswith(b"{"):
            standing = replace(standing, frame=None)
        verdicts: list[Verdict] = admit(batch, source, standing)
        return verdicts

    def keep(values: Mapping[str, object]) -> str:
        script: str = render(values)
        return without(script, REMOVAL) if "\nkept\n" in str(values["PLACE"]) else script

    Bridge.init_scripts = blind  # type: ignore[method-assign]
    bridge.admit = lenient
    isolation.render_frame = keep


if __name__ == "__main__":
    waiting = iter([word for word in sys.argv[1:] if not word.startswith("-")] or WINDOWS)
    listen()
    weaken()
    app.run()
