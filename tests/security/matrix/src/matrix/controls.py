"""Windows that lack one protection, by label: in each, an attack succeeds that others refuse.

``shared``: all of the bridge lives in the page's world. ``page-sink``: news is evaluated there.
``welcoming``: the private side takes a second line. ``trusting``: bytes need no ticket.
``unguarded``: the engine's same-origin policy is off. ``popups``: the page may open windows.
"""

from __future__ import annotations

import importlib
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import unquote, urlsplit

from millennium.assets.protocol import AssetProtocol
from millennium.config.window import WindowConfig
from millennium.ipc.bridge import Bridge
from millennium.scripts.render import BridgeNames
from millennium.window_factory import LiveWindow, WindowFactory
from millennium_runtime.request import Request, Responder, Response
from millennium_runtime.webview import InitScript, MessageSource, Reply, World

bridge: Any = importlib.import_module("millennium.ipc.bridge")
engine: Any = importlib.import_module("millennium_runtime_webview.webkitgtk.engine")
policies: Any = importlib.import_module("millennium_runtime_webview.webkitgtk.policies")
webview: Any = importlib.import_module("millennium_runtime_webview.webkitgtk.webview")
bindings: Any = importlib.import_module("millennium_runtime_webview.webkitgtk.bindings")

LABELS = ("shared", "page-sink", "welcoming", "trusting", "unguarded", "popups")
HOOKED = "hooked"
"""A window under the isolation pattern, whose hook lets no frame speak for the page."""

HOOK = """
window.__MILLENNIUM_ISOLATION_HOOK__ = (call) => {
  if (call.args.column === "parent") throw new Error("no frame speaks for the page");
  return call;
};
"""
OPEN_PREFIX = "/open/"
POLICIES = ("content-security-policy", "cross-origin-resource-policy")
ATTACK = "attack "
WELCOMING: tuple[tuple[str, str], ...] = ((",{once:true}", ""), ("dead=why||'ipc.failed';", ""))

marks: defaultdict[str, set[str]] = defaultdict(set)
"""Label → ``row column`` of the attacks that reached Python."""

names: dict[str, BridgeNames] = {}
"""Label → the random names of that window's bridge."""

_popups: list[Any] = []


def prepare(take: Callable[[str, str], None]) -> None:
    """Watch all windows, and take the protections away from those that are controls.

    Args:
        take: Told label and JSON of what a page reports.
    """
    _learn_names()
    _serve(take)
    _hear_messages()
    _share_the_world()
    _evaluate_in_the_page()
    _let_bytes_in()
    _weaken_the_engine()
    _hook()


def _learn_names() -> None:
    render = bridge.render_bootstrap

    def known(fresh: BridgeNames, values: Mapping[str, object]) -> tuple[str, str]:
        label = str(values["LABEL"])
        names[label] = fresh
        page, world = render(fresh, values)
        for old, new in WELCOMING if label == "welcoming" else ():
            if world.count(old) != 1:
                message = f"the bootstrap has changed: {old!r} is not in it once"
                raise LookupError(message)
            world = world.replace(old, new)
        return page, world

    bridge.render_bootstrap = known


def _serve(take: Callable[[str, str], None]) -> None:
    """Take reports, and serve what is below ``/open/`` without the policies that protect it."""
    serve = AssetProtocol.serve

    def serving(self: AssetProtocol, request: Request) -> Response:
        _, _, said = request.uri.partition("/told?")
        if said:
            take(request.window, unquote(said))
        if OPEN_PREFIX not in request.uri:
            return serve(self, request)
        response = serve(self, replace(request, uri=request.uri.replace(OPEN_PREFIX, "/", 1)))
        kept = (pair for pair in response.headers if pair[0] not in POLICIES)
        return replace(response, headers=tuple(kept))

    AssetProtocol.serve = serving  # type: ignore[method-assign]


def _hear_messages() -> None:
    receive = Bridge.on_message

    def hearing(self: Bridge, source: MessageSource, text: str, reply: Reply) -> None:
        if text.startswith(ATTACK):
            marks[self.label].add(text.removeprefix(ATTACK))
        receive(self, source, text, reply)

    Bridge.on_message = hearing  # type: ignore[method-assign]


def _share_the_world() -> None:
    scripts, connect = Bridge.init_scripts, webview.Webview.__init__

    def shared(self: Bridge, origins: tuple[str, ...]) -> tuple[InitScript, ...]:
        found = scripts(self, origins)
        if self.label != "shared":
            return found
        return tuple(replace(script, world=World.PAGE) for script in found)

    def connecting(self: Any, pending: Any, native: Any, manager: Any) -> None:
        if pending.label == "shared":
            pending = replace(pending, webview=replace(pending.webview, private_world=None))
        connect(self, pending, native, manager)

    Bridge.init_scripts = shared  # type: ignore[method-assign]
    webview.Webview.__init__ = connecting


def _evaluate_in_the_page() -> None:
    evaluate = webview.Webview.evaluate

    def evaluating(self: Any, script: str, world: World) -> None:
        is_shown = self._pending.label == "page-sink"
        evaluate(self, script, World.PAGE if is_shown else world)

    webview.Webview.evaluate = evaluating


def _let_bytes_in() -> None:
    serve = Bridge.serve

    def trusting(self: Bridge, request: Request, responder: Responder) -> None:
        if self.label != "trusting":
            serve(self, request, responder)
            return
        marks[self.label].add(f"{unquote(urlsplit(request.uri).query)} fetch")
        headers = (
            ("access-control-allow-origin", "*"),
            ("access-control-allow-headers", "*"),
        )
        responder(Response(status=200, headers=headers))

    Bridge.serve = trusting  # type: ignore[method-assign]


def _weaken_the_engine() -> None:
    make = engine.make_settings
    create, decide = policies.Policies._on_create, policies.Policies._on_decide

    def weak(attributes: Any) -> Any:
        settings = make(attributes)
        if _is_of("unguarded", attributes.init_scripts):
            settings.set_property("disable-web-security", True)
        if _is_of("popups", attributes.init_scripts):
            settings.set_property("javascript-can-open-windows-automatically", True)
        return settings

    def opening(self: Any, view: Any, action: Any) -> Any:
        if self._pending.label != "popups":
            return create(self, view, action)
        popup = bindings.WebKit2.WebView(related_view=view)
        window = bindings.Gtk.Window()
        window.add(popup)
        window.show_all()
        _popups.append(window)
        return popup

    def deciding(self: Any, view: Any, decision: Any, kind: Any) -> bool:
        if self._pending.label == "popups" and "NEW_WINDOW" in kind.value_name:
            return False
        return bool(decide(self, view, decision, kind))

    engine.make_settings = weak
    policies.Policies._on_create = opening
    policies.Policies._on_decide = deciding


def _is_of(label: str, scripts: tuple[InitScript, ...]) -> bool:
    return any(f'"{label}"' in script.source for script in scripts)


def _hook() -> None:
    make = WindowFactory.make

    def hooking(self: WindowFactory, config: WindowConfig) -> LiveWindow:
        if config.label != HOOKED:
            return make(self, config)
        context = replace(self._parts.context, hooks=(HOOK,))
        return make(WindowFactory(replace(self._parts, context=context)), config)

    WindowFactory.make = hooking  # type: ignore[method-assign]
