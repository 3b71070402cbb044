"""Windows whose bridge lacks one protection: the controls of the attacks, chosen by label."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

from millennium.assets.protocol import AssetProtocol
from millennium.ipc.bridge import Bridge
from millennium.ipc.serve import ByteService
from millennium.navigation import NavigationGuard
from millennium.scripts.render import BridgeNames
from millennium_runtime.request import Request, Responder, Response

bridge: Any = importlib.import_module("millennium.ipc.bridge")
engine: Any = importlib.import_module("millennium_runtime_webview.webkitgtk.engine")

EXPOSED = "frames-exposed"
EXPOSED_HANDLER = "exposed"
OPEN_PREFIX = "/open/"
POLICIES = ("content-security-policy", "cross-origin-resource-policy")

_BROADCAST = (
    "document.dispatchEvent(new CustomEvent('news',{detail:JSON.stringify([pad,handles])+text}))"
)

asked_for: list[str] = []
"""Addresses that pages wanted to go to and may not."""

PAGE: Mapping[str, tuple[str, str]] = {
    "late-dispatch": (
        "dispatch(line,new Message('calls',",
        "line.dispatchEvent(new CustomEvent('calls',",
    ),
    "late-parse": ("parse(detailOf(event))", "JSON.parse(event.detail)"),
    "late-fetch": ("then(request(", "then(window.fetch("),
    "plain-options": (
        ",{__proto__:null,method:body?'POST':'GET',body,headers}",
        ",{method:body?'POST':'GET',body,headers}",
    ),
    "named": ("label:", "hello:hello,label:"),
}
"""Label → what its page's side loses: built-ins are looked up late, options have a prototype."""

WORLD: Mapping[str, tuple[str, str]] = {
    "broadcast": (
        "cut=text.indexOf('\\n'),head=",
        f"cut=({_BROADCAST},text.indexOf('\\n')),head=",
    ),
    "welcoming": (",{once:true}", ""),
}
"""Label → what its private side loses."""


def weaken(take: Callable[[str, str], None]) -> None:
    """Take the protections away from the windows that are controls.

    Args:
        take: Told label and JSON of a page that can only say something by asking for a file.
    """
    render = bridge.render_bootstrap

    def weak(names: BridgeNames, values: Mapping[str, object]) -> tuple[str, str]:
        page, world = render(names, values)
        label = str(values["LABEL"])
        return _without(page, PAGE.get(label)), _without(world, WORLD.get(label))

    bridge.render_bootstrap = weak
    _serve_without_policy()
    _listen_to_strangers(take)
    _show_a_handler()
    _let_windows_be_asked_for()
    _let_bytes_in()


def read_every_body() -> None:
    """Read a request's body before its ticket was checked."""
    answer: Callable[..., Response] = ByteService._answer

    def careless(self: ByteService, document: Any, request: Request) -> Response:
        request.read_body(1 << 20)
        return answer(self, document, request)

    ByteService._answer = careless  # type: ignore[method-assign]


def _without(script: str, change: tuple[str, str] | None) -> str:
    if change is None:
        return script
    if script.count(change[0]) != 1:
        message = f"the bootstrap has changed: {change[0]!r} is not in it once"
        raise LookupError(message)
    return script.replace(*change)


def _serve_without_policy() -> None:
    """Serve what is below ``/open/`` a second time, without the policies that protect it."""
    serve = AssetProtocol.serve

    def leave_open(self: AssetProtocol, request: Request) -> Response:
        if OPEN_PREFIX not in request.uri:
            return serve(self, request)
        response = serve(self, replace(request, uri=request.uri.replace(OPEN_PREFIX, "/", 1)))
        kept = (pair for pair in response.headers if pair[0] not in POLICIES)
        return replace(response, headers=tuple(kept))

    AssetProtocol.serve = leave_open  # type: ignore[method-assign]


def _listen_to_strangers(take: Callable[[str, str], None]) -> None:
    serve = AssetProtocol.serve

    def listen(self: AssetProtocol, request: Request) -> Response:
        _, _, said = request.uri.partition("/told?")
        if said:
            take(request.window, unquote(said))
        return serve(self, request)

    AssetProtocol.serve = listen  # type: ignore[method-assign]


def _show_a_handler() -> None:
    """Let the exposed window have a message handler in the page's own world."""
    add = engine.add_scripts

    def showing(manager: Any, scripts: Any, world: str) -> None:
        add(manager, scripts, world)
        if any(f'"{EXPOSED}"' in script.source for script in scripts):
            manager.register_script_message_handler(EXPOSED_HANDLER)

    engine.add_scripts = showing


def _let_windows_be_asked_for() -> None:
    """Let the exposed window ask for others without a click, and note which are asked for."""
    make, leave = engine.make_settings, NavigationGuard.leave

    def eager(attributes: Any) -> Any:
        settings = make(attributes)
        if any(f'"{EXPOSED}"' in script.source for script in attributes.init_scripts):
            settings.set_property("javascript-can-open-windows-automatically", True)
        return settings

    def noting(self: NavigationGuard, url: str) -> None:
        asked_for.append(url)
        leave(self, url)

    engine.make_settings = eager
    NavigationGuard.leave = noting  # type: ignore[method-assign]


def _let_bytes_in() -> None:
    """Let anybody use the exposed window's byte path."""
    serve = Bridge.serve

    def trusting(self: Bridge, request: Request, responder: Responder) -> None:
        if self.label != EXPOSED:
            serve(self, request, responder)
            return
        headers = (
            ("access-control-allow-origin", "*"),
            ("access-control-allow-headers", "*"),
        )
        responder(Response(status=200, headers=headers))

    Bridge.serve = trusting  # type: ignore[method-assign]
