"""Gives some windows another policy than the app's, and lets some answers fail."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

from millennium.assets.directory import DirectoryAssets
from millennium.assets.key import AssetKey
from millennium.assets.protocol import AssetProtocol
from millennium.assets.resolver import Asset
from millennium.errors import DamagedAssetError
from millennium.navigation import NavigationGuard
from millennium.security.csp import page_policy
from millennium.security.origin import Origin
from millennium_runtime.request import Request, Response
from millennium_runtime_webview.webkitgtk import engine as webkit
from millennium_runtime_webview.webkitgtk.settings import unwanted_features

OPEN = ("open", "open-missing")
"""Windows without any policy: the controls."""

TALKATIVE = ("open", "talkative")
"""Windows in which the engine has its own makers' switches: controls, too."""

HEADERS = ("content-security-policy", "cross-origin-resource-policy")
CONFIGURED = {
    "blob-workers": "default-src 'self'; worker-src 'self' blob:",
    "child-workers": "default-src 'self'; child-src 'self' blob:",
    "wasm": "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'",
    "own-frames": "default-src 'self'; frame-ancestors 'self'",
    "elements": "default-src 'self'; script-src-elem 'self'; style-src-elem 'self'",
}
"""Window → ``security.csp`` as an app would configure it."""


def let_all_windows_go_to(origin: str) -> None:
    """Take the navigation guard away, as the configuration could: only the policy is left."""
    allows, friend = NavigationGuard.allows, Origin.parse(origin)

    def allow_too(self: NavigationGuard, url: str) -> bool:
        return Origin.parse(url) == friend or allows(self, url)

    NavigationGuard.allows = allow_too  # type: ignore[method-assign]


def let_links_tell() -> None:
    """Turn on, in some windows, what the runtime turns off besides any policy."""
    engine: Any = webkit
    make = engine.make_settings

    def make_talkative(attributes: Any) -> Any:
        settings = make(attributes)
        sources = [script.source for script in attributes.init_scripts]
        if any(f'"{label}"' in source for label in TALKATIVE for source in sources):
            for feature in unwanted_features():
                settings.set_feature_enabled(feature, True)
        return settings

    engine.make_settings = make_talkative


def serve_variants() -> None:
    """Serve each window under its policy; let two addresses fail."""
    serve = AssetProtocol.serve

    def serve_variant(self: Any, request: Request) -> Response:
        if request.uri.endswith("/broken.txt"):
            raise RuntimeError("asked to break")
        if request.window in CONFIGURED:
            self = copy.copy(self)
            self._policy = page_policy(CONFIGURED[request.window])
            self._plain_policy = self._policy.header()
        response = serve(self, request)
        if request.window not in OPEN:
            return response
        kept = tuple(pair for pair in response.headers if pair[0] not in HEADERS)
        return replace(response, headers=kept)

    AssetProtocol.serve = serve_variant  # type: ignore[method-assign]
    find = DirectoryAssets.get

    def find_or_fail(self: DirectoryAssets, key: AssetKey) -> Asset | None:
        if key.path == "damaged.txt":
            raise DamagedAssetError("asked to be damaged")
        return find(self, key)

    DirectoryAssets.get = find_or_fail  # type: ignore[method-assign]
