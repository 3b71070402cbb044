"""Document-start scripts with the origins they are meant for.

WebKit's patterns know scheme and host but no port: ``http://localhost/*`` is every port of it.
So a script for a web origin is wrapped in a comparison of the whole origin, made in the document
before any script of the page could run; `location` cannot be replaced by a page.
"""

from __future__ import annotations

import json
from urllib.parse import urlsplit

from millennium_runtime.webview import InitScript, World
from millennium_runtime_webview.webkitgtk.bindings import Native, WebKit2

_WEB_SCHEMES = frozenset({"http", "https"})


def add_scripts(manager: Native, scripts: tuple[InitScript, ...], private_world: str) -> None:
    """Give the user content manager of one window its scripts, in their order."""
    for script in scripts:
        for pattern, source in guarded_sources(script):
            manager.add_script(_native_script(source, pattern, script.world, private_world))


def guarded_sources(script: InitScript) -> tuple[tuple[str, str], ...]:
    """Return (URL pattern, source) for each origin; none when no origin is meant.

    An empty allow list would mean "everywhere" to WebKit: such a script is not added at all.
    """
    return tuple(_guarded(origin, script.source) for origin in dict.fromkeys(script.origins))


def _guarded(origin: str, source: str) -> tuple[str, str]:
    parts = urlsplit(origin)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    pattern = f"{parts.scheme}://{host}/*"
    if parts.scheme not in _WEB_SCHEMES:
        return pattern, source
    return pattern, f"if (location.origin === {json.dumps(origin)}) {{\n{source}\n}}"


def _native_script(source: str, pattern: str, world: World, private_world: str) -> Native:
    frames = WebKit2.UserContentInjectedFrames.TOP_FRAME
    start = WebKit2.UserScriptInjectionTime.START
    if world is World.PRIVATE:
        return WebKit2.UserScript.new_for_world(
            source, frames, start, private_world, [pattern], None
        )
    return WebKit2.UserScript.new(source, frames, start, [pattern], None)
