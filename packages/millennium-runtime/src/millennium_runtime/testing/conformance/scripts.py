"""The few things the suite asks of a page, as scripts: calls into ``page.js``.

A runtime without JavaScript reads them back with `parse`, see
`millennium_runtime.testing.conformance.scripted_page`.
"""

from __future__ import annotations

import functools
import json
from dataclasses import asdict, dataclass, field
from importlib.resources import files
from typing import Literal

from millennium_runtime.webview import InitScript, World

__all__ = [
    "HANDLER",
    "ORIGIN",
    "PRIVATE_WORLD",
    "Action",
    "init_scripts",
    "library",
    "parse",
]

ORIGIN = "millennium://localhost"
HANDLER = "conformance"
PRIVATE_WORLD = "conformance-private-world"
_HEAD, _TAIL = "__conformance.run(", ");"


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One thing a page does.

    Attributes:
        do: "record" adds `text` to the trace of its world; "report" sends the trace to the site;
            "look" records "visible" or "hidden": can this world see the message handler?; "send"
            posts `text` from the private world, records "answered …" or "refused …" and reports;
            "fetch" records "STATUS X-CHECK BODY" or "failed" and reports; "navigate" leaves for
            `url` as a script would; "follow" does as a link the user clicked; "open" asks for a
            pop-up.
        number: Of the report that follows.
    """

    do: Literal["record", "report", "look", "send", "fetch", "navigate", "follow", "open"]
    text: str = ""
    number: str = ""
    url: str = ""
    method: str = "GET"
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""

    def script(self) -> str:
        """Write it as JavaScript."""
        return _HEAD + json.dumps({**asdict(self), "handler": HANDLER}) + _TAIL


@functools.cache
def library() -> str:
    """Return ``page.js``, which must be in a world before any other script here."""
    return files("millennium_runtime.testing.conformance").joinpath("page.js").read_text("utf-8")


def init_scripts() -> tuple[InitScript, ...]:
    """Return the library for both worlds of the suite's own site."""
    source = library()
    return tuple(InitScript(source=source, world=world, origins=(ORIGIN,)) for world in World)


def parse(script: str) -> Action | None:
    """Read an action back from its script; None for any other script."""
    if not (script.startswith(_HEAD) and script.endswith(_TAIL)):
        return None
    fields = json.loads(script[len(_HEAD) : -len(_TAIL)])
    del fields["handler"]
    return Action(**fields)
