"""Opens a window whose page and private world say anything at all, then asks whether it answers.

Words: a seed, how many rounds, and ``planted`` for a bridge that ends the process when a message
of the private world has a rare form: the control. A window beside it, which says nothing until the
end, must answer too.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import threading

from millennium import App, AppHandle, Channel, CommandError, Request, Window
from millennium.config.window import WindowConfig
from millennium.ipc.bridge import Bridge
from millennium_runtime.webview import InitScript, MessageSource, Reply, World

ROOT = importlib.import_module("live").__path__[0]
SECONDS = 85
DIED = 77
RARE = "__proto__"

app = App()
results: dict[str, object] = {}
raw: dict[str, int] = {"messages": 0, "characters": 0}


@app.command
def echo(value: str) -> str:
    return value


@app.command(inline=True)
def anything(value: object) -> object:
    return value


@app.command
async def numbers(first: int, values: list[float], flag: bool = False) -> float:
    return first + sum(values)


@app.command
def upload(data: bytes, note: str = "") -> int:
    return len(data)


@app.command
def ask(request: Request) -> int:
    return len(request.headers)


@app.command
def stream(to: Channel[object], items: list[object]) -> None:
    for item in items[:100]:
        to.send_nowait(item)


@app.command
def fail(code: str, message: str) -> None:
    raise CommandError(code, message)


@app.command
def settings() -> dict[str, object]:
    """Tell the page what to do."""
    return {"seed": int(sys.argv[1]), "rounds": int(sys.argv[2])}


@app.command
def report(window: Window, result: dict[str, object]) -> None:
    """Take what a page found out; the calm window is asked last."""
    results[window.label] = result
    if window.label == "calm":
        print(json.dumps({**results, "raw": raw}), flush=True)
        app.handle.exit(0)
    else:
        app.handle.post(lambda: open_window("calm"))


def open_window(label: str) -> None:
    app.handle.create_window(WindowConfig(label=label, url=f"{label}.html", width=320, height=240))


def speak_from_the_private_world() -> None:
    """Add a script to the fuzzed window that has the real handler and says anything to it."""
    scripts = Bridge.init_scripts

    def more(self: Bridge, origins: tuple[str, ...]) -> tuple[InitScript, ...]:
        found = scripts(self, origins)
        if self.label != "fuzzed":
            return found
        with open(os.path.join(ROOT, "raw.js"), encoding="utf-8") as file:  # noqa: PTH118, PTH123
            source = file.read().replace("$HANDLER", json.dumps(self.message_handler))
        values = source.replace("$SEED", sys.argv[1]).replace("$ROUNDS", sys.argv[2])
        return (*found, InitScript(source=values, world=World.PRIVATE, origins=origins))

    Bridge.init_scripts = more  # type: ignore[method-assign]


def listen_to_all(*, is_planted: bool) -> None:
    """Count what arrives; with a planted crash, end the process at a rare message."""
    answer = Bridge.on_message

    def hear(self: Bridge, source: MessageSource, text: str, reply: Reply) -> None:
        if self.label == "fuzzed":
            raw["messages"] += 1
            raw["characters"] += len(text)
            if is_planted and RARE in text and "[[" in text:
                os._exit(DIED)
        answer(self, source, text, reply)

    Bridge.on_message = hear  # type: ignore[method-assign]


@app.setup
def begin(_handle: AppHandle) -> None:
    watch = threading.Timer(SECONDS, os._exit, (3,))
    watch.daemon = True
    watch.start()
    open_window("fuzzed")


listen_to_all(is_planted="planted" in sys.argv)
speak_from_the_private_world()
app.run()
