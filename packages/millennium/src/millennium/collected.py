"""What an app's code collects before it runs: commands, state, listeners, plug-ins."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import lru_cache

from millennium.errors import AppStateError, BadSignatureError
from millennium.errors.notes import explained
from millennium.event import Sender
from millennium.event_bus import EventBus
from millennium.handle import AppHandle
from millennium.ipc.annotations import innermost
from millennium.ipc.command import CommandRegistry
from millennium.ipc.invoke import Function, Injector, Invoke
from millennium.ipc.workers import Workers
from millennium.plugin import Plugin
from millennium.security.origin import Origin
from millennium.state import State, States
from millennium.window import Window
from millennium.window_allowance import WindowAllowance
from millennium_runtime.run_event import RunEvent


class Collected:
    """The parts of an app that exist before there is a window. Thread: main.

    Attributes:
        handle: Of the running app, None before and after.
        failure: Why it did not start.
        injectors: Grows by what only a running app can hand to commands.
        setups: Called once, in order. Thread: main, like all hooks.
        listeners: Told each event of the loop.
    """

    def __init__(self) -> None:
        self.handle: AppHandle | None = None
        self.failure: Exception | None = None
        self.states: States = States()
        self.workers: Workers = Workers()
        self.events: EventBus = EventBus(self.workers)
        self.allowance: WindowAllowance = WindowAllowance()
        self.injectors: dict[type, Injector] = {
            AppHandle: lambda _: self.require_handle(),
            Window: lambda invoke: self.require_handle().window(invoke.label),
            EventBus: lambda _: self.events,
            WindowAllowance: lambda _: self.allowance,
            Sender: lambda invoke: Sender(invoke.label, _origin(invoke.source.url)),
        }
        self.registry: CommandRegistry = CommandRegistry(
            self.injectors, {State: self._state_injector}
        )
        self.setups: list[Callable[[AppHandle], object]] = []
        self.listeners: list[Callable[[AppHandle, RunEvent], object]] = []
        self.plugins: list[Plugin] = []

    def add_command(self, function: Function, *, name: str, inline: bool, sealed: bool) -> None:
        """Keep a function that pages may call; see `CommandRegistry.add`.

        Raises:
            RegistrationError: One of its leaves.
        """
        with explained():
            self.registry.add(function, name=name, inline=inline, sealed=sealed)

    def add_plugin(self, plugin: Plugin) -> None:
        """Keep a plug-in.

        Raises:
            AppStateError: There is one of this name.
        """
        if any(plugin.name == other.name for other in self.plugins):
            message = f"there is a plug-in {plugin.name!r} already"
            with explained():
                raise AppStateError(message, help="add each plug-in once")
        self.plugins.append(plugin)

    def add_setup(self, setup: Callable[[AppHandle], object]) -> None:
        """Keep a function to be called once, in order.

        Raises:
            BadSignatureError: It is async.
        """
        with explained():
            _require_plain(setup, "set-up function")
        self.setups.append(setup)

    def add_listener(self, listener: Callable[[AppHandle, RunEvent], object]) -> None:
        """Keep a function to be told each event of the loop.

        Raises:
            BadSignatureError: It is async.
        """
        with explained():
            _require_plain(listener, "listener of the loop")
        self.listeners.append(listener)

    def fork(self) -> Collected:
        """Return the same once more, for another run: own workers, own listeners of events.

        Managed values are shared; what one run's set-up adds, the other does not see.
        """
        other = Collected()
        other.states.update(self.states)
        other.events.listen_as(self.events)
        for command in self.registry:
            other.registry.add(
                command.function,
                name=command.name,
                inline=command.how == "inline",
                sealed=command.is_sealed,
            )
        other.setups.extend(self.setups)
        other.listeners.extend(self.listeners)
        other.plugins.extend(self.plugins)
        return other

    def require_handle(self) -> AppHandle:
        """Return the handle of the running app.

        Raises:
            AppStateError: It does not run.
        """
        if self.handle is None:
            raise AppStateError("the app does not run", help="use it in commands and hooks")
        return self.handle

    def _state_injector(self, kind: object) -> Injector:
        if not isinstance(kind, type):
            message = f"State[{kind!r}] names no class"
            raise BadSignatureError(message, help="write State[Class]: one value is kept per class")

        def find(_: Invoke) -> object:
            return State(self.states.get(kind))

        return find


def _require_plain(hook: Function, kind: str) -> None:
    if inspect.iscoroutinefunction(innermost(hook)):
        name = getattr(hook, "__name__", type(hook).__qualname__)
        raise BadSignatureError(
            f"the {kind} {name!r} is async, and hooks run on the main thread, which awaits nothing",
            help="write `def`; what takes long goes into a command or a listener of events",
        )


@lru_cache(64)
def _origin(url: str) -> str:
    return str(Origin.parse(url) or "")
