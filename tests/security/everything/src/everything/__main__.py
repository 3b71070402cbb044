"""Opens one window that tries everything, and prints what came of it.

With the word ``unchecked`` it offers everything, and opens every file.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from everything import site, unchecked
from millennium import App, AppHandle, Channel
from millennium import window as window_module
from millennium.config.window import WindowConfig

SECRET = "a secret outside the scope"
POLLUTION = {
    "__proto__": {"polluted": "by __proto__"},
    "constructor": {"prototype": {"polluted": "by constructor"}},
}
NAMES_OF_FILES = ("*", "**", "[a-z]", "?", "{a,b}", "!x", "a..b", "z")

app = App()
moved: list[str] = []


@app.command
def echo(value: object) -> object:
    return value


@app.command
def number(value: int) -> int:
    return value


@app.command
def fail(text: str) -> None:
    raise ValueError(text)


@app.command
def address() -> str:
    return str(ADDRESS)


@app.command
def referrers() -> dict[str, str]:
    return site.referrers


@app.command
def moves() -> list[str]:
    return moved


@app.command
def pollute(to: Channel[object]) -> object:
    """Send what would pollute by channel, by event and as a result."""
    app.emit("everything:pollution", POLLUTION)
    to.send_nowait(POLLUTION)
    return POLLUTION


@app.command
def report(result: dict[str, object]) -> None:
    outside = (Path.home() / "secret.txt").read_text(encoding="utf-8")
    variables = {"XDG_RUNTIME_DIR": os.environ.get("XDG_RUNTIME_DIR", "")}
    print(json.dumps({**result, "outside": outside, "variables": variables}), flush=True)
    app.handle.exit(0)


def make_files() -> None:
    """Make a folder that is allowed, a file that is not, and links from one to the other."""
    allowed = Path.home() / "allowed"
    (allowed / "deep").mkdir(parents=True, exist_ok=True)
    (Path.home() / "secret.txt").write_text(SECRET, encoding="utf-8")
    for name in (*NAMES_OF_FILES, "ok.txt", ".hidden", "deep/ok.txt"):
        (allowed / name).write_text("allowed", encoding="utf-8")
    for name, target in {"link": "../secret.txt", "folder": "..", "loop": "."}.items():
        link = allowed / name
        link.unlink(missing_ok=True)
        link.symlink_to(target)


def watch_moves() -> None:
    """Remember who moves the window."""
    for name in ("start_dragging", "set_position"):
        original = getattr(window_module.Window, name)

        def told(*arguments: object, _name: str = name, _original: object = original) -> object:
            moved.append(_name)
            return _original(*arguments)  # type: ignore[operator]  # a method

        setattr(window_module.Window, name, told)


@app.setup
def begin(handle: AppHandle) -> None:
    handle.create_window(WindowConfig(label="main", width=320, height=240))


if __name__ == "__main__":
    make_files()
    watch_moves()
    if "unchecked" in sys.argv:
        unchecked.offer_everything(app)
        unchecked.open_the_scope()
    ADDRESS = site.start()
    app.run()
