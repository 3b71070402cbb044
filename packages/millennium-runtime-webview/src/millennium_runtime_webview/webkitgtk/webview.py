"""One WebView: its scripts, its message handler and the documents that come and go in it.

The committed URL is recorded when a load commits and never asked for when deciding: during a
provisional load the view already names the page that is coming.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable
from urllib.parse import urlsplit

from millennium_runtime.errors import PageBusyError
from millennium_runtime.webview import (
    IpcHandler,
    LoadStage,
    MessageSource,
    PageLoad,
    PageLoadHandler,
    World,
)
from millennium_runtime.window import PendingWindow
from millennium_runtime_webview.webkitgtk.bindings import (
    Gio,
    GLib,
    JavaScriptCore,
    Native,
    WebKit2,
    keep_forever,
)
from millennium_runtime_webview.webkitgtk.policies import Policies

MAX_SCRIPTS = 4096  # that the engine keeps for a page which has not run them
MAX_SCRIPT_CHARS = 64 * 1024 * 1024  # of the same; one script may go beyond
MAX_CRASHES = 3
CRASH_WINDOW_SECONDS = 30.0
ERROR_PAGE = "<!doctype html><meta charset=utf-8><p>This page could not be loaded."

log = logging.getLogger(__name__)
_new_string = JavaScriptCore.Value.new_string
_contexts: list[Native] = []
"""Where answers are made, for the life of the process: a message's own costs a call each time."""


class NativeReply:
    """Settles the promise of one message. Only strings: other values end the process."""

    __slots__ = ("_native",)

    def __init__(self, native: Native) -> None:
        self._native = native

    def answer(self, text: str) -> None:
        """Resolve the page's promise."""
        native, self._native = self._native, None
        if native is None:
            log.error("a message was answered twice; the second answer is dropped")
            return
        native.return_value(_new_string(_contexts[0], text))

    def refuse(self, text: str) -> None:
        """Reject the page's promise."""
        native, self._native = self._native, None
        if native is None:
            log.error("a message was answered twice; the second answer is dropped")
            return
        native.return_error_message(text)

    def __del__(self) -> None:
        """Refuse what nobody settled, on the main thread: freed elsewhere it ends the process."""
        if self._native is not None:
            GLib.idle_add(self._native.return_error_message, "dropped")

    def refuse_unless_settled(self) -> None:
        """Reject the page's promise if nobody settled it: it must not wait for ever."""
        if self._native is not None:
            self.refuse("failed")


class Webview:
    """The document side of one window."""

    def __init__(self, pending: PendingWindow, native: Native, manager: Native) -> None:
        self.native = native
        self._pending = pending
        self._manager = manager
        self._source = MessageSource(label=pending.label, url="", document=0)
        self._crashes = Crashes()
        self._has_failed = False
        self._has_document = False
        self._listeners: list[PageLoadHandler] = []
        self._policies = Policies(pending, native)
        if pending.page_load_handler is not None:
            self._listeners.append(pending.page_load_handler)
        self._scripts = Backlog()
        self._handler = 0
        self._is_kept = False
        native.connect("load-changed", self._on_load_changed)
        native.connect("load-failed", self._on_load_failed)
        native.connect("load-failed-with-tls-errors", self._on_tls_failed)
        native.connect("web-process-terminated", self._on_terminated)
        attributes = pending.webview
        if attributes.message_handler and pending.ipc_handler is not None:
            name = attributes.message_handler
            self._handler = manager.connect(
                f"script-message-with-reply-received::{name}",
                self._message_receiver(pending.ipc_handler),
            )
            manager.register_script_message_handler_with_reply(name, attributes.private_world)

    def let_go(self) -> None:
        """Free the native objects on this thread; the view was destroyed."""
        if self._handler:
            self._manager.disconnect(self._handler)
        self._listeners.clear()
        self._policies.let_go()
        del self.native, self._manager

    def url(self) -> str:
        """Return the URL of the committed document, as the document has changed it since.

        A fragment and `history.pushState` change it without a load. Only to be shown or gone back
        to: decisions take the source, for a view names the page that is coming while it loads.
        """
        committed, shown = self._source.url, str(self.native.get_uri() or "")
        is_changed = not self.native.is_loading() and _origin(shown) == _origin(committed)
        return shown if is_changed else committed

    def load(self, url: str) -> None:
        """Load a URL in the top frame; the navigation handler is not asked."""
        # WebKit's own spelling, or the question would not be recognised when it comes.
        self._policies.allow_next(WebKit2.URIRequest.new(url).get_uri())
        self.native.load_uri(url)

    def reload(self) -> None:
        """Load the committed document again, or the first one if there is none."""
        if self._source.url:
            self._policies.allow_next(self._source.url)
            self.native.reload()
        else:
            self.load(self._pending.webview.url)

    def on_page_load(self, listener: PageLoadHandler) -> None:
        """Tell one more listener each step."""
        self._listeners.append(listener)

    def evaluate(self, script: str, world: World) -> None:
        """Run a script in the top frame and drop its result.

        Only what runs in the page's world is counted: whoever has the private one counts there what
        its scripts acknowledge, which costs less.

        Raises:
            PageBusyError: The engine keeps too much that the page has not run.
        """
        if world is World.PRIVATE:
            name = self._pending.webview.private_world
            self.native.evaluate_javascript(script, -1, name, None, None, None, None)
        else:
            done = self._scripts.take(len(script))
            self.native.evaluate_javascript(script, -1, None, None, None, done, None)

    def set_devtools(self, is_open: bool) -> None:
        """Open or close the inspector."""
        inspector = self.native.get_inspector()
        if not is_open:
            inspector.close()
            return
        if not self._is_kept:
            self._is_kept = True
            keep_forever(self.native)
        inspector.show()

    def _message_receiver(self, handler: IpcHandler) -> Native:  # a GObject callback
        def receive(_: object, value: Native, native: Native) -> bool:
            if not _contexts:
                _contexts.append(value.get_context())
            reply = NativeReply(native)
            try:
                handler(self._source, value.to_string(), reply)
            except Exception:
                log.exception("the message handler of window %r failed", self._source.label)
                reply.refuse_unless_settled()
            return True

        return receive

    def _tell(self, stage: LoadStage) -> None:
        for listener in self._listeners:
            try:
                listener(PageLoad(stage=stage, source=self._source))
            except Exception:
                log.exception("a page-load handler of window %r failed", self._source.label)

    def _on_load_changed(self, native: Native, event: Native) -> None:
        if event == WebKit2.LoadEvent.STARTED:
            self._has_failed = False
            self._tell("started")
        elif event == WebKit2.LoadEvent.COMMITTED:
            self._has_document = True
            self._source = MessageSource(
                label=self._source.label,
                url=native.get_uri() or "",
                document=self._source.document + 1,
            )
            self._tell("committed")
        elif event == WebKit2.LoadEvent.FINISHED and not self._has_failed:
            self._tell("finished")

    def _on_load_failed(self, native: Native, _event: object, url: str, error: Native) -> bool:
        # WebKit's own error page would commit under the URL that failed. Ours is about:blank,
        # which is nobody's origin, and only where there is no document to keep.
        self._has_failed = True
        self._tell("failed")
        if not _is_interruption(error):
            if _is_cut_handshake(url, error):
                self._on_tls_failed(native, url)
            log.warning("window %r could not load a page: %s", self._source.label, error.message)
            if not self._has_document:
                native.load_html(ERROR_PAGE, "about:blank")
        return True

    def _on_tls_failed(self, _: object, url: str, *__: object) -> bool:
        host = urlsplit(url).hostname
        log.warning("window %r refused a certificate of %s", self._source.label, host)
        return False

    def _on_terminated(self, _: object, reason: Native) -> None:
        label = self._source.label
        self._has_document = False
        log.error("the web process of window %r ended: %s", label, reason.value_nick)
        self._tell("terminated")
        if self._crashes.is_loop(time.monotonic()):
            keep_forever(self.native)
            log.error("window %r is not loaded again: it crashes over and over", label)
        else:
            self.reload()


class Backlog:
    """Counts the scripts that the engine keeps for a page. Thread: main."""

    def __init__(self) -> None:
        self._count = 0
        self._chars = 0

    def take(self, chars: int) -> Callable[..., None]:
        """Count one more; return what counts it no longer, once it has run or never will.

        Raises:
            PageBusyError: There are too many, or they are too long.
        """
        if self._count >= MAX_SCRIPTS or self._chars >= MAX_SCRIPT_CHARS:
            raise PageBusyError(
                f"{self._count} scripts of {self._chars} characters wait for the page",
                help="the page hangs or pauses; run less in it, or load it again",
            )
        self._count += 1
        self._chars += chars

        def done(*_: object) -> None:
            self._count -= 1
            self._chars -= chars

        return done


class Crashes:
    """Counts the ends of a web process: more than 3 in 30 s are a loop."""

    def __init__(self) -> None:
        self._times: deque[float] = deque(maxlen=MAX_CRASHES)

    def is_loop(self, now: float) -> bool:
        """Count one and return whether it is one too many."""
        is_full = len(self._times) == MAX_CRASHES
        is_loop = is_full and now - self._times[0] < CRASH_WINDOW_SECONDS
        self._times.append(now)
        return is_loop


def _is_cut_handshake(url: str, error: Native) -> bool:
    """Whether WebKit refused a certificate and then told of the cut connection instead.

    It hangs up when it refuses one, and whichever of the two is noticed first is the load's error.
    What a page or a user stops is WebKit's own kind of error, never the connection's.
    """
    was_cut: bool = error.matches(Gio.io_error_quark(), Gio.IOErrorEnum.CANCELLED)
    return was_cut and urlsplit(url).scheme == "https"


def _is_interruption(error: Native) -> bool:
    """Whether a load ended because something else was wanted, and nothing went wrong."""
    return any(
        error.matches(domain(), int(code))
        for domain, code in (
            (WebKit2.NetworkError.quark, WebKit2.NetworkError.CANCELLED),
            (
                WebKit2.PolicyError.quark,
                WebKit2.PolicyError.FRAME_LOAD_INTERRUPTED_BY_POLICY_CHANGE,
            ),
        )
    )


def _origin(url: str) -> list[str]:
    """Return scheme and authority, as far as a slash ends them."""
    return url.split("/", 3)[:3]
