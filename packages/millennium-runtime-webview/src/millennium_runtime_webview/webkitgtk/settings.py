"""The settings of every WebView: storage on, everything that reaches outside off."""

from __future__ import annotations

from functools import cache

from millennium_runtime.webview import WebviewAttributes
from millennium_runtime_webview.webkitgtk.bindings import Native, WebKit2

SWITCHED_OFF = frozenset({"LinkDNSPrefetch", "LinkPreconnect"})
"""The engine's own switches: a link that only says "connect", or asks for an address, tells
somebody else about a page although no content security policy rules it.

Platform-specific: WebKitGTK before 2.42 has no such switches to turn.
"""


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
    for feature in unwanted_features():
        settings.set_feature_enabled(feature, False)
    return settings


@cache
def unwanted_features() -> tuple[Native, ...]:
    """Return the engine's own switches that are turned off."""
    if not hasattr(WebKit2.Settings, "get_all_features"):
        return ()
    features = WebKit2.Settings.get_all_features()
    all_of_them = (features.get(index) for index in range(features.get_length()))
    return tuple(each for each in all_of_them if each.get_identifier() in SWITCHED_OFF)
