"""Notices a window that stays blank, and says why and what helps.

WebKit tells nobody that nothing reached the screen. But while frames do not, animation frames
stop too: two of them, asked for in a world the page cannot see, are the proof of life.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from millennium_runtime_webview.diagnostics import Problem
from millennium_runtime_webview.webkitgtk.bindings import GLib, Native

LOAD_SECONDS = 10
SETTLE_SECONDS = 2
PAINT_SECONDS = 5
WORLD = "millennium-paint"
_TWO_FRAMES = "await new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)))"
_UNKNOWN = (
    "cause unknown; try WEBKIT_DISABLE_DMABUF_RENDERER=1, then WEBKIT_DISABLE_COMPOSITING_MODE=1"
)

log = logging.getLogger(__name__)


class PaintWatchdog:
    """Watches the first document of one window, once, and logs at most one warning."""

    def __init__(self, label: str, view: Native, problems: tuple[Problem, ...]) -> None:
        self._label = label
        self._view = view
        self._problems = problems
        self._source = 0
        self._is_loaded = False
        self._after(LOAD_SECONDS, lambda: self._warn("its first page did not load"))

    def loaded(self) -> None:
        """Hear that a document has loaded; from then on frames are expected."""
        if self._is_loaded:
            return
        self._is_loaded = True
        self._after(SETTLE_SECONDS, self._ask)

    def stop(self) -> None:
        """Watch no longer, and let go of the view."""
        self._cancel()
        self._view = None

    def _ask(self) -> None:
        if self._view is None or not self._view.get_mapped():
            return  # a hidden window paints nothing, and need not
        self._after(PAINT_SECONDS, lambda: self._warn("it does not paint"))
        self._view.call_async_javascript_function(
            _TWO_FRAMES, -1, None, WORLD, None, None, lambda *_: self.stop()
        )

    def _warn(self, what: str) -> None:
        reasons = [f"{problem.cause} ({problem.fix})" for problem in self._problems]
        log.warning(
            "window %r may be blank: %s; %s", self._label, what, "; ".join(reasons) or _UNKNOWN
        )

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
