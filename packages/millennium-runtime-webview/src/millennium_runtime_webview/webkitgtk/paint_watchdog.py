"""Notices a window that stays blank, and says why and what helps.

WebKit tells nobody that nothing reached the screen. Two proofs of life are asked for once the first
document has loaded, and both must come:

1. From the page: two animation frames, in a world it cannot see. While WebKit's frames do not
   reach the window, animation frames stop too.
2. From the window: one tick of its frame clock. It stands still while GTK cannot draw.

A window that is hidden or minimized paints nothing, and need not: the watch goes on when it is
seen again. A document that is left hands the watch to the next; what was asked of it counts no
longer, since WebKit may tell only much later that no answer will come.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from functools import partial

from millennium_runtime.webview import PageLoad
from millennium_runtime_webview.diagnostics import COMPOSITING, DMABUF, Problem
from millennium_runtime_webview.webkitgtk.bindings import Gdk, GLib, Native
from millennium_runtime_webview.webkitgtk.policies import origin_of

LOAD_SECONDS = 10
SETTLE_SECONDS = 2
PAINT_SECONDS = 5
WORLD = "millennium-paint"
_TWO_FRAMES = "await new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)))"

log = logging.getLogger(__name__)


class PaintWatchdog:
    """Watches the first document that stays in one window, and logs at most one warning."""

    def __init__(self, label: str, view: Native, problems: tuple[Problem, ...]) -> None:
        self._label = label
        self._view = view
        self._problems = problems
        self._source = 0
        self._ticks = 0
        self._seen_again: tuple[Native, int] | None = None
        self._document = 0
        self._is_loaded = False
        self._missing = {"page", "window"}
        self._after(LOAD_SECONDS, self._judge_load)

    def follow(self, load: PageLoad) -> None:
        """Hear of a document: when it has loaded, frames are expected, until the next commits."""
        if self._view is None:
            return
        if load.stage == "committed" and self._is_loaded:
            self._leave_document()
        elif load.stage == "finished" and not self._is_loaded:
            self._is_loaded = True
            self._after(SETTLE_SECONDS, self._ask)

    def stop(self) -> None:
        """Watch no longer, and let go of the view."""
        self._cancel()
        if self._ticks:
            self._view.remove_tick_callback(self._ticks)
            self._ticks = 0
        self._await_no_window()
        self._view = None

    # --- the proofs

    def _ask(self) -> None:
        if not self._is_in_view():
            self._await_window(self._ask)
            return
        self._after(PAINT_SECONDS, self._judge_paint)
        self._ticks = self._ticks or self._view.add_tick_callback(self._on_tick)
        self._view.call_async_javascript_function(
            _TWO_FRAMES, -1, None, WORLD, None, None, partial(self._on_frames, self._document)
        )

    def _on_tick(self, *_: object) -> bool:
        self._ticks = 0
        self._prove("window")
        return bool(GLib.SOURCE_REMOVE)

    def _on_frames(self, document: int, view: Native, result: Native) -> None:
        if self._view is None or document != self._document:
            return
        try:
            view.call_async_javascript_function_finish(result)
        except GLib.Error:  # the document goes, or its process died: watch the next one
            self._leave_document()
            return
        self._prove("page")

    def _leave_document(self) -> None:
        self._document += 1
        self._is_loaded = False
        self._cancel()
        self._await_no_window()

    def _prove(self, what: str) -> None:
        self._missing.discard(what)
        if not self._missing:
            log.debug("window %r paints", self._label)
            self.stop()

    # --- the verdicts

    def _judge_load(self) -> None:
        origin = origin_of(self._view.get_uri() or "")
        self._warn(
            f"its first page did not load within {LOAD_SECONDS} s",
            f"see whether {origin} answers, and what was logged before",
        )

    def _judge_paint(self) -> None:
        if not self._is_in_view():
            self._await_window(lambda: self._after(PAINT_SECONDS, self._judge_paint))
            return
        untried = [f"{name}=1" for name in (DMABUF, COMPOSITING) if name not in os.environ]
        self._warn("it does not paint", f"try {', then '.join(untried)}" if untried else "")

    def _warn(self, what: str, advice: str) -> None:
        reasons = [f"{problem.cause} ({problem.fix})" for problem in self._problems]
        said = (what, *(reasons or ["cause unknown"]), advice)
        log.warning("window %r may be blank: %s", self._label, "; ".join(filter(None, said)))
        self.stop()

    # --- waiting

    def _is_in_view(self) -> bool:
        if not self._view.get_mapped():
            return False
        state = self._view.get_toplevel().get_window().get_state()
        return not state & Gdk.WindowState.ICONIFIED

    def _await_window(self, action: Callable[[], None]) -> None:
        native = self._view.get_toplevel()

        def on_state(*_: object) -> bool:
            self._await_no_window()
            self._after(SETTLE_SECONDS, action)
            return bool(Gdk.EVENT_PROPAGATE)

        self._seen_again = (native, native.connect("window-state-event", on_state))

    def _await_no_window(self) -> None:
        if self._seen_again is not None:
            native, handler = self._seen_again
            self._seen_again = None
            native.disconnect(handler)

    def _after(self, seconds: int, action: Callable[[], None]) -> None:
        self._cancel()

        def fire() -> bool:
            self._source = 0
            action()
            return bool(GLib.SOURCE_REMOVE)

        self._source = GLib.timeout_add_seconds(seconds, fire)

    def _cancel(self) -> None:
        if self._source:
            GLib.source_remove(self._source)
            self._source = 0
