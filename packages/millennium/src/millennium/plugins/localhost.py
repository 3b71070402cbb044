"""Serves the app's pages at ``http://127.0.0.1:PORT`` too, for libraries that want such an address.

Do not use it unless one does. The app's own scheme needs no server, and whoever is on this machine
can read what is served here. What it does about it:

1. It binds the loopback address only; ``port`` is configured, or 0 for one that the system chooses.
2. ``Host`` is exactly that address, so a foreign name that leads here gets nothing (DNS rebinding);
   ``Origin``, where it is given, is too, and another site may only navigate here.
3. Only GET and HEAD; every answer, refusals too, has the app's policy and headers; no service
   worker can register; a path that leads out is refused as on the app's own scheme.
4. Its pages have no bridge, unless a capability names this very origin, port and all.

A port that is taken ends the app: somebody else's pages must not be taken for its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from millennium.assets.protocol import AssetProtocol
from millennium.assets.resolver import AssetResolver
from millennium.errors import AppStateError, InvalidValueError
from millennium.plugin import Plugin
from millennium.plugins.http_head import Head
from millennium.plugins.http_server import HOST, LoopbackServer, refusal
from millennium.security.csp import PagePolicy
from millennium.security.origin import APP_ORIGIN
from millennium_runtime.request import Request, Response
from millennium_runtime.run_event import Exit

if TYPE_CHECKING:
    from millennium.context import Context
    from millennium.handle import AppHandle
    from millennium_runtime.run_event import RunEvent

FORBIDDEN = 403
MISDIRECTED = 421
MIN_PORT, MAX_PORT = 1024, 65535
_OWN_SITES = frozenset({"same-origin", "none"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Site:
    """The app's pages, which may reach its own scheme: bytes travel to Python there."""

    assets: AssetResolver
    policy: PagePolicy


class Localhost(Plugin):
    """``app.plugin(Localhost())``; its address is `origin` once the app is set up.

    Configured by ``[tool.millennium.plugins.localhost]``, ``port = 17890``; without it the system
    chooses one, and no capability can name it.
    """

    def __init__(self) -> None:
        self._server: LoopbackServer | None = None

    @property
    def name(self) -> str:
        """The table of its configuration."""
        return "localhost"

    @property
    def origin(self) -> str:
        """Where pages are, ``http://127.0.0.1:17890``.

        Raises:
            AppStateError: The app does not run.
        """
        if self._server is None:
            raise AppStateError("the localhost plug-in does not serve", help="use it in set-up")
        return _origin(self._server.port)

    def on_setup(self, handle: AppHandle, config: Mapping[str, object]) -> None:
        """Start to serve.

        Raises:
            InvalidValueError: The port is none, or it is taken; or the app uses the isolation
                pattern, whose frame such pages may not hold.
        """
        context = handle.context
        if context.hooks:
            raise InvalidValueError(
                "plugins.localhost: pages of this origin cannot hold the isolation frame",
                help="leave out either the plug-in or security.pattern",
            )
        port = _port(config)
        protocol = AssetProtocol(_site(context), api_source=context.api_source)
        try:
            self._server = LoopbackServer(port, lambda head: self._answer(protocol, head))
        except OSError as error:
            raise InvalidValueError(
                f"plugins.localhost.port: {HOST}:{port} cannot be used",
                help="end the program that has it, or choose another port",
            ) from error

    def on_event(self, handle: AppHandle, event: RunEvent) -> None:
        """Stop with the app."""
        del handle
        if isinstance(event, Exit):
            self.close()

    def close(self) -> None:
        """Stop to serve; may be called again."""
        if self._server is not None:
            self._server.close()
            self._server = None

    def _answer(self, protocol: AssetProtocol, head: Head) -> Response:
        status = _refused(head.headers, self.origin)
        if status:
            return refusal(status)
        uri = f"{APP_ORIGIN}{head.target}"
        return protocol.serve(Request(method=head.method, uri=uri, headers=head.headers))


def _refused(headers: Mapping[str, str], origin: str) -> int:
    """Return the status of a request that is not for us or not from our pages, else 0."""
    if headers["host"] != origin.removeprefix("http://"):  # (2)
        return MISDIRECTED
    if headers.get("origin", origin) != origin or "service-worker" in headers:  # (3)
        return FORBIDDEN
    comes_here = headers.get("sec-fetch-mode") == "navigate"
    is_whole = headers.get("sec-fetch-dest") == "document"
    if headers.get("sec-fetch-site", "none") in _OWN_SITES or (comes_here and is_whole):
        return 0
    return FORBIDDEN


def _port(config: Mapping[str, object]) -> int:
    unknown = sorted(set(config) - {"port"})
    if unknown:
        raise InvalidValueError(f"plugins.localhost.{unknown[0]}: there is only 'port'")
    port = config.get("port", 0)
    if not isinstance(port, int) or isinstance(port, bool):
        raise InvalidValueError("plugins.localhost.port: takes a whole number")
    if port != 0 and not MIN_PORT <= port <= MAX_PORT:
        message = f"plugins.localhost.port: {port} is not between {MIN_PORT} and {MAX_PORT}"
        raise InvalidValueError(message, help="leave it out for one that the system chooses")
    return port


def _origin(port: int) -> str:
    return f"http://{HOST}:{port}"


def _site(context: Context) -> _Site:
    page = context.policy
    is_kept = "connect-src" in page.untouched or page.policy.sources("connect-src") is None
    if not is_kept:
        page = replace(page, policy=page.policy.add("connect-src", str(APP_ORIGIN)))
    return _Site(assets=context.assets, policy=page)
