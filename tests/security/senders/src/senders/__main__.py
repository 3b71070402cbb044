"""Prints who sent what as JSON: what Python heard, what the hearing page heard, what was refused."""

from __future__ import annotations

import json

from millennium import App, Event

SENDERS = ("poor", "rich", "remote")

app = App()
heard: list[list[object]] = []
refused: dict[str, dict[str, str]] = {}
ready: set[str] = set()


@app.command(inline=True)
def hears() -> None:
    """Note that the hearing page listens; the others may send."""
    app.emit("senders:go", "go")
    ready.add("hearer")


@app.command(inline=True)
def may_send() -> bool:
    """Whether the hearing page listens."""
    return "hearer" in ready


@app.command(inline=True)
def said(label: str, outcomes: dict[str, str]) -> None:
    """Take what became of a page's attempts; after the last, ask what the other heard."""
    refused[label] = outcomes
    if refused.keys() == set(SENDERS):
        app.emit("senders:end", to="hearer")


@app.command(inline=True)
def report(events: list[list[object]]) -> None:
    """Print it all."""
    print(json.dumps({"python": heard, "page": events, "outcomes": refused}), flush=True)
    app.handle.exit(0)


def hear(event: Event) -> None:
    """Take an event of a page."""
    heard.append([event.payload, event.source, event.origin])


app.listen("senders:hello", hear)

if __name__ == "__main__":
    app.run()
