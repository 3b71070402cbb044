"""What the windows see of themselves, and those that lack one protection, by label.

``unguarded``: any address is allowed. ``provisional`` and ``provisional-trusting``: the handler is
in the page's world, so that a foreign page can post; the second decides by the address that is
coming. ``flight-mixed``: what an earlier document asked for goes to the next.
``cached-on``: the engine may keep documents to go back to.
"""

from __future__ import annotations

import importlib
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import replace
from threading import Thread
from typing import Any
from urllib.parse import unquote

from millennium.assets.protocol import AssetProtocol
from millennium.ipc.bridge import Bridge
from millennium.ipc.document import Document
from millennium.ipc.wire import HELLO
from millennium.scripts.render import BridgeNames
from millennium.window_factory import WindowFactory
from millennium_runtime.request import Request, Responder, Response, UriSchemeProtocol
from millennium_runtime.webview import IpcHandler, MessageSource, PageLoad, Reply

bridge: Any = importlib.import_module("millennium.ipc.bridge")
engine: Any = importlib.import_module("millennium_runtime_webview.webkitgtk.engine")
bindings: Any = importlib.import_module("millennium_runtime_webview.webkitgtk.bindings")
webview: Any = importlib.import_module("millennium_runtime_webview.webkitgtk.webview")

OPEN_PREFIX = "/open/"
POLICIES = ("content-security-policy", "cross-origin-resource-policy")
SHOWN = ("provisional", "provisional-trusting")
SLOW_SECONDS = 1.5
OWN = "millennium://localhost/"

names: dict[str, BridgeNames] = {}
loads: defaultdict[str, list[str]] = defaultdict(list)
"""Label → addresses that were committed."""

greeted: defaultdict[str, list[int]] = defaultdict(list)
"""Label → numbers of the documents that were greeted."""

heard: defaultdict[str, list[tuple[str, str, str]]] = defaultdict(list)
"""Label → for each hello: what was committed, what was coming, what it was answered."""

coming: dict[str, str] = {}
"""Label → the address that the window was last allowed to go to."""


def prepare(take: Callable[[str, str], None]) -> None:
    """Watch all windows, and take the protections away from those that are controls."""
    _learn()
    _serve(take)
    _delay()
    _let_go()
    _change_views()
    _hear()
    _mix()
    _keep_documents()


def _learn() -> None:
    render, follow, greet = bridge.render_bootstrap, Bridge.on_page_load, Bridge._greet

    def known(fresh: BridgeNames, values: Mapping[str, object]) -> tuple[str, str]:
        names[str(values["LABEL"])] = fresh
        scripts: tuple[str, str] = render(fresh, values)
        return scripts

    def loading(self: Bridge, load: PageLoad) -> None:
        if load.stage == "committed":
            loads[self.label].append(load.source.url)
        follow(self, load)

    def greeting(self: Bridge, source: MessageSource) -> str:
        answer = greet(self, source)
        greeted[self.label].append(source.document)
        return answer

    bridge.render_bootstrap = known
    Bridge.on_page_load = loading  # type: ignore[method-assign]
    Bridge._greet = greeting  # type: ignore[method-assign]


def _serve(take: Callable[[str, str], None]) -> None:
    """Take reports; redirect where asked to; serve ``/open/`` without policies."""
    serve = AssetProtocol.serve

    def serving(self: AssetProtocol, request: Request) -> Response:
        _, _, said = request.uri.partition("/told?")
        if said:
            take(request.window, unquote(said))
        _, _, target = request.uri.partition("/redirect?")
        if target:
            return Response(status=302, headers=(("location", unquote(target)),))
        if OPEN_PREFIX not in request.uri:
            return serve(self, request)
        response = serve(self, replace(request, uri=request.uri.replace(OPEN_PREFIX, "/", 1)))
        kept = (pair for pair in response.headers if pair[0] not in POLICIES)
        return replace(response, headers=tuple(kept))

    AssetProtocol.serve = serving  # type: ignore[method-assign]


def _delay() -> None:
    make = WindowFactory._protocol

    def protocol(self: WindowFactory, bridge: Bridge) -> UriSchemeProtocol:
        answer = make(self, bridge)

        def delayed(request: Request, responder: Responder) -> None:
            if "slow.html" not in request.uri:
                answer(request, responder)
                return

            def later() -> None:
                time.sleep(SLOW_SECONDS)
                answer(request, responder)

            Thread(target=later, daemon=True).start()

        return delayed

    WindowFactory._protocol = protocol  # type: ignore[method-assign]


def _let_go() -> None:
    pend = WindowFactory._pending

    def pending(self: WindowFactory, config: Any, *parts: Any, **options: Any) -> Any:
        made = pend(self, config, *parts, **options)
        allows = made.navigation_handler

        def noting(url: str) -> bool:
            is_allowed = allows is not None and allows(url)
            if is_allowed:
                coming[config.label] = url
            return is_allowed

        handler = None if config.label == "unguarded" else noting
        return replace(made, navigation_handler=handler)

    WindowFactory._pending = pending  # type: ignore[method-assign]


def _change_views() -> None:
    connect, load = webview.Webview.__init__, webview.Webview.load

    def loading(self: Any, url: str) -> None:
        coming[self._pending.label] = url
        load(self, url)

    def connecting(self: Any, pending: Any, native: Any, manager: Any) -> None:
        connect(self, pending, native, manager)
        if pending.label == "cached-on":
            native.get_context().set_cache_model(bindings.WebKit2.CacheModel.WEB_BROWSER)
        if pending.label in SHOWN:
            name = pending.webview.message_handler
            manager.register_script_message_handler_with_reply(name, None)

    webview.Webview.__init__ = connecting
    webview.Webview.load = loading


def _hear() -> None:
    receiver = webview.Webview._message_receiver

    def receiving(self: Any, handler: IpcHandler) -> Any:
        label = self._pending.label
        if label not in SHOWN:
            return receiver(self, handler)

        def told(source: MessageSource, text: str, reply: Reply) -> None:
            shown = coming[label]
            is_coming = shown.startswith(OWN) and not source.url.startswith(OWN)
            if label == "provisional-trusting" and is_coming:
                moved = replace(source, url=shown)
                self._pending.page_load_handler(PageLoad(stage="committed", source=moved))
            handler(
                source, text, Told(reply, (label, source.url, shown)) if text == HELLO else reply
            )

        return receiver(self, told)

    webview.Webview._message_receiver = receiving


class Told:
    """A reply that notes what it says to a hello."""

    def __init__(self, reply: Reply, place: tuple[str, str, str]) -> None:
        self._reply = reply
        self._place = place

    def answer(self, text: str) -> None:
        """Answer."""
        self._note("answered")
        self._reply.answer(text)

    def refuse(self, text: str) -> None:
        """Refuse."""
        self._note(text)
        self._reply.refuse(text)

    def _note(self, said: str) -> None:
        label, committed, shown = self._place
        heard[label].append((committed, shown, said))


def _mix() -> None:
    change = Bridge._replace

    def mixing(self: Bridge, document: Document) -> None:
        old = self._document
        if self.label != "flight-mixed" or not (old.is_greeted and document.standing.is_trusted):
            change(self, document)
            return
        self._document = document
        document._queue = old._queue
        old._wake = lambda _: self._wake(document)

    Bridge._replace = mixing  # type: ignore[method-assign]


def _keep_documents() -> None:
    make = engine.make_settings

    def keeping(attributes: Any) -> Any:
        settings = make(attributes)
        if any('"cached-on"' in script.source for script in attributes.init_scripts):
            settings.set_property("enable-page-cache", True)
        return settings

    engine.make_settings = keeping
