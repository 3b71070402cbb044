"""The launch: from what the app collected to the exit code of its loop.

The order is that of a quick start: the context says who we are, the engine begins to load, and the
rest of the framework comes while it does.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from millennium.collected import Collected
from millennium.context import Context, find_context
from millennium.errors.notes import explained
from millennium.paths import AppPaths, installed_resources
from millennium.security.environment import remove_dangerous
from millennium.verify import Door, Proof, take_descriptor
from millennium_runtime.registry import select_runtime
from millennium_runtime.runtime import Runtime, RuntimeAttributes

if TYPE_CHECKING:
    from millennium.development import Companion

SWITCH_INTERVAL_SECONDS = 0.0002
"""How long a busy Python thread keeps the main one waiting; Python's own 5 ms shows in a page.

Measured: docs/explanation/decisions/0011-threads-take-turns-every-200-microseconds.md.
"""

SOURCE_OPTION = "--millennium-source="
"""How `millennium dev` and `millennium run` reach an app that is started from source."""

STOP_SECONDS = 2.0
"""How long commands that still run may take to end when the app ends."""


class Launch:
    """Starts one app and cleans up after it. Thread: main.

    Args:
        collected: What the app's code wants.
        arguments: Of the process; the verification door is taken out.
    """

    def __init__(self, collected: Collected, arguments: list[str]) -> None:
        self._collected = collected
        self._started = time.monotonic()
        self._descriptor = take_descriptor(arguments)
        self._companion = _find_companion(arguments)

    def run(
        self,
        *,
        context: Context | None,
        runtime: type[Runtime] | None,
        paths: AppPaths | None = None,
    ) -> int:
        """Run the loop and return its exit code.

        Args:
            context: What the app is; None finds it.
            runtime: Who makes windows; None finds it.
            paths: The app's folders; None gives those of this user.

        Raises:
            Exception: Why the app did not start.
        """
        with explained():
            return self._run(context or find_context(), runtime, paths)

    def _run(self, context: Context, runtime: type[Runtime] | None, paths: AppPaths | None) -> int:
        if self._companion is not None:
            context = self._companion.prepare(context)
        paths = paths or _paths(context)
        is_release = not context.is_development
        if is_release:  # executables of our own freezers did so before Python began
            own = getattr(sys, "_MEIPASS", "")
            remove_dangerous(os.environ, Path(sys.executable), own=own)
        chosen = select_runtime(runtime, context.runtime, is_release=is_release)
        loop = chosen.new(_attributes(context, paths))
        # The webview is on its way, in processes of its own; what follows costs no time.
        from millennium.api import GUARD  # noqa: PLC0415
        from millennium.running import RunningApp  # noqa: PLC0415

        running = RunningApp(
            self._collected,
            context=context,
            runtime=loop.handle(),
            paths=paths,
            verify=self._door(loop, context),
        )
        self._collected.handle = running.handle
        if self._companion is not None:
            self._companion.follow(running.handle)
        GUARD.bind(context.config.allowlist.enabled_modules())
        try:
            with _quick_switches():
                code = loop.run(running.on_event)
        finally:
            running.close()
            self._collected.handle = None
            self._collected.workers.stop(STOP_SECONDS)
            GUARD.release()
        if self._collected.failure is not None:
            raise self._collected.failure
        return code

    def _door(self, loop: Runtime, context: Context) -> Callable[[str], bool] | None:
        if self._descriptor is None:
            return None
        door = Door(self._descriptor, lambda: loop.handle().request_exit(0))

        def prove(url: str) -> Proof:
            return Proof(
                version=context.config.version,
                engine=loop.engine(),
                milliseconds=round((time.monotonic() - self._started) * 1000),
                url=url,
            )

        return lambda url: door.knock(lambda: prove(url))


def _find_companion(arguments: list[str]) -> Companion | None:
    if getattr(sys, "frozen", False) or not any(SOURCE_OPTION in text for text in arguments):
        return None
    from millennium.development import take_companion  # noqa: PLC0415 - no part of a release

    return take_companion(arguments)


def _paths(context: Context) -> AppPaths:
    in_project = context.root if context.is_development else None
    resource = in_project or installed_resources(Path(sys.executable))
    return AppPaths.of(context.config.identifier, resource=resource)


def _attributes(context: Context, paths: AppPaths) -> RuntimeAttributes:
    config = context.config
    return RuntimeAttributes(
        identifier=config.identifier,
        app_name=config.product_name or config.identifier,
        data_directory=paths.app_data / "webview",
        log_directory=None if context.is_development else paths.app_log,
        icon=context.icon,
        sandbox=config.security.sandbox,
        starts_with_window=any(
            window.create and not (window.incognito or window.isolated_origin)
            for window in config.windows
        ),
    )


@contextmanager
def _quick_switches() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_INTERVAL_SECONDS)
    try:
        yield
    finally:
        sys.setswitchinterval(before)
