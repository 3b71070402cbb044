"""Opens one window after the other; each page asks for every command and tells what came of it.

Prints JSON, or writes it to the file that `DENIALS_REPORT` names: label → command → "passed",
or the code of the refusal, or "no bridge". ``--all`` is the control: allowlist all, no capability.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

from msgspec import structs

from millennium import App, AppHandle
from millennium.assets.protocol import AssetProtocol
from millennium.config.window import WindowConfig
from millennium.context import find_context
from millennium.plugin import Plugin
from millennium.security.allowlist import VERIFY, Allowlist
from millennium_runtime.request import Request, Response

ELSEWHERE = "millennium://elsewhere.localhost/ask.html"
WINDOWS = {
    "main": "ask.html",
    "editor-1": "ask.html",
    "editor-10": "ask.html",
    "remote": ELSEWHERE,
    "remote-home": "ask.html",
    "stranger": ELSEWHERE,
    "alone": "ask.html",
}
"""Label → its page."""

ISOLATED = "alone"
REPORT = "DENIALS_REPORT"
PASSED = "command.bad_args"
UNKNOWN = ("nothing", "window.nothing", "shell.execute", "weather:nothing", "__class__", VERIFY)


class Weather(Plugin):
    """Commands that come from a plug-in."""

    name = "weather"

    def commands(self) -> Iterable[Callable[..., object]]:
        """Return one that a capability names, and one that all deny."""
        return (today, secret)


def today() -> str:
    """Return the weather."""
    return "rain"


def secret() -> str:
    """Return what nobody may know."""
    return "sun"


def make_app() -> App:
    """Return the app; as the control, everything is allowed."""
    if "--all" not in sys.argv:
        return App()
    context = find_context()
    config = structs.replace(context.config, allowlist=Allowlist(all=True))
    return App(context=replace(context, config=config, capabilities=()))


app = make_app()
app.plugin(Weather())
results: dict[str, dict[str, str]] = {}
waiting: Iterator[str] = iter(WINDOWS)
live: list[str] = []


@app.command
def plain() -> None:
    """Do nothing."""


@app.command(inline=True)
def forbidden() -> None:
    """Do nothing that anybody may have done."""


@app.command
async def named() -> None:
    """Do nothing, for those that name it."""


def names() -> list[str]:
    """Return the names of all commands there are, could be, or never will be."""
    own = app.collected.registry.names()
    return sorted({*own, *Allowlist(all=True).commands(), *UNKNOWN})


def serve(self: AssetProtocol, request: Request) -> Response:
    """Serve the names and take reports, beside the assets."""
    path, _, said = request.uri.partition("?")
    if path.endswith("/names.json"):
        return Response(status=200, headers=JSON, body=json.dumps(names()).encode())
    if path.endswith("/told"):
        take(request.window, json.loads(unquote(said)))
        return Response(status=204)
    return original(self, request)


def take(label: str, said: dict[str, str]) -> None:
    """Note what a page was answered, and go on to the next."""
    results[label] = {name: "passed" if code == PASSED else code for name, code in said.items()}
    app.handle.post(lambda: go_on(app.handle))


def go_on(handle: AppHandle) -> None:
    """Open the next window and close the last; after all of them, report."""
    label = next(waiting, "")
    if not label:
        finish(handle)
        return
    config = WindowConfig(
        label=label, url=WINDOWS[label], width=320, height=240, isolated_origin=label == ISOLATED
    )
    handle.create_window(config)
    if live:
        handle.window(live.pop()).destroy()
    live.append(label)


def finish(handle: AppHandle) -> None:
    """Write the report in one step, and leave."""
    text = json.dumps(results)
    file = os.environ.get(REPORT)
    if file is None:
        print(text, flush=True)
    else:
        Path(f"{file}.part").write_text(text)
        Path(f"{file}.part").replace(file)
    handle.exit(0)


JSON = (("content-type", "application/json"),)
original = AssetProtocol.serve
AssetProtocol.serve = serve  # type: ignore[method-assign]
app.setup(go_on)

if __name__ == "__main__":
    app.run()
