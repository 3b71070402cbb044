"""A webview that nobody has yet: no scripts, no settings, no document of its own.

Everything that decides what a page may do is set by the window that takes it, before its first
load. Until then it may start its web process, which takes as long as the rest of the app's start.
"""

from __future__ import annotations

from millennium_runtime_webview.webkitgtk.bindings import Native, WebKit2

NOTHING = "0"


class SpareView:
    """A view and its user content manager, in a context. Thread: main."""

    def __init__(self, context: Native) -> None:
        self.manager = WebKit2.UserContentManager()
        self.view = WebKit2.WebView(user_content_manager=self.manager, web_context=context)

    def spawn(self) -> None:
        """Start the web process: WebKit wants one for any script, and it stays for the page."""
        self.view.evaluate_javascript(NOTHING, -1, None, None, None, None, None)
