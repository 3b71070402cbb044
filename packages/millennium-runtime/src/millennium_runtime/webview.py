"""What a webview owes its window: scripts, one message handler, loads and policies.

Rules every implementation keeps (the conformance suite checks them):

1. Each top-frame document is told as "started", "committed", "finished" (or "failed"), in this
   order. Its serial is one more than the last one's from its commit on.
2. "committed" comes before any message of the new document; a message's source is the committed
   document it came from.
3. Messages arrive in order; their texts and replies may hold any character but NUL. Each is settled
   at most once: a second settlement changes nothing, a late one is fine, and one for a document or
   window that is gone does no harm.
4. The page sees neither the message handler nor anything of the private world, and the private
   world nothing the page put into its own globals.
5. Scripts evaluated in one world run in order. Init scripts run before the document's own, and
   only in the origins they name.
6. When the page leaves, the navigation handler decides; `Dispatcher.navigate` and the first
   document are not asked about. A new window is never opened; its URL is told. So is that of a
   refused navigation, if and only if the user clicked a link: what scripts, frames and forms
   want goes nowhere, and nobody hears of it.
7. When the web process dies, "terminated" is told, and the document is loaded again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Literal, Protocol, TypeAlias


class World(Enum):
    """Which JavaScript world of the top frame a script runs in."""

    PAGE = "page"
    PRIVATE = "private"


@dataclass(frozen=True, slots=True, kw_only=True)
class InitScript:
    """A script run at document start in the top frame, before any script of the page.

    Attributes:
        source: JavaScript text.
        world: The page's world, or the private one which the page cannot see.
        origins: Origins ("millennium://localhost") the script is injected into; no others.
    """

    source: str
    world: World = World.PAGE
    origins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WebviewAttributes:
    """How a webview is made. Everything dangerous is off.

    Attributes:
        url: First document.
        init_scripts: In the order they are injected.
        message_handler: Name of the handler ``webkit.messageHandlers[name]``, registered in the
            private world only; "" means none.
        private_world: Name of the private world; unpredictable.
        user_agent: "" keeps the engine's own.
        devtools: Whether the inspector may be opened.
        incognito: Own, empty, unsaved storage.
        isolated: Own saved storage, apart from the other windows.
        permissions: Kinds the page may be granted ("camera", "geolocation", "microphone",
            "notifications", "clipboard-read"); all others are denied.
        downloads: Whether a download opens a save dialog; otherwise it is cancelled. WebKitGTK
            downloads ``blob:`` and web addresses, not files of a scheme of our own.
        zoom_hotkeys: Whether Ctrl-plus, Ctrl-minus and Ctrl-0 zoom.
        background: First paint, "#rrggbb".
    """

    url: str
    init_scripts: tuple[InitScript, ...] = ()
    message_handler: str = ""
    private_world: str = ""
    user_agent: str = ""
    devtools: bool = False
    incognito: bool = False
    isolated: bool = False
    permissions: frozenset[str] = frozenset()
    downloads: bool = False
    zoom_hotkeys: bool = False
    background: str = "#ffffff"


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageSource:
    """Who sent a message: the runtime's own knowledge, never the page's word.

    Attributes:
        label: Window.
        url: URL of the last COMMITTED top-frame document; "" before the first commit.
        document: Serial number of that document in its window, from 1; 0 before the first.
    """

    label: str
    url: str
    document: int


class Reply(Protocol):
    """Settles one message of the page, once; may be kept and settled later. Thread: main."""

    def answer(self, text: str) -> None:
        """Resolve the page's promise with a string."""

    def refuse(self, text: str) -> None:
        """Reject the page's promise with a string."""


IpcHandler = Callable[[MessageSource, str, Reply], None]
"""Receives each message of the private world, top frame only. Thread: main. Must not block."""


LoadStage: TypeAlias = Literal["started", "committed", "finished", "failed", "terminated"]
"""A step in the life of a top-frame document.

"committed" precedes every message of the new document; "terminated" means that the web process
died: the old document is gone and a reload follows.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLoad:
    """What a window is told of its documents: the step, and the document that is committed."""

    stage: LoadStage
    source: MessageSource


PageLoadHandler = Callable[[PageLoad], None]
"""Thread: main."""

NavigationHandler = Callable[[str], bool]
"""Whether the top frame may go to this URL. Thread: main."""

NewWindowHandler = Callable[[str], None]
"""A page asked for a new window, or its user followed a link that the navigation handler refused.

The request itself is always refused; the URL may be handed to the system's browser. Thread: main.
"""
