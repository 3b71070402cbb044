"""What a page may do beyond its own document. The default answer is no.

1. Navigation: the handler is asked before any request leaves. WebKitGTK does not say which frame
   navigates, so frames are asked about too; only ``about:``, ``data:`` and ``blob:`` are not: a
   page cannot take the top frame to a ``data:`` URL, and the other two are its own content.
2. New windows: always refused; the new-window handler is told. It is told about a refused
   navigation too, but only when the user clicked a link: what a script or a frame wants must not
   reach the system's browser, whose address can carry away what the page knows. One click is told
   once: the engine calls all that a script does in its wake a click of the user's too.
3. Permissions: granted when the window's attributes name them, else denied; a query says the same.
4. Frames: a page that may be framed by nobody is not shown in one.
5. Context menu: editing, and the inspector where devtools are on.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from urllib.parse import urlsplit

from millennium_runtime.window import PendingWindow
from millennium_runtime_webview.webkitgtk.bindings import Gdk, Native, WebKit2
from millennium_runtime_webview.webkitgtk.framing import begin, end, may_be_framed

UNASKED_SCHEMES = frozenset({"about", "blob", "data"})
ZOOM_STEP = 1.1
MIN_ZOOM, MAX_ZOOM = 0.3, 5.0
CLICK_SECONDS = 1.0
"""How long nothing more is told after an address that leaves; as long as an engine's click lasts."""

log = logging.getLogger(__name__)


class Policies:
    """Answers the questions of one webview."""

    def __init__(self, pending: PendingWindow, native: Native) -> None:
        self._pending = pending
        self._allowed = ""
        self._last_told = float("-inf")
        self._frameable = begin(pending.label)
        native.connect("decide-policy", self._on_decide)
        native.connect("create", self._on_create)
        native.connect("permission-request", self._on_permission)
        native.connect("query-permission-state", self._on_query)
        native.connect("context-menu", self._on_context_menu)
        if pending.webview.zoom_hotkeys:
            native.connect("key-press-event", _on_key)

    def let_go(self) -> None:
        """Forget what this view was answered."""
        end(self._pending.label, self._frameable)

    def allow_next(self, url: str) -> None:
        """Let the app itself load `url` without asking its handler."""
        self._allowed = url

    def _on_decide(self, _: object, decision: Native, kind: Native) -> bool:
        if kind == WebKit2.PolicyDecisionType.NAVIGATION_ACTION:
            return self._decide_navigation(decision, _requested_url(decision))
        if kind == WebKit2.PolicyDecisionType.NEW_WINDOW_ACTION:
            return self._refuse(decision)
        return self._decide_response(decision)

    def _decide_navigation(self, decision: Native, url: str) -> bool:
        if self._may_navigate(url):
            return False
        log.info("window %r may not go to %s", self._pending.label, origin_of(url))
        return self._refuse(decision)

    def _refuse(self, decision: Native) -> bool:
        decision.ignore()
        if _is_clicked_link(decision.get_navigation_action()):
            self._refuse_window(_requested_url(decision))
        return True

    def _may_navigate(self, url: str) -> bool:
        handler = self._pending.navigation_handler
        if handler is None or urlsplit(url).scheme in UNASKED_SCHEMES:
            return True
        if url == self._allowed:
            self._allowed = ""
            return True
        return ask(lambda: handler(url))

    def _decide_response(self, decision: Native) -> bool:
        if self._is_unwanted_frame(decision):
            decision.ignore()
            return True
        if decision.is_mime_type_supported():
            return False
        if self._pending.webview.downloads:
            decision.download()
        else:
            decision.ignore()
        return True

    def _is_unwanted_frame(self, decision: Native) -> bool:
        url = decision.get_request().get_uri() or ""
        is_ours = urlsplit(url).scheme in self._pending.protocols
        is_frame = is_ours and not decision.is_main_frame_main_resource()
        return is_frame and not may_be_framed(self._pending.label, url)

    def _on_create(self, _: object, action: Native) -> None:
        self._refuse_window(action.get_request().get_uri() or "")

    def _refuse_window(self, url: str) -> None:
        handler = self._pending.new_window_handler
        if handler is None:
            log.info("window %r may not open a window", self._pending.label)
            return
        now = time.monotonic()
        if now - self._last_told < CLICK_SECONDS:
            log.debug("window %r wants more than one address for one click", self._pending.label)
            return
        self._last_told = now
        try:
            handler(url)
        except Exception:
            log.exception("the new-window handler of %r failed", self._pending.label)

    def _on_permission(self, _: object, request: Native) -> bool:
        wanted = permissions_wanted(request)
        if wanted and wanted <= self._pending.webview.permissions:
            request.allow()
        else:
            kind = type(request).__name__
            log.info("window %r was denied a permission: %s", self._pending.label, kind)
            request.deny()
        return True

    def _on_query(self, _: object, query: Native) -> bool:
        is_granted = query.get_name() in self._pending.webview.permissions
        state = WebKit2.PermissionState
        query.finish(state.GRANTED if is_granted else state.DENIED)
        return True

    def _on_context_menu(self, _: object, menu: Native, *__: object) -> bool:
        kept = _EDITING | _INSPECTING if self._pending.webview.devtools else _EDITING
        for item in menu.get_items():
            if item.get_stock_action() not in kept:
                menu.remove(item)
        return not menu.get_n_items()


def ask(handler: Callable[[], bool]) -> bool:
    """Return the handler's answer; one that fails has refused."""
    try:
        return handler() is True
    except Exception:
        log.exception("a handler failed; what it was asked about is refused")
        return False


def origin_of(url: str) -> str:
    """Return what of a URL may be logged: never its path or query."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname or ''}"


def permissions_wanted(request: Native) -> frozenset[str]:
    """Name what a native request asks for; empty when it is nothing a window can be granted."""
    if isinstance(request, WebKit2.UserMediaPermissionRequest):
        return _media_wanted(request)
    if isinstance(request, WebKit2.DeviceInfoPermissionRequest):
        return frozenset({"camera", "microphone"})
    for name, kind in _REQUESTS.items():
        if isinstance(request, kind):
            return frozenset({name})
    return frozenset()


def _media_wanted(request: Native) -> frozenset[str]:
    if WebKit2.user_media_permission_is_for_display_device(request):
        return frozenset()  # nobody can be granted a view of the whole screen
    wanted = set()
    if WebKit2.user_media_permission_is_for_audio_device(request):
        wanted.add("microphone")
    if WebKit2.user_media_permission_is_for_video_device(request):
        wanted.add("camera")
    return frozenset(wanted)


def _requested_url(decision: Native) -> str:
    return decision.get_navigation_action().get_request().get_uri() or ""


def _is_clicked_link(action: Native) -> bool:
    """Whether the user did it; an engine that says nothing about it has not said so."""
    kind = action.get_navigation_type()
    return bool(kind == WebKit2.NavigationType.LINK_CLICKED and action.is_user_gesture())


def _on_key(view: Native, event: Native) -> bool:
    if not event.state & Gdk.ModifierType.CONTROL_MASK:
        return False
    factor = _ZOOM_KEYS.get(Gdk.keyval_name(event.keyval) or "")
    if factor is None:
        return False
    level = view.get_zoom_level() * factor if factor else 1.0
    view.set_zoom_level(min(MAX_ZOOM, max(MIN_ZOOM, level)))
    return True


_REQUESTS = {
    name: getattr(WebKit2, kind)
    for name, kind in (
        ("geolocation", "GeolocationPermissionRequest"),
        ("notifications", "NotificationPermissionRequest"),
        ("clipboard-read", "ClipboardPermissionRequest"),  # since 2.42
    )
    if hasattr(WebKit2, kind)
}
_ACTION = WebKit2.ContextMenuAction
_EDITING = frozenset(
    {
        _ACTION.CUT,
        _ACTION.COPY,
        _ACTION.PASTE,
        _ACTION.DELETE,
        _ACTION.SELECT_ALL,
        _ACTION.UNICODE,
        _ACTION.INPUT_METHODS,
        _ACTION.SPELLING_GUESS,
    }
)
_INSPECTING = frozenset({_ACTION.INSPECT_ELEMENT})
_ZOOM_KEYS = {
    "plus": ZOOM_STEP,
    "equal": ZOOM_STEP,
    "KP_Add": ZOOM_STEP,
    "minus": 1 / ZOOM_STEP,
    "KP_Subtract": 1 / ZOOM_STEP,
    "0": 0.0,
    "KP_0": 0.0,
}
