"""Native signals of one window, turned into window events; repetitions are left out.

Files are told as dropped only when they were dragged from another app: an app may let its page
read what its user drops, and a page can put any path it likes into a drag of its own.
"""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from millennium_runtime.dpi import PhysicalPosition, PhysicalSize
from millennium_runtime.run_event import (
    FilesDropped,
    Focused,
    Moved,
    Resized,
    ScaleFactorChanged,
    ThemeChanged,
    WindowEventKind,
)
from millennium_runtime_webview.engine import EmitEvent, EngineWindow
from millennium_runtime_webview.webkitgtk.bindings import Gtk, Native
from millennium_runtime_webview.webkitgtk.theme import watch_theme

MAX_DROPPED_FILES = 10_000  # at once; of more than that, the page's own drop event tells


class WindowEvents:
    """Emits what happens to a native window and its view."""

    def __init__(self, window: EngineWindow, native: Native, view: Native, emit: EmitEvent) -> None:
        self._window = window
        self._emit = emit
        self._size: PhysicalSize | None = None
        self._position: PhysicalPosition | None = None
        self._dragged: tuple[Native, tuple[str, ...]] | None = None
        native.connect("configure-event", self._on_configure)
        native.connect("focus-in-event", lambda *_: self._tell(Focused(True)))
        native.connect("focus-out-event", lambda *_: self._tell(Focused(False)))
        native.connect("notify::scale-factor", self._on_scale)
        view.connect("size-allocate", self._on_allocate)
        view.connect("drag-data-received", self._on_drag_data)
        view.connect("drag-drop", self._on_drop)
        self.stop = watch_theme(lambda theme: emit(ThemeChanged(theme)))

    def start(self, size: PhysicalSize, position: PhysicalPosition) -> None:
        """Take the first look as known: only what differs from it is an event."""
        self._size, self._position = size, position

    def _tell(self, event: WindowEventKind) -> bool:
        self._emit(event)
        return False

    def _on_configure(self, *_: object) -> bool:
        position = self._window.position(is_outer=True)
        if position != self._position:
            self._position = position
            self._emit(Moved(position))
        return False

    def _on_allocate(self, _: object, area: Native) -> None:
        scale = self._window.scale_factor()
        size = PhysicalSize(round(area.width * scale), round(area.height * scale))
        if size != self._size:
            self._size = size
            self._emit(Resized(size))

    def _on_scale(self, *_: object) -> None:
        self._emit(ScaleFactorChanged(self._window.scale_factor()))

    def _on_drag_data(self, *received: Native) -> None:
        # (view, context, x, y, data, info, time); it comes while hovering and again at the drop.
        context, data = received[1], received[4]
        paths = file_paths(data.get_uris() or ())
        if paths and Gtk.drag_get_source_widget(context) is None:
            self._dragged = (context, paths)

    def _on_drop(self, _: object, context: Native, *__: object) -> bool:
        dragged, self._dragged = self._dragged, None
        # Another drag than the one that was seen: its files went elsewhere and were not given.
        if dragged is not None and dragged[0] is context:
            self._emit(FilesDropped(dragged[1]))
        return False  # the page gets its own drop event too


def file_paths(uris: tuple[str, ...] | list[str]) -> tuple[str, ...]:
    """Return the local paths among dropped URIs, in order; none if there are too many."""
    if len(uris) > MAX_DROPPED_FILES:
        return ()
    parts = [urlsplit(uri) for uri in uris]
    return tuple(
        unquote(part.path)
        for part in parts
        if part.scheme == "file" and part.hostname in {None, "localhost"}
    )
