"""Makes windows: puts bridge, assets, permissions and navigation together, one set per window.

The origins of a window:

1. Our own, ``millennium://localhost``; with ``isolated-origin`` the window's own host instead.
2. In development, the dev server's.
3. Those that a capability names for this window. Only 1 to 3 get a bridge and its scripts.
4. Those of ``security.navigation``: the window may go there, but nothing there can call us.
5. The isolation frame's, where the app uses that pattern: it has nothing but one page for a frame.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from millennium.assets.protocol import AssetProtocol, Site
from millennium.assets.resolver import OUTSIDE_PREFIX, AssetResolver
from millennium.config.window import WindowConfig
from millennium.context import Context
from millennium.errors import InvalidValueError
from millennium.event_bus import EventBus
from millennium.ipc.bridge import Bridge
from millennium.ipc.command import CommandRegistry
from millennium.ipc.limits import BYTES_PATH
from millennium.ipc.policy import BridgePolicy, Seal
from millennium.ipc.turns import Turns
from millennium.ipc.workers import Workers
from millennium.main_thread import MainThread
from millennium.navigation import NavigationGuard, parse_origins
from millennium.question import Questioner
from millennium.scripts.render import FREEZE_PROTOTYPE
from millennium.security.csp import PagePolicy
from millennium.security.origin import APP_ORIGIN, Origin, isolated_origin
from millennium.security.permissions import Permissions
from millennium.security.scope import FsScope
from millennium.window import Window
from millennium_runtime.dpi import LogicalPosition, LogicalSize
from millennium_runtime.request import Request, Responder, Response, UriSchemeProtocol
from millennium_runtime.runtime import RuntimeHandle
from millennium_runtime.webview import InitScript, WebviewAttributes, World
from millennium_runtime.window import PendingWindow, WindowAttributes

if TYPE_CHECKING:
    from millennium.ipc.isolation import Isolation

SCHEME = APP_ORIGIN.scheme
NO_LIMIT = 100_000.0  # CSS pixels: larger than any screen, small enough for every system


@dataclass(frozen=True, slots=True, kw_only=True)
class FactoryParts:
    """What every window of one app shares.

    Attributes:
        outside: Returns what documents of an origin may show in a window of files outside the app;
            None where the app shows none.
        verify: Told the address of the page that is ready, where the app only proves it starts.
    """

    context: Context
    runtime: RuntimeHandle
    main: MainThread
    events: EventBus
    workers: Workers
    registry: CommandRegistry
    permissions: Permissions
    outside: Callable[[str, Origin], FsScope] | None
    verify: Callable[[str], bool] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveWindow:
    """A window and the bridge that ends with it."""

    window: Window
    bridge: Bridge


@dataclass(frozen=True, slots=True, kw_only=True)
class _FramedSite:
    """The app's pages under a policy that admits the isolation frame."""

    assets: AssetResolver
    policy: PagePolicy


class WindowFactory:
    """Makes the windows of one app. Thread: main."""

    def __init__(self, parts: FactoryParts) -> None:
        self._parts = parts
        self._turns = Turns(parts.runtime.post_later)
        self._isolation = _isolation(parts.context)
        site: Site = parts.context
        if self._isolation is not None:
            framed = site.policy.framing(str(self._isolation.origin))
            site = _FramedSite(assets=site.assets, policy=framed)
        self._assets = AssetProtocol(site, api_source=parts.context.api_source)

    def make(self, config: WindowConfig) -> LiveWindow:
        """Make a window and let it hear events.

        Raises:
            InvalidValueError: The label cannot be the host of an isolated window.
            millennium_runtime.errors.InvalidLabelError: The label breaks the grammar or is taken.
            millennium_runtime.errors.CreateWindowError: The system refused.
        """
        parts = self._parts
        home = self._home(config)
        url = _absolute(config.url, parts.context.dev_url or str(home))
        trusted = self._trusted(config, home)
        bridge = Bridge(
            config.label,
            registry=parts.registry,
            workers=parts.workers,
            policy=BridgePolicy(
                is_trusted=trusted.__contains__,
                permit=parts.permissions.granted,
                explain=self._explain,
                handles=parts.context.config.security.handles,
                verify=self._verify(url),
                isolate=None if self._isolation is None else self._isolation.frame,
                seal=_seal(parts.context),
            ),
            turns=self._turns,
        )
        pending = self._pending(
            config, bridge, url=url, trusted=(home, *sorted(trusted - {home}, key=str))
        )
        detached = parts.runtime.create_window(pending)
        bridge.attach(detached.dispatcher, parts.runtime)
        parts.events.attach(detached.label, bridge.emit)
        window = Window(
            detached.label,
            detached.dispatcher,
            main=parts.main,
            events=parts.events,
            questions=Questioner(bridge.ask, parts.main),
        )
        return LiveWindow(window=window, bridge=bridge)

    def _explain(self, label: str, origin: Origin, name: str) -> str:
        if not self._parts.context.is_development:
            return ""
        return self._parts.permissions.explain(label, origin, name)

    def _verify(self, url: str) -> Callable[[float], bool] | None:
        verify = self._parts.verify
        return None if verify is None else lambda _: verify(url)

    def _home(self, config: WindowConfig) -> Origin:
        if not config.isolated_origin:  # (1)
            return APP_ORIGIN
        origin = isolated_origin(config.label)
        if origin is None:
            message = f"window {config.label!r} has isolated-origin, but its label is no host name"
            raise InvalidValueError(message, help="use lower-case letters, digits and -")
        return origin

    def _trusted(self, config: WindowConfig, home: Origin) -> frozenset[Origin]:
        context = self._parts.context
        developed = () if context.dev_origin is None else (context.dev_origin,)  # (2)
        remote = (
            url
            for capability in context.capabilities
            if capability.covers(config.label)
            for url in capability.remote
        )
        return frozenset((home, *developed)) | parse_origins(remote)  # (3)

    def _pending(
        self, config: WindowConfig, bridge: Bridge, *, url: str, trusted: tuple[Origin, ...]
    ) -> PendingWindow:
        context = self._parts.context
        framed = () if self._isolation is None else (self._isolation.origin,)  # (5)
        elsewhere = parse_origins(context.config.security.navigation)  # (4)
        guard = NavigationGuard(
            origins=frozenset((*trusted, *framed)) | elsewhere,
            open_url=self._parts.runtime.open_url,
        )
        return PendingWindow(
            label=config.label,
            window=_looks(config, context.config.product_name),
            webview=WebviewAttributes(
                url=url,
                init_scripts=self._scripts(bridge, tuple(map(str, trusted))),
                message_handler=bridge.message_handler,
                private_world=bridge.private_world,
                user_agent=config.user_agent,
                devtools=config.devtools or context.is_development,
                incognito=config.incognito,
                isolated=config.isolated_origin,
                permissions=frozenset(config.permissions),
                downloads=config.downloads,
                zoom_hotkeys=config.zoom_hotkeys,
                background=config.background_color,
            ),
            protocols={SCHEME: self._protocol(bridge)},
            ipc_handler=bridge.on_message,
            page_load_handler=bridge.on_page_load,
            navigation_handler=guard.allows,
            new_window_handler=guard.leave,
        )

    def _scripts(self, bridge: Bridge, origins: tuple[str, ...]) -> tuple[InitScript, ...]:
        scripts = bridge.init_scripts(origins)
        if not self._parts.context.config.security.freeze_prototype:
            return scripts
        return (InitScript(source=FREEZE_PROTOTYPE, world=World.PAGE, origins=origins), *scripts)

    def _protocol(self, bridge: Bridge) -> UriSchemeProtocol:
        frames = "" if self._isolation is None else self._isolation.origin.host
        outside = self._outside(bridge)

        def serve(request: Request, responder: Responder) -> None:
            address = urlsplit(request.uri)
            if frames and address.netloc == frames:
                bridge.serve_frame(request, responder)
            elif address.path.startswith(BYTES_PATH):
                bridge.serve(request, responder)
            elif outside is not None and address.path.startswith(OUTSIDE_PREFIX):
                responder(outside(request))
            else:
                responder(self._assets.serve(request))

        return serve

    def _outside(self, bridge: Bridge) -> Callable[[Request], Response] | None:
        find = self._parts.outside
        if find is None:
            return None
        # Not at the top: an app that shows no such files does not have the module.
        from millennium.assets.outside import OutsideFiles  # noqa: PLC0415

        def scope() -> FsScope | None:
            origin = bridge.origin
            return None if origin is None else find(bridge.label, origin)

        return OutsideFiles(scope, is_developed=bool(self._parts.context.dev_url)).serve


def _isolation(context: Context) -> Isolation | None:
    """Return the isolation of this session, where the app uses the pattern."""
    if not context.hooks:
        return None
    # Not at the top: the encryption costs a start 25 ms that most apps need not pay.
    from millennium.ipc.isolation import Isolation  # noqa: PLC0415

    return Isolation.of_session(context.hooks)


def _seal(context: Context) -> Seal | None:
    """Return what makes a document's encryption, where the app may have sealed commands."""
    if not context.config.security.sealed_commands:
        return None
    from millennium.ipc.sealing import Sealing  # noqa: PLC0415 - as for the isolation

    return Sealing


def _absolute(url: str, origin: str) -> str:
    """Return a remote page's address as it is, a path of the app on its origin."""
    return url if urlsplit(url).scheme else f"{origin}/{url.lstrip('/')}"


def _looks(config: WindowConfig, product_name: str) -> WindowAttributes:
    return WindowAttributes(
        title=config.title or product_name,
        size=LogicalSize(config.width, config.height),
        min_size=_limit(config.min_width, config.min_height, 0),
        max_size=_limit(config.max_width, config.max_height, NO_LIMIT),
        position=None if config.x is None else LogicalPosition(config.x, config.y or 0),
        center=config.center,
        resizable=config.resizable,
        visible=config.visible,
        decorations=config.decorations,
        maximized=config.maximized,
        fullscreen=config.fullscreen,
        focus=config.focus,
        always_on_top=config.always_on_top,
        skip_taskbar=config.skip_taskbar,
        transparent=config.transparent,
        theme=config.theme or None,
    )


def _limit(width: float | None, height: float | None, missing: float) -> LogicalSize | None:
    if width is None and height is None:
        return None
    return LogicalSize(missing if width is None else width, missing if height is None else height)
