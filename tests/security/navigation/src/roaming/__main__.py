"""Opens one window after the other; each goes where it may, and tries to go where it may not."""

from __future__ import annotations

import json
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Timer

from msgspec.structs import replace as changed

from millennium import App, AppHandle, Channel, Window
from millennium.config.window import WindowConfig
from millennium.context import Context
from roaming import controls, sites

PAGES = {
    "guarded": "ways",
    "roaming": "ways",
    "unguarded": "ways",
    "history": "history",
    "framing": "framing",
    "provisional": "before",
    "provisional-trusting": "before",
    "flight": "flight",
    "flight-mixed": "flight",
    "cached": "cached",
    "cached-on": "cached",
}
"""Label → its page."""

APP_SECONDS = 0.3
PROJECT = Path(__file__).parents[2]
results: dict[str, object] = {}
reports: defaultdict[str, list[object]] = defaultdict(list)
waiting: Iterator[str] = iter(())


def hear(said: str) -> None:
    """Take what a foreign page says."""
    told = json.loads(said)
    label = str(told.pop("label"))
    reports[label].append(told)
    if told == {"is": "ready"}:
        Timer(APP_SECONDS, lambda: app.handle.post(lambda: go_home(label))).start()


def go_home(label: str) -> None:
    """Take a window to a document that is slow to come."""
    window = app.handle.window(label)
    if window is not None:
        window.navigate("millennium://localhost/open/slow.html")


allowed, other = sites.start(hear)


def make_context() -> Context:
    """Return the project's context, with the one web origin that windows may go to."""
    context = Context.development(PROJECT)
    security = changed(context.config.security, navigation=(allowed,))
    return replace(context, config=changed(context.config, security=security))


app = App(context=make_context())


@app.command(inline=True)
def inline(value: int) -> int:
    return value


@app.command
def slow(value: str) -> str:
    time.sleep(1)
    return value


@app.command
def stream(to: Channel[str], value: str) -> str:
    for _ in range(10):
        time.sleep(0.05)
        to.send_blocking(value)
    return value


@app.command(inline=True)
def plan(window: Window) -> dict[str, str]:
    """Tell a page where it is to go, and all secrets that a name can be."""
    known = controls.names[window.label]
    return {
        "label": window.label,
        "foreign": allowed if window.label != "guarded" else other,
        "other": other,
        "hello": known.hello,
        "handler": known.handler,
        "sink": known.sink,
    }


@app.command(inline=True)
def note(window: Window, what: dict[str, object]) -> None:
    reports[window.label].append(what)


def take(label: str, said: str) -> None:
    """Take what the last page of a window says, and open the next."""
    results[label] = {
        "said": json.loads(said),
        "reports": reports[label],
        "arrived": sites.arrived[:],
        "loads": controls.loads[label],
        "greeted": controls.greeted[label],
        "heard": controls.heard[label],
    }
    sites.arrived.clear()
    app.handle.post(lambda: go_on(app.handle.window(label)))


def go_on(window: Window | None) -> None:
    label = next(waiting, "")
    if not label:
        text = json.dumps(results).replace(allowed, "http://allowed").replace(other, "http://other")
        print(text, flush=True)
        app.handle.exit(0)
        return
    url = f"open/{PAGES[label]}.html"
    app.handle.create_window(WindowConfig(label=label, url=url, width=320, height=240))
    if window is not None:
        window.destroy()


@app.setup
def begin(_handle: AppHandle) -> None:
    go_on(None)


if __name__ == "__main__":
    waiting = iter([word for word in sys.argv[1:] if not word.startswith("-")] or PAGES)
    controls.prepare(take)
    app.run()
