"""Everything that one window's bridge keeps from another, as the attacker has it."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from msgspec import Raw

from millennium.assets.protocol import AssetProtocol
from millennium.ipc.bridge import Bridge
from millennium.ipc.document import Document
from millennium.ipc.transfer import OCTETS, Upload
from millennium.ipc.wire import Extended
from millennium.running import RunningApp
from millennium.scripts.render import BridgeNames
from millennium_runtime.request import Request, Response
from millennium_runtime.run_event import FilesDropped, RunEvent, WindowEvent

bridge: Any = importlib.import_module("millennium.ipc.bridge")

names: dict[str, BridgeNames] = {}
bridges: dict[str, Any] = {}
_heads: dict[int, Any] = {}
_apps: list[RunningApp] = []


def watch(take: Callable[[str, str], None]) -> None:
    """Learn all secrets from now on.

    Args:
        take: Told label and JSON of what a page asks for below ``/told?``.
    """
    make, greet, render = Bridge.__init__, Document.greet, bridge.render_bootstrap
    serve, follow = AssetProtocol.serve, RunningApp.on_event

    def making(self: Bridge, label: str, **parts: Any) -> None:
        bridges[label] = self
        make(self, label, **parts)

    def greeting(self: Document, granted: frozenset[str], head: dict[str, object]) -> None:
        _heads[id(self)] = head["handles"]
        greet(self, granted, head)

    def rendering(fresh: BridgeNames, values: Mapping[str, object]) -> tuple[str, str]:
        names[str(values["LABEL"])] = fresh
        scripts: tuple[str, str] = render(fresh, values)
        return scripts

    def serving(self: AssetProtocol, request: Request) -> Response:
        _, _, said = request.uri.partition("/told?")
        if said:
            take(request.window, unquote(said))
        return serve(self, request)

    def following(self: RunningApp, event: RunEvent) -> None:
        _apps[:] = [self]
        follow(self, event)

    RunningApp.on_event = following  # type: ignore[method-assign]
    Bridge.__init__ = making  # type: ignore[method-assign]
    Document.greet = greeting  # type: ignore[method-assign]
    bridge.render_bootstrap = rendering
    AssetProtocol.serve = serving  # type: ignore[method-assign]


def drop(label: str, path: Path) -> None:
    """Have the user drop a file on a window, which is granted it."""
    _apps[0].on_event(WindowEvent(label=label, event=FilesDropped(paths=(str(path),))))


def token(label: str) -> str:
    """Return an outstanding token of a window, ``number token``."""
    made: list[str] = bridges[label]._document.standing.pad.issue()
    return made[0]


def handle(label: str) -> str:
    """Return a window's handle of the command ``inline``."""
    found: str = _heads[id(bridges[label]._document)]["inline"][0]
    return found


def upload_ticket(label: str) -> str:
    """Return a ticket with which a window may send four bytes."""
    document, registry = bridges[label]._document, bridges[label]._registry
    extended = Extended(headers={}, args=Raw(b"{}"), length=4)
    upload = Upload(call=900, command=registry.get("size"), extended=extended)
    ticket: str = document.transfers.expect(upload)
    return ticket


def download_ticket(label: str) -> str:
    """Return a ticket for four bytes that a window may fetch."""
    ticket: str = bridges[label]._document.transfers.park(901, b"four", OCTETS)
    return ticket


def number(label: str) -> int:
    """Return the number of a window's document."""
    found: int = bridges[label]._document.source.document
    return found
