"""Events that pages send; what they listen to never leaves the page.

A page reaches the app and itself with `emit`; other windows only with `emit_to`, a permission of
its own. Names of the framework (``millennium:…``) are refused.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from millennium.api.table import Endpoint
from millennium.event import Sender, require_page_name
from millennium.event_bus import EventBus
from millennium_runtime.window import MAX_LABEL_CHARS

Label = Annotated[str, Meta(max_length=MAX_LABEL_CHARS)]


def emit(events: EventBus, sender: Sender, name: str, payload: object = None) -> None:
    """Send an event to the app's listeners and to the page itself."""
    events.send(require_page_name(name), payload, sender=sender)


def emit_to(
    events: EventBus, sender: Sender, target: Label, name: str, payload: object = None
) -> None:
    """Send an event to another window; a label without a window reaches nobody."""
    events.send(require_page_name(name), payload, sender=sender, to=target)


COMMANDS = (
    Endpoint(name="event.emit", function=emit, inline=True),
    Endpoint(name="event.emit_to", function=emit_to, inline=True),
)
