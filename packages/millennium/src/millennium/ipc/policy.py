"""What a bridge asks the floors above it, as plain functions."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from threading import Lock
from typing import Protocol

from msgspec import Raw

from millennium.security.handles import HandleMode
from millennium.security.origin import Origin
from millennium_runtime.request import Request, Response


class Frame(Protocol):
    """The isolation frame of one document; see `millennium.ipc.isolation`."""

    @property
    def url(self) -> str:
        """Where its document is served, once."""

    def serve(self, request: Request) -> Response:
        """Answer a request for it."""

    def open(self, call: int, envelope: Raw) -> tuple[str, Raw]:
        """Return name and arguments of a call that passed the frame.

        Raises:
            NotAllowedError: It did not.
        """


class Seals(Protocol):
    """The encryption of one document's sealed commands; see `millennium.ipc.sealing`."""

    def begin(self, token: str) -> str:
        """Derive the keys with the document's first token; return the secret to tell it."""

    @property
    def lock(self) -> Lock:
        """Held while an answer is sealed and queued."""

    def open(self, token: str, handle: str, envelope: Raw) -> Raw:
        """Return the arguments of a sealed call.

        Raises:
            NotAllowedError: It was not sealed for this message and handle.
        """

    def conceal(self, call: int, news: bytes) -> bytes:
        """Return the sealed answer."""


Seal = Callable[[str, int], Seals]
"""Label, document → its encryption."""

Isolate = Callable[[str, int, Origin], Frame]
"""Label, document, its origin → its frame."""

Permit = Callable[[str, Origin, Iterable[str]], frozenset[str]]
"""Label, origin, names of all commands → those this document may call."""


def explain_nothing(label: str, origin: Origin, name: str) -> str:  # noqa: ARG001 - see BridgePolicy
    """Add nothing to the log of a refused command."""
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BridgePolicy:
    """The rules of one window's bridge.

    Attributes:
        is_trusted: Whether documents of this origin may speak at all: our own origin, or one
            that a capability names for this window.
        permit: Which commands a document may call; asked once, at its hello.
        handles: "session" keeps a document's handles, "call" uses each once.
        verify: The verification door: told the milliseconds from navigation to load; returns
            whether the page shall knock once more.
        isolate: Makes the frame of each document, where the app uses the isolation pattern.
        seal: Makes the encryption of each document, where the app has sealed commands.
        explain: Text for the log of a refused command, such as the snippet that would allow it.
    """

    is_trusted: Callable[[Origin], bool]
    permit: Permit
    handles: HandleMode = "session"
    verify: Callable[[float], bool] | None = None
    isolate: Isolate | None = None
    seal: Seal | None = None
    explain: Callable[[str, Origin, str], str] = explain_nothing
