"""One native window: its place, its states, and the events it sends."""

from __future__ import annotations

from collections.abc import Callable

from millennium_runtime.dialog import Dialog, DialogHandler
from millennium_runtime.dpi import PhysicalPosition, PhysicalSize, Position, Size
from millennium_runtime.errors import CreateWindowError, UnsupportedError
from millennium_runtime.monitor import Monitor
from millennium_runtime.run_event import CloseRequested, Destroyed
from millennium_runtime.theme import Theme
from millennium_runtime.webview import World
from millennium_runtime.window import PendingWindow, WindowAttributes
from millennium_runtime_webview.engine import EmitEvent, EngineWindow, Hint, Toggle
from millennium_runtime_webview.webkitgtk.bindings import Gdk, Gtk, Native
from millennium_runtime_webview.webkitgtk.dialogs import show_dialog
from millennium_runtime_webview.webkitgtk.monitors import describe_monitor
from millennium_runtime_webview.webkitgtk.theme import current_theme, prefer_theme
from millennium_runtime_webview.webkitgtk.webview import Webview
from millennium_runtime_webview.webkitgtk.window_events import WindowEvents


class WebKitGtkWindow(EngineWindow):
    """A `Gtk.Window` with one webview in it."""

    def __init__(
        self,
        pending: PendingWindow,
        native: Native,
        webview: Webview,
        emit: EmitEvent,
        on_gone: Callable[[], None],
    ) -> None:
        self.native = native
        self.webview = webview
        self._pending = pending
        self._emit = emit
        self._on_gone = on_gone
        self._is_gone = False
        self._events = WindowEvents(self, native, webview.native, emit)
        native.connect("delete-event", self._on_delete)
        native.connect("destroy", self._on_destroy)

    # --- what it shows

    def title(self) -> str:
        """Return the title bar's text."""
        return self.native.get_title() or ""

    def set_title(self, title: str) -> None:
        """Set the title bar's text."""
        self.native.set_title(title)

    def url(self) -> str:
        """Return the URL of the committed document."""
        return self.webview.url()

    def navigate(self, url: str) -> None:
        """Load `url` in the top frame."""
        self.webview.load(url)

    def reload(self) -> None:
        """Load the current document again."""
        self.webview.reload()

    def evaluate(self, script: str, world: World) -> None:
        """Run a script in the top frame."""
        self.webview.evaluate(script, world)

    # --- where and how large it is

    def scale_factor(self) -> float:
        """Return device pixels per CSS pixel."""
        return float(self.native.get_scale_factor())

    def size(self, *, is_outer: bool) -> PhysicalSize:
        """Return the size of the content area, or with title bar and borders."""
        scale = self.native.get_scale_factor()
        gdk = self.native.get_window()
        if is_outer and gdk is not None:
            frame = gdk.get_frame_extents()
            return PhysicalSize(frame.width * scale, frame.height * scale)
        width, height = self.native.get_size()
        return PhysicalSize(width * scale, height * scale)

    def position(self, *, is_outer: bool) -> PhysicalPosition:
        """Return the top left of the content area, or with title bar and borders."""
        scale = self.native.get_scale_factor()
        gdk = self.native.get_window()
        if gdk is None:
            x, y = self.native.get_position()
        elif is_outer:
            frame = gdk.get_frame_extents()
            x, y = frame.x, frame.y
        else:
            _, x, y = gdk.get_origin()
        return PhysicalPosition(x * scale, y * scale)

    def set_size(self, size: Size) -> None:
        """Set the size of the content area."""
        wanted = size.to_logical(self.scale_factor())
        width, height = max(1, round(wanted.width)), max(1, round(wanted.height))
        if self.native.get_resizable():
            self.native.resize(width, height)
        else:  # GTK gives a window that cannot be resized the size it requests
            self.native.set_size_request(width, height)

    def set_size_limits(self, least: Size | None, most: Size | None) -> None:
        """Limit what the user may resize to."""
        hints = Gdk.WindowHints(0)
        geometry = Gdk.Geometry()
        if least is not None:
            low = least.to_logical(self.scale_factor())
            geometry.min_width, geometry.min_height = round(low.width), round(low.height)
            hints |= Gdk.WindowHints.MIN_SIZE
        if most is not None:
            high = most.to_logical(self.scale_factor())
            geometry.max_width, geometry.max_height = round(high.width), round(high.height)
            hints |= Gdk.WindowHints.MAX_SIZE
        self.native.set_geometry_hints(None, geometry, hints)

    def set_position(self, position: Position) -> None:
        """Move the outer top left."""
        wanted = position.to_logical(self.scale_factor())
        self.native.move(round(wanted.x), round(wanted.y))

    def center(self) -> None:
        """Move to the middle of the monitor's work area."""
        area = self._native_monitor().get_workarea()
        width, height = self.native.get_size()
        self.native.move(area.x + (area.width - width) // 2, area.y + (area.height - height) // 2)

    def monitor(self) -> Monitor | None:
        """Return the monitor the window is on."""
        native = self._native_monitor()
        return None if native is None else describe_monitor(native)

    # --- its state

    def state(self, name: Toggle) -> bool:
        """Read a window state."""
        return bool(_READ[name](self.native))

    def set_state(self, name: Toggle, value: bool) -> None:
        """Set a window state."""
        _WRITE[name](self.native, value)

    def set_hint(self, name: Hint, value: bool) -> None:
        """Tell the window system a wish."""
        _HINT[name](self.native, value)

    def start_dragging(self) -> None:
        """Let the pointer move the window until its button is released."""
        seat = Gdk.Display.get_default().get_default_seat()
        _, x, y = seat.get_pointer().get_position()
        self.native.begin_move_drag(1, x, y, Gtk.get_current_event_time())

    def theme(self) -> Theme:
        """Return "light" or "dark"."""
        return current_theme()

    # --- tools and end

    def set_devtools(self, is_open: bool) -> None:
        """Open or close the inspector."""
        if not self._pending.webview.devtools:
            message = f"the developer tools of window {self._pending.label!r} are off"
            raise UnsupportedError(message, help="set devtools = true for the window")
        self.webview.set_devtools(is_open)

    def show_dialog(self, dialog: Dialog, on_result: DialogHandler) -> None:
        """Show a dialog of this window without waiting for it."""
        show_dialog(dialog, self.native, on_result)

    def close(self) -> None:
        """Emit CloseRequested; destroy unless it was prevented."""
        event = CloseRequested()
        self._emit(event)
        if not event.veto.is_prevented:
            self.destroy()

    def destroy(self) -> None:
        """Destroy the window; a second call does nothing."""
        if not self._is_gone:
            self.native.destroy()

    def abandon(self) -> None:
        """Destroy a window whose making failed: nobody hears of it, and nothing watches it on."""
        self._is_gone = True
        self.native.destroy()
        self._let_go()

    def begin(self) -> None:
        """Take the first look as known; from now on what differs is an event."""
        self._events.start(self.size(is_outer=False), self.position(is_outer=True))

    def _on_delete(self, *_: object) -> bool:
        self.close()
        return True  # what happens next was decided above

    def _on_destroy(self, *_: object) -> None:
        if self._is_gone:
            return
        self._is_gone = True
        self._let_go()
        self._emit(Destroyed())

    def _let_go(self) -> None:
        """Free all native objects here and now, never by the garbage collector's thread."""
        self._events.stop()
        self._on_gone()
        self.webview.let_go()
        del self._events, self._on_gone, self.native

    def _native_monitor(self) -> Native:
        display = self.native.get_display()
        gdk = self.native.get_window()
        if gdk is not None:
            return display.get_monitor_at_window(gdk)
        return display.get_primary_monitor() or display.get_monitor(0)


def apply_look(window: WebKitGtkWindow, look: WindowAttributes) -> None:
    """Give a window its first look, before it is shown."""
    native = window.native
    native.set_title(look.title)
    native.set_size_request(-1, -1)
    native.set_default_size(round(look.size.width), round(look.size.height))
    native.set_resizable(look.resizable)
    window.set_size(look.size)
    window.set_size_limits(look.min_size, look.max_size)
    native.set_decorated(look.decorations)
    native.set_keep_above(look.always_on_top)
    native.set_skip_taskbar_hint(look.skip_taskbar)
    native.set_focus_on_map(look.focus)
    native.set_accept_focus(True)
    if look.position is not None:
        window.set_position(look.position)
    elif look.center:
        window.center()
    prefer_theme(look.theme)
    if look.maximized:
        native.maximize()
    if look.fullscreen:
        native.fullscreen()


def paint_background(native: Native, view: Native, color: str, *, transparent: bool) -> None:
    """Give the view its first paint, or let what is behind the window show through."""
    rgba = Gdk.RGBA()
    if not rgba.parse(color):
        message = f"{color!r} is not a colour"
        raise CreateWindowError(message, help='write it as "#rrggbb"')
    visual = native.get_screen().get_rgba_visual()
    if transparent and visual is not None:
        native.set_visual(visual)
        native.set_app_paintable(True)
        rgba.alpha = 0.0
    view.set_background_color(rgba)
    view.set_opacity(1.0)  # pywebview hides it until its own script has run


def show_first(window: WebKitGtkWindow, *, visible: bool) -> None:
    """Show what is inside, and the window if it is wanted; then events begin."""
    window.native.get_child().show_all()
    # Before the window is mapped: if the keyboard comes first, GTK has nobody to give it to.
    window.native.set_focus(window.webview.native)
    window.begin()
    if visible:
        window.native.show()


def _gdk_state(flag: str) -> Callable[[Native], bool]:
    mask = getattr(Gdk.WindowState, flag)

    def read(native: Native) -> bool:
        gdk = native.get_window()
        return gdk is not None and bool(gdk.get_state() & mask)

    return read


def _show(native: Native, value: bool) -> None:
    if value:
        native.show()
    else:
        native.hide()


def _focus(native: Native, value: bool) -> None:
    if value:
        native.present_with_time(Gtk.get_current_event_time())


def _minimize(native: Native, value: bool) -> None:
    if value:
        native.iconify()
    else:
        native.deiconify()


def _maximize(native: Native, value: bool) -> None:
    if value:
        native.maximize()
    else:
        native.unmaximize()


def _fullscreen(native: Native, value: bool) -> None:
    if value:
        native.fullscreen()
    else:
        native.unfullscreen()


_READ: dict[Toggle, Callable[[Native], bool]] = {
    "visible": lambda native: native.get_visible(),
    "focused": lambda native: native.has_toplevel_focus(),
    "minimized": _gdk_state("ICONIFIED"),
    "maximized": lambda native: native.is_maximized(),
    "fullscreen": _gdk_state("FULLSCREEN"),
    "resizable": lambda native: native.get_resizable(),
    "decorated": lambda native: native.get_decorated(),
}
_WRITE: dict[Toggle, Callable[[Native, bool], None]] = {
    "visible": _show,
    "focused": _focus,
    "minimized": _minimize,
    "maximized": _maximize,
    "fullscreen": _fullscreen,
    "resizable": lambda native, value: native.set_resizable(value),
    "decorated": lambda native, value: native.set_decorated(value),
}
_HINT: dict[Hint, Callable[[Native, bool], None]] = {
    "always_on_top": lambda native, value: native.set_keep_above(value),
    "skip_taskbar": lambda native, value: native.set_skip_taskbar_hint(value),
    "attention": lambda native, value: native.set_urgency_hint(value),
}
