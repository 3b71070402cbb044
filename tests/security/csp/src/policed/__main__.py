"""Opens one window after the other, lets its page attack, and prints what was found out.

Labels that follow are the windows to open; without any, all of them.
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator

from millennium import App, AppHandle, Window
from millennium.config.window import WindowConfig
from policed import listener, policies

ATTACKED = ("guarded", "second", "apart", "elements", "talkative", "open")
MISSING = ("missing", "open-missing")
PAGES = {
    **dict.fromkeys(ATTACKED, "attack.html"),
    **dict.fromkeys(("blob-workers", "child-workers", "wasm"), "attack.html"),
    "own-frames": "framing.html",
    "no-frames": "framing.html",
    "answers": "answers.html",
    "nonce": "nonce.html",
    **dict.fromkeys(MISSING, "missing.html"),
}
"""Label → its page; a missing one is an error page."""

TRY_ON_AN_ERROR_PAGE = """
const ran = {}; globalThis.mark = (name) => { ran[name] = true; };
try { (0, eval)("mark('eval')"); } catch { ran.refused = true; }
const script = document.createElement("script");
script.textContent = "mark('inline script')";
document.documentElement.append(script);
globalThis.__MILLENNIUM_INTERNALS__.invoke("report", { result: { ran, text: document.body.innerText } });
"""
EVERY_SECONDS = 0.2

app = App()
results: dict[str, object] = {}
waiting: Iterator[str] = iter(())
elsewhere = listener.listen()


@app.command
def where() -> str:
    """Return the origin of somebody else."""
    return elsewhere


@app.command
def doorbell(window: Window) -> str:
    """Return the origin of somebody else who only hears that a window is there."""
    return listener.listen_for_connections(window.label)


@app.command
def report(window: Window, result: dict[str, object]) -> None:
    """Take what a page found out; an error page may say it twice."""
    if window.label not in results:
        results[window.label] = result | {"told": listener.told_by(window.label)}
        app.handle.post(lambda: go_on(window))


def go_on(window: Window | None) -> None:
    label = next(waiting, "")
    if not label:
        print(json.dumps(results), flush=True)
        app.handle.exit(0)
        return
    config = WindowConfig(
        label=label, url=PAGES[label], width=320, height=240, isolated_origin=label == "apart"
    )
    made = app.handle.create_window(config)
    if label in MISSING:
        ask(made)
    if window is not None and window.label != "guarded":  # one stays: a second window is second
        window.destroy()


def ask(window: Window) -> None:
    """Have an error page, which has no script of its own, try something until it has said what."""

    def again() -> None:
        if window.label not in results:
            app.handle.post(lambda: window.dangerous_evaluate(TRY_ON_AN_ERROR_PAGE))
            ask(window)

    threading.Timer(EVERY_SECONDS, again).start()


@app.setup
def begin(_handle: AppHandle) -> None:
    go_on(None)


if __name__ == "__main__":
    waiting = iter([word for word in sys.argv[1:] if not word.startswith("-")] or PAGES)
    policies.serve_variants()
    policies.let_links_tell()
    policies.let_all_windows_go_to(elsewhere)
    app.run()
