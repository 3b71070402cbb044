"""The app: collects commands, state and hooks, then runs them with a runtime."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, TypeVar, overload

from millennium.errors import AppStateError

if TYPE_CHECKING:
    from collections.abc import Callable

    from millennium.context import Context
    from millennium.event_bus import Listener
    from millennium.handle import AppHandle
    from millennium.plugin import Plugin
    from millennium_runtime.run_event import RunEvent
    from millennium_runtime.runtime import Runtime

F = TypeVar("F", bound="Callable[..., object]")
Setup = TypeVar("Setup", bound="Callable[[AppHandle], None]")
RunListener = TypeVar("RunListener", bound="Callable[[AppHandle, RunEvent], None]")


class App:
    """A desktop app: make one, give it commands, run it.

    Example:
        ::

            app = App()


            @app.command
            async def greet(name: str) -> str:
                return f"Hello, {name}!"


            if __name__ == "__main__":
                app.run()

    Args:
        context: What the app is; found by itself: baked, or that of the project around the main
            file.
        runtime: Who makes windows; found by itself: baked, or the one that is installed.

    Attributes:
        collected: What was added to it so far; for `millennium.testing`.
    """

    def __init__(
        self, *, context: Context | None = None, runtime: type[Runtime] | None = None
    ) -> None:
        # `import millennium` stays quick: what an app needs is loaded by the first app.
        if sys._getframe(1).f_globals.get("__name__") == "__main__":  # noqa: SLF001 - will run
            from millennium.early import begin  # noqa: PLC0415

            context = begin(context, runtime)
        from millennium.collected import Collected  # noqa: PLC0415

        self._context = context
        self._runtime = runtime
        self.collected: Collected = Collected()
        self._has_run = False

    def __repr__(self) -> str:
        """Say whether it runs."""
        return f"<App {'not running' if self.collected.handle is None else 'running'}>"

    # --- what it can do

    @overload
    def command(self, function: F) -> F: ...
    @overload
    def command(
        self, *, name: str = "", inline: bool = False, sealed: bool = False
    ) -> Callable[[F], F]: ...
    def command(
        self,
        function: F | None = None,
        *,
        name: str = "",
        inline: bool = False,
        sealed: bool = False,
    ) -> F | Callable[[F], F]:
        """Let pages call a function, by its name and with typed arguments.

        ``def`` runs on a pool of threads, ``async def`` on the app's loop; with ``inline=True`` a
        ``def`` that is instant runs on the main thread. The function itself stays as it is.

        Args:
            function: What to call; annotations say what the page must give.
            name: Another name for the page.
            inline: Run it on the main thread.
            sealed: Encrypt its calls and answers; needs ``security.sealed-commands``.

        Raises:
            BadSignatureError: A parameter or the result cannot cross to the page.
            DuplicateCommandError: The name is taken.
            ReservedNameError: The name belongs to the framework.
            SealedCommandError: A sealed one takes bytes, a request or a channel.
            AppStateError: The app runs already.
        """
        self._require_new("commands are added")

        def add(function: F) -> F:
            self.collected.add_command(function, name=name, inline=inline, sealed=sealed)
            return function

        return add if function is None else add(function)

    def manage(self, value: object, *, kind: type[object] | None = None) -> None:
        """Keep a value for commands that ask for ``State[type]``; see `States.manage`.

        Raises:
            StateError: There is a value of this type, or it is not of that `kind`.
        """
        self.collected.states.manage(value, kind=kind)

    def plugin(self, plugin: Plugin) -> None:
        """Add a plug-in.

        Raises:
            AppStateError: The app runs already, or has a plug-in of this name.
        """
        self._require_new("plug-ins are added")
        self.collected.add_plugin(plugin)

    # --- what it wants to be told

    def setup(self, function: Setup) -> Setup:
        """Have a function prepare the app before any page may call it.

        The windows of the configuration are there. An exception ends the app, and `run` raises it.

        Raises:
            BadSignatureError: It is async: the main thread awaits nothing.
            AppStateError: The app runs already.

        Thread: main.
        """
        self._require_new("set-up functions are added")
        self.collected.add_setup(function)
        return function

    def on_event(self, function: RunListener) -> RunListener:
        """Tell a function what happens to the loop and to windows, as it happens.

        A `CloseRequested` or `ExitRequested` may be refused with ``veto.prevent()``.

        Raises:
            BadSignatureError: It is async: the main thread awaits nothing.
            AppStateError: The app runs already.

        Thread: main. Must not block.
        """
        self._require_new("listeners of the loop are added")
        self.collected.add_listener(function)
        return function

    def listen(self, name: str, listener: Listener, *, once: bool = False) -> Callable[[], None]:
        """Hear each event `name`, or the next one, that is not addressed to a window.

        Returns:
            What to call to stop.

        Raises:
            EventNameError: The name is malformed.
            TooManyListenersError: As many as may be listen already.
        """
        return self.collected.events.listen(name, listener, once=once)

    def emit(self, name: str, payload: object = None, *, to: str | None = None) -> None:
        """Send an event to everybody, or to the window with the label `to`; never waits.

        Raises:
            EventNameError: The name is malformed.
            PayloadError: JSON cannot carry the payload.
            TooLargeError: The payload is over the limit.
        """
        self.collected.events.send(name, payload, to=to)

    # --- running

    @property
    def handle(self) -> AppHandle:
        """Reaches the running app from any thread.

        Raises:
            AppStateError: It does not run.
        """
        return self.collected.require_handle()

    def run(self) -> None:
        """Run until the app ends; return for code 0, else leave with the code.

        Raises:
            SystemExit: The exit code is not 0.
            AppStateError: It ran before.
            MillenniumError: The configuration cannot be used.
            millennium_runtime.errors.MillenniumRuntimeError: There is no runtime or no engine; the
                help says what to do.
            Exception: What a set-up function raised.
        """
        if self._has_run:
            raise AppStateError("the app has run", help="make a new App to run another")
        self._has_run = True
        from millennium.launch import Launch  # noqa: PLC0415 - with the engine, not before it

        launch = Launch(self.collected, sys.argv)
        code = launch.run(context=self._context, runtime=self._runtime)
        if code:
            raise SystemExit(code)

    def _require_new(self, what: str) -> None:
        if self._has_run:
            raise AppStateError(f"{what} before app.run()", help="make a new App to run another")
