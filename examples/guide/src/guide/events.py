"""Events, both ways."""

from __future__ import annotations

from guide.app import app
from millennium import AppHandle, Event, Window


# --8<-- [start:emit]
@app.command
def rename(handle: AppHandle, name: str) -> None:
    """Rename something and tell every window."""
    handle.emit("guide:renamed", {"name": name})


@app.command
def whisper(window: Window, words: str) -> None:
    """Answer only the window that asked."""
    window.emit("guide:whispered", words)


# --8<-- [end:emit]
# --8<-- [start:listen]
seen: list[object] = []


def on_seen(event: Event) -> None:
    """Remember what a page has seen."""
    seen.append((event.source, event.payload))


app.listen("guide:seen", on_seen)
# --8<-- [end:listen]
