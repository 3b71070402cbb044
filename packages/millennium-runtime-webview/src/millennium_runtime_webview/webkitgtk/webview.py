"""One WebView: its scripts, its message handler and the documents that come and go in it.

The committed URL is recorded when a load commits and never asked for when deciding: during a
provisional load the view already names the page that is coming.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from typing import Any

from millennium_runtime.webview import (
    InitScript,
    IpcHandler,
    MessageSource,
    PageLoad,
    World,
)
from millennium_runtime.window import PendingWindow

from millennium_runtime_webview.webkitgtk.bindings import JavaScriptCore, WebKit2

MAX_CRASHES = 3
CRASH_WINDOW_SECONDS = 30.0

log = logging.getLogger(__name__)
_new_string = JavaScriptCore.Value.new_string


class NativeReply:
    """Settles the promise of one message. Only strings: other values end the process."""

    __slots__ = ("_context", "_native")

    def __init__(self, native: Any, context: Any) -> None:  # noqa: ANN401
        self._native = native
        self._context = context

    def answer(self, text: str) -> None:
        """Resolve the page's promise."""
        native, self._native = self._native, None
        if native is None:
            log.error("a message was answered twice; the second answer is dropped")
            return
        native.return_value(_new_string(self._context, text))

    def refuse(self, text: str) -> None:
        """Reject the page's promise."""
        native, self._native = self._native, None
        if native is None:
            log.error("a message was answered twice; the second answer is dropped")
            return
        native.return_error_message(text)


def make_manager(pending: PendingWindow) -> Any:  # noqa: ANN401
    """Make the user content manager of one window, with its document-start scripts."""
    manager = WebKit2.UserContentManager()
    for script in pending.webview.init_scripts:
        if script.origins:  # an empty allow list would mean "everywhere" to WebKit
            manager.add_script(_user_script(script, pending.webview.private_world))
    return manager


def _user_script(script: InitScript, private_world: str) -> Any:  # noqa: ANN401
    frames = WebKit2.UserContentInjectedFrames.TOP_FRAME
    start = WebKit2.UserScriptInjectionTime.START
    allow = [f"{origin}/*" for origin in script.origins]
    if script.world is World.PRIVATE:
        return WebKit2.UserScript.new_for_world(
            script.source, frames, start, private_world, allow, None
        )
    return WebKit2.UserScript.new(script.source, frames, start, allow, None)


class Webview:
    """The document side of one window."""

    def __init__(self, pending: PendingWindow, native: Any, manager: Any) -> None:  # noqa: ANN401
        self.native = native
        self._pending = pending
        self._manager = manager
        self._source = MessageSource(label=pending.label, url="", document=0)
        self._crashes: deque[float] = deque(maxlen=MAX_CRASHES)
        self._context: Any = None
        native.connect("load-changed", self._on_load_changed)
        native.connect("load-failed", self._on_load_failed)
        native.connect("web-process-terminated", self._on_terminated)
        attributes = pending.webview
        if attributes.message_handler and pending.ipc_handler is not None:
            name = attributes.message_handler
            manager.connect(
                f"script-message-with-reply-received::{name}",
                self._message_receiver(pending.ipc_handler),
            )
            manager.register_script_message_handler_with_reply(name, attributes.private_world)

    def url(self) -> str:
        """Return the URL of the committed document."""
        return self._source.url

    def load(self, url: str) -> None:
        """Load a URL in the top frame."""
        self.native.load_uri(url)

    def evaluate(self, script: str, world: World) -> None:
        """Run a script in the top frame and drop its result."""
        name = self._pending.webview.private_world if world is World.PRIVATE else None
        self.native.evaluate_javascript(script, -1, name, None, None, None, None)

    def _message_receiver(self, handler: IpcHandler) -> Any:  # noqa: ANN401 - a GObject callback
        def receive(_: object, value: Any, native: Any) -> bool:  # noqa: ANN401
            context = self._context
            if context is None:
                # All answers are made in one context: asking for it each time costs more than
                # the rest of this function.
                context = self._context = value.get_context()
            handler(self._source, value.to_string(), NativeReply(native, context))
            return True

        return receive

    def _tell(self, stage: Any) -> None:  # noqa: ANN401 - one of PageLoad.stage
        if self._pending.page_load_handler is not None:
            self._pending.page_load_handler(PageLoad(stage=stage, source=self._source))

    def _on_load_changed(self, native: Any, event: Any) -> None:  # noqa: ANN401
        if event == WebKit2.LoadEvent.STARTED:
            self._tell("started")
        elif event == WebKit2.LoadEvent.COMMITTED:
            self._source = MessageSource(
                label=self._source.label,
                url=native.get_uri() or "",
                document=self._source.document + 1,
            )
            self._tell("committed")
        elif event == WebKit2.LoadEvent.FINISHED:
            self._tell("finished")

    def _on_load_failed(self, _: object, event: Any, url: str, error: Any) -> bool:  # noqa: ANN401, ARG002
        log.warning("window %r could not load a page: %s", self._source.label, error.message)
        self._tell("failed")
        return False

    def _on_terminated(self, _: object, reason: Any) -> None:  # noqa: ANN401
        label = self._source.label
        log.error("the web process of window %r ended: %s", label, reason.value_nick)
        self._tell("terminated")
        now = time.monotonic()
        is_loop = len(self._crashes) == MAX_CRASHES and now - self._crashes[0] < CRASH_WINDOW_SECONDS
        if is_loop:
            log.error("window %r is not loaded again: it crashes over and over", label)
            return
        self._crashes.append(now)
        self.native.reload()
