"""GLib's main loop as the runtime's: wake-ups from any thread, and the two signals."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from millennium_runtime_webview.webkitgtk.bindings import GLib, Gtk

SIGNALS = {signal.SIGINT: 130, signal.SIGTERM: 143}
"""What to exit with; 128 + number, as shells count."""


class EventLoop:
    """Wraps one GLib main loop."""

    def __init__(self) -> None:
        self._loop = GLib.MainLoop()

    def wake(self, task: Callable[[], None]) -> None:
        """Run `task` once on the loop's thread, before drawing; any thread may ask."""
        GLib.idle_add(task, priority=GLib.PRIORITY_HIGH)

    def later(self, task: Callable[[], None], seconds: float) -> None:
        """Run `task` once when nothing else waits; any thread may ask."""
        if seconds > 0:
            GLib.timeout_add(
                max(1, round(seconds * 1000)), task, priority=GLib.PRIORITY_DEFAULT_IDLE
            )
        else:
            GLib.idle_add(task, priority=GLib.PRIORITY_DEFAULT_IDLE)

    def run(self, on_start: Callable[[], None], on_signal: Callable[[int], None]) -> None:
        """Run until `stop`; `on_start` is called first, inside the loop."""
        failure: list[BaseException] = []

        def start() -> None:
            try:
                on_start()
            except BaseException as exc:  # noqa: BLE001 - leaves through `run`, not into GLib
                failure.append(exc)
                self.stop()

        with _signals(on_signal):
            self.wake(start)
            self._loop.run()
        if failure:
            raise failure[0]

    def stop(self) -> None:
        """Have `run` return, out of a native dialog's own loop too."""
        for native in Gtk.Window.list_toplevels():
            if isinstance(native, Gtk.Dialog):  # GTK's own messages run a loop inside ours
                native.response(Gtk.ResponseType.DELETE_EVENT)
        self._loop.quit()


@contextmanager
def _signals(on_signal: Callable[[int], None]) -> Iterator[None]:
    """Hand SIGINT and SIGTERM to `on_signal` for as long as the loop runs."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    # Python's own handler must go first: PyGObject would put its own in its place, above ours.
    before = {number: signal.signal(number, signal.SIG_DFL) for number in SIGNALS}
    sources = [
        GLib.unix_signal_add(GLib.PRIORITY_HIGH, number, _asker(on_signal, code))
        for number, code in SIGNALS.items()
    ]
    try:
        yield
    finally:
        for source in sources:
            GLib.source_remove(source)
        for number, handler in before.items():
            signal.signal(number, handler)


def _asker(on_signal: Callable[[int], None], code: int) -> Callable[[], bool]:
    def ask() -> bool:
        on_signal(code)
        return bool(GLib.SOURCE_CONTINUE)

    return ask
