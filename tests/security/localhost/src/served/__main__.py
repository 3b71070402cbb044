"""Shows one page at the loopback address in three windows, and prints what each could do.

``trusted`` has a capability for that very origin, port and all; ``stranger`` has none; ``open`` is
the control: the plug-in's own checks are off.
"""

from __future__ import annotations

import importlib
import json
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import msgspec

from millennium import App, AppHandle
from millennium.config.window import WindowConfig
from millennium.context import Context
from millennium.plugins.localhost import Localhost
from millennium.security.capability import Capability
from millennium_runtime.request import Response

localhost: Any = importlib.import_module("millennium.plugins.localhost")
POLICY = "content-security-policy"
LABELS = ("trusted", "stranger", "open")


def free_port() -> int:
    """Return a port that nobody has; the plug-in takes it a moment later."""
    with socket.socket() as probe:  # noqa: TID251 - it only asks for a number
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


PORT = free_port()
ORIGIN = f"http://127.0.0.1:{PORT}"
results: dict[str, object] = {}
waiting: Iterator[str] = iter(LABELS)


def context() -> Context:
    """Return the app's context with the port, which is only known now."""
    found = Context.development(Path(__file__).parents[2])
    security = msgspec.structs.replace(found.config.security, navigation=(ORIGIN,))
    config = msgspec.structs.replace(
        found.config, plugins={"localhost": {"port": PORT}}, security=security
    )
    rights = (
        Capability(windows=("trusted",), permissions=("app:echo",), remote=(ORIGIN,)),
        Capability(windows=("stranger", "open"), permissions=("app:*",)),
    )
    return replace(found, config=config, capabilities=rights, mode="release", root=None)


def listen() -> None:
    """Hear what pages say that have no bridge, and leave the open window's requests unchecked."""
    serve = Localhost._answer
    refused = localhost._refused

    def answer(self: Localhost, protocol: Any, head: Any) -> Response:
        label, _, said = head.target.removeprefix("/told/").partition("?")
        if label in LABELS:
            results[label] = json.loads(unquote(said))
            app.handle.post(go_on)
        response = serve(self, protocol, head)
        if label != "open" and current[0] != "open":
            return response
        return replace(response, headers=tuple(h for h in response.headers if h[0] != POLICY))

    def check(headers: Any, origin: str) -> int:
        return 0 if current[0] == "open" else refused(headers, origin)

    Localhost._answer = answer  # type: ignore[method-assign]
    localhost._refused = check


current = [""]
app = App(context=context())
app.plugin(Localhost())


@app.command
def echo(value: str) -> str:
    """Prove that a page may call."""
    return value


def go_on() -> None:
    current[0] = next(waiting, "")
    if not current[0]:
        print(json.dumps(results), flush=True)
        app.handle.exit(0)
        return
    url = f"{ORIGIN}/index.html#{current[0]}"
    app.handle.create_window(WindowConfig(label=current[0], url=url, width=320, height=240))


@app.setup
def begin(_handle: AppHandle) -> None:
    go_on()


if __name__ == "__main__":
    listen()
    app.run()
