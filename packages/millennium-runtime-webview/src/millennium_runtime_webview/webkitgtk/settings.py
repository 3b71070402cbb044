"""The settings of every WebView: storage on, everything that reaches outside off."""

from __future__ import annotations

from millennium_runtime.webview import WebviewAttributes
from millennium_runtime_webview.webkitgtk.bindings import Native, WebKit2


def make_settings(attributes: WebviewAttributes) -> Native:
    """Return the settings for a webview; a name this WebKit lacks is left alone."""
    settings = WebKit2.Settings()
    captures = bool(attributes.permissions & {"camera", "microphone"})
    values = {
        "enable-page-cache": False,  # going back is a new document with a new pad
        "enable-html5-local-storage": True,
        "enable-html5-database": True,
        "enable-developer-extras": attributes.devtools,
        "enable-write-console-messages-to-stdout": attributes.devtools,
        "enable-media-stream": captures,
        "enable-webrtc": captures,
        "javascript-can-access-clipboard": False,
        "javascript-can-open-windows-automatically": False,
        "allow-file-access-from-file-urls": False,
        "allow-universal-access-from-file-urls": False,
        "enable-back-forward-navigation-gestures": False,
        "enable-dns-prefetching": False,
    }
    if attributes.user_agent:
        settings.set_property("user-agent", attributes.user_agent)
    for name, value in values.items():
        if settings.find_property(name) is not None:
            settings.set_property(name, value)
    return settings
