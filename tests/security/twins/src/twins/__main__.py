"""Two windows of one app, and one apart: code in each private world uses what is the first one's.

Prints what became of each try: row → label → what was said.
"""

from __future__ import annotations

import json
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from millennium import App, Channel
from millennium_runtime.webview import World
from twins import secrets_of

FIRST, SECOND, APART = "a", "b", "apart"
API = "globalThis.__MILLENNIUM_INTERNALS__"

app = App()
results: defaultdict[str, dict[str, object]] = defaultdict(dict)
kept: dict[str, Channel[int]] = {}
picked = Path(tempfile.mkdtemp()) / "picked.txt"
here: set[str] = set()


@app.command(inline=True)
def inline(value: int) -> int:
    return value


@app.command
def size(data: bytes) -> int:
    return len(data)


@app.command
def keep(to: Channel[int]) -> None:
    """Keep the first window's channel."""
    kept[FIRST] = to


def steps() -> Iterator[tuple[str, str]]:
    """Try one thing after the other; each yields its row and the window that answers."""
    secrets_of.drop(FIRST, picked)
    for row, script in PREPARATIONS:
        yield in_page(row, FIRST, script)
    for label in (SECOND, FIRST):
        yield in_page("grant", label, f"{API}.invoke('fs.read_text', {{path: {str(picked)!r}}})")
        own, handle = secrets_of.token(label), secrets_of.handle(label)
        yield post("token", label, f'{secrets_of.token(FIRST)} [[800,"{handle}",{{"value":7}}]]')
        yield post("handle", label, f'{own} [[801,"{secrets_of.handle(FIRST)}",{{"value":7}}]]')
        yield fetch("upload", label, secrets_of.upload_ticket(FIRST), "POST")
        yield fetch("download", label, secrets_of.download_ticket(FIRST), "GET")
        close = f'[{channel_number()},"",["close"]]'
        yield post(
            "close", label, f'{secrets_of.token(label)} [{close},[802,"{handle}",{{"value":7}}]]'
        )
        results["channel"][label] = kept[FIRST].is_closed
        names = secrets_of.names[FIRST]
        yield in_private("sink", label, f"typeof globalThis[{names.sink!r}]")
        yield in_private("handler", label, f"typeof webkit.messageHandlers[{names.handler!r}]")
    yield in_page("post", FIRST, "new BroadcastChannel('twins').postMessage('hi')")
    for label in (SECOND, APART):
        yield in_page("storage", label, SHARED_STORAGE)
        yield in_page("broadcast", label, HEARD)
        yield in_page("named", label, "window.open('', 'twin-a')")


SHARED_STORAGE = """new Promise((done) => {
    const look = (tries) => {
        const found = localStorage.getItem("twins");
        if (found || !tries) done(found); else setTimeout(look, 50, tries - 1);
    };
    look(40);
})"""
"""What another window stored comes from its process, in its time."""

HEARD = """(async () => {
    for (let tries = 40; tries && !heard.length; tries -= 1)
        await new Promise(done => setTimeout(done, 50));
    return heard.join();
})()"""
"""What another window calls out comes in its time, too."""

PREPARATIONS = (
    ("kept", f"{API}.invoke('keep', {{to: {API}.channel(() => {{}})}})"),
    ("stored", "localStorage.setItem('twins', 'a'), window.name = 'twin-a'"),
)


def channel_number() -> int:
    """Return the number of the first window's channel."""
    return kept[FIRST]._number


def in_page(row: str, label: str, expression: str) -> tuple[str, str]:
    """Have a window's page evaluate something."""
    evaluate(row, label, expression, World.PAGE)
    return row, label


def in_private(row: str, label: str, expression: str) -> tuple[str, str]:
    """Have a window's private world evaluate something."""
    evaluate(row, label, expression, World.PRIVATE)
    return row, label


def post(row: str, label: str, text: str) -> tuple[str, str]:
    """Post a message from a window's private world; what is answered goes on to its own sink."""
    names = secrets_of.names[label]
    sink = f"globalThis[{names.sink!r}]({secrets_of.number(label)}, text)"
    host = f"webkit.messageHandlers[{names.handler!r}]"
    done = f"text => ({sink}, text.slice(text.lastIndexOf('\\n') + 1))"
    return in_private(row, label, f"{host}.postMessage({json.dumps(text)}).then({done})")


def fetch(row: str, label: str, ticket: str, method: str) -> tuple[str, str]:
    """Use a ticket from a window's page."""
    body = ", body: 'four'" if method == "POST" else ""
    options = f"{{method: {method!r}, headers: {{'x-millennium-ticket': {ticket!r}}}{body}}}"
    return in_page(row, label, f"fetch('/__millennium/ipc/', {options}).then(r => r.status)")


def evaluate(row: str, label: str, expression: str, world: World) -> None:
    tell = f"said => fetch('/told?' + encodeURIComponent(JSON.stringify({{row: {row!r}, said}})))"
    script = f"(async () => ({expression}))().then(v => v ?? null, e => String(e?.code ?? e)).then({tell})"
    window = app.handle.window(label)
    if window is not None:
        window._dispatcher.evaluate(script, world)


def take(label: str, said: str) -> None:
    """Take what a window says, and go on when all are there."""
    told = json.loads(said)
    if told["said"] == "here" and "row" not in told:
        here.add(label)
        if len(here) < 3:
            return
    else:
        results[told["row"]][label] = told["said"]
    app.handle.post(go_on)


def go_on() -> None:
    if next(trying, None) is None:
        print(json.dumps(results), flush=True)
        app.handle.exit(0)


trying = steps()

if __name__ == "__main__":
    picked.write_text("picked", encoding="utf-8")
    secrets_of.watch(take)
    app.run()
