"""The running app: from the first event of the loop to the last.

1. ``Ready``: the windows of the configuration are made, so that their pages load while the rest
   goes on: enabled APIs are imported, plug-ins set up, the app's own set-up runs. No call of a page
   is taken before all of it is done.
2. What happens to windows is told to the app's listeners first, who may prevent a close, then to
   pages and event listeners.
3. A window that ended takes its bridge, its scope and its listeners along.
4. An exception in starting ends the app; one in a later listener is logged.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from millennium.api import load_enabled
from millennium.app_parts import AppParts
from millennium.collected import Collected
from millennium.config.window import WindowConfig
from millennium.context import Context
from millennium.errors import NotAllowedError
from millennium.event import Event
from millennium.handle import AppHandle
from millennium.ipc.bridge import Bridge
from millennium.ipc.invoke import Invoke
from millennium.main_thread import MainThread
from millennium.paths import AppPaths
from millennium.security.origin import APP_ORIGIN, Origin
from millennium.security.permissions import Permissions
from millennium.security.picks import Picks
from millennium.security.scope import FsScope
from millennium.window import Window
from millennium.window_event import WINDOW_CREATED, to_event
from millennium.window_factory import FactoryParts, WindowFactory
from millennium_runtime.run_event import (
    Destroyed,
    ExitRequested,
    FilesDropped,
    Ready,
    RunEvent,
    WindowEvent,
    WindowEventKind,
)
from millennium_runtime.runtime import RuntimeHandle

FAILED_EXIT_CODE = 1

_log = logging.getLogger("millennium.app")


class RunningApp:
    """Follows the events of one loop. Thread: main, except `handle` and what it gives.

    Args:
        collected: What the app's code wants.
        context: What the app is.
        runtime: Reaches the loop.
        paths: Its folders.
        verify: Told the address of the first page that is ready, where the app only proves that
            it starts.

    Attributes:
        handle: Reaches the app from everywhere.
    """

    def __init__(
        self,
        collected: Collected,
        *,
        context: Context,
        runtime: RuntimeHandle,
        paths: AppPaths,
        verify: Callable[[str], bool] | None = None,
    ) -> None:
        self._collected = collected
        self._context = context
        self._runtime = runtime
        self._is_verifying = verify is not None
        self._enabled = context.config.allowlist.enabled_modules()
        self._windows: dict[str, Window] = {}
        self._bridges: dict[str, Bridge] = {}
        self._scopes: dict[tuple[str, str, Origin], FsScope] = {}
        self._permissions = Permissions(
            context.config.effective_allowlist,
            context.capabilities,
            own_origins=context.own_origins,
        )
        main = MainThread(runtime)
        self._factory = WindowFactory(
            FactoryParts(
                context=context,
                runtime=runtime,
                main=main,
                events=collected.events,
                workers=collected.workers,
                registry=collected.registry,
                permissions=self._permissions,
                outside=self._outside if context.config.shows_outside_files else None,
                verify=verify,
            )
        )
        collected.injectors[FsScope] = lambda invoke: self.scope(*_place_of(invoke))
        collected.injectors[Picks] = lambda invoke: self._picks(*_place_of(invoke))
        self.handle: AppHandle = AppHandle(
            AppParts(
                context=context,
                runtime=runtime,
                main=main,
                paths=paths,
                states=collected.states,
                events=collected.events,
                windows=self._windows,
                create=self.create_window,
            )
        )

    def on_event(self, event: RunEvent) -> None:
        """Do what an event of the loop asks for, in the order of the rules."""
        if isinstance(event, Ready):
            self._start()
        if self._collected.failure is not None:
            return  # nobody may prevent the exit that was asked for
        if not (self._is_verifying and isinstance(event, ExitRequested)):
            self._tell(event)
        if isinstance(event, WindowEvent):
            self._follow(event.label, event.event)

    def create_window(self, config: WindowConfig) -> Window:
        """Make a window and tell plug-ins and listeners."""
        live = self._factory.make(config)
        label = live.window.label
        self._windows[label] = live.window
        self._bridges[label] = live.bridge
        for plugin in self._collected.plugins:
            plugin.on_window_created(live.window)
        self._collected.events.emit(Event(name=WINDOW_CREATED, payload={"label": label}))
        return live.window

    def scope(self, label: str, origin: Origin = APP_ORIGIN) -> FsScope:
        """Return what documents of this origin may do with files in this window.

        It grows by what the user picks or drops there, and ends with the window.
        """
        return self._scope("fs", label, origin)

    def _outside(self, label: str, origin: Origin) -> FsScope:
        return self._scope("protocol", label, origin)

    def _scope(self, module: str, label: str, origin: Origin) -> FsScope:
        key = (module, label, origin)
        if key not in self._scopes:
            folders = self.handle.paths.variables()
            found = self._permissions.scope(module, label, folders, origin=origin)
            self._scopes.setdefault(key, found)  # pages ask on any thread
        return self._scopes[key]

    def _picks(self, label: str, origin: Origin) -> Picks:
        shows = self._context.config.shows_outside_files
        return Picks(
            files=self.scope(label, origin) if "fs" in self._enabled else None,
            shown=self._outside(label, origin) if shows else None,
        )

    def close(self) -> None:
        """End what is left after the loop ended."""
        for label in list(self._windows):
            self._forget(label)

    def _start(self) -> None:
        try:
            self._create_first_windows()  # (1)
            self._add_commands()
            self._set_up()
        except Exception as error:  # noqa: BLE001 - (4): `App.run` raises it
            if _log.hasHandlers():  # without a terminal nobody sees the traceback
                _log.critical("the app did not start", exc_info=error)
            self._collected.failure = error
            self._runtime.request_exit(FAILED_EXIT_CODE)

    def _create_first_windows(self) -> None:
        for config in self._context.config.windows:
            if config.create:
                self.create_window(config)

    def _add_commands(self) -> None:
        add = self._collected.registry.add
        for endpoint in load_enabled(self._context.config.allowlist):
            add(endpoint.function, name=endpoint.name, inline=endpoint.inline)
        for plugin in self._collected.plugins:
            for function in plugin.commands():
                add(function, name=f"{plugin.name}:{getattr(function, '__name__', '')}")
        if not self._context.config.security.sealed_commands:
            self._collected.registry.require_plain()

    def _set_up(self) -> None:
        configured = self._context.config.plugins
        for plugin in self._collected.plugins:
            plugin.on_setup(self.handle, configured.get(plugin.name, {}))
        for setup in self._collected.setups:
            setup(self.handle)

    def _tell(self, event: RunEvent) -> None:
        hooks = [
            *self._collected.listeners,
            *(plugin.on_event for plugin in self._collected.plugins),
        ]
        for listener in hooks:
            try:
                listener(self.handle, event)
            except Exception:  # noqa: BLE001 - (4)
                _log.exception("a listener failed at %s", type(event).__name__)

    def _follow(self, label: str, kind: WindowEventKind) -> None:
        origin = self._bridges[label].origin if isinstance(kind, FilesDropped) else None
        if isinstance(kind, FilesDropped) and origin is not None:  # a stranger is given no files
            picks = self._picks(label, origin)
            for path in kind.paths:
                picks.opened(path)
        self._collected.events.emit(to_event(kind), to=label)  # (2)
        if isinstance(kind, Destroyed):
            self._forget(label)

    def _forget(self, label: str) -> None:  # (3)
        self._windows.pop(label, None)
        for key in [key for key in self._scopes if key[1] == label]:
            del self._scopes[key]
        self._collected.events.detach(label)
        bridge = self._bridges.pop(label, None)
        if bridge is not None:
            bridge.close()


def _place_of(invoke: Invoke) -> tuple[str, Origin]:
    """Return window and origin of a call."""
    origin = Origin.parse(invoke.source.url)
    if origin is None:  # the gate admits nobody without one
        raise NotAllowedError("a document without an origin has no files")
    return invoke.label, origin
