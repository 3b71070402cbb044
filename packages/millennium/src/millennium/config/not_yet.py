"""Keys that are known and checked, and that nothing acts on yet.

They are accepted so that a configuration of the Rust original is read as it is. Who sets one is
told by every command: a key that did nothing without a word would be a promise nobody keeps.
"""

from __future__ import annotations

from collections.abc import Iterator
from operator import attrgetter

from millennium.config.schema import Config
from millennium.config.window import WindowConfig

NOT_YET: tuple[str, ...] = (
    *("updater.active", "updater.dialog", "updater.endpoints", "updater.windows"),
    *("tray", "cli", "macos_private_api"),
    *("build.shape", "build.compile", "build.resources"),
    *("bundle.appimage.bundle_media_framework", "bundle.macos.provider_short_name"),
    *("bundle.windows.certificate_thumbprint", "bundle.windows.tsp", "bundle.windows.one_file"),
    *("bundle.windows.wix.template", "bundle.windows.wix.component_group_refs"),
    *("bundle.windows.wix.component_refs", "bundle.windows.wix.feature_group_refs"),
    *("bundle.windows.wix.feature_refs", "bundle.windows.wix.merge_refs"),
    "bundle.windows.wix.enable_elevated_update_task",
)
"""Paths from the top; `NOT_YET_OF_WINDOWS` has those of each window."""

_REFERENCES = (
    "no reference is needed: every row in the files of bundle.windows.wix.fragment-paths goes "
    "into the .msi"
)

WITHOUT_COUNTERPART: dict[str, str] = {
    "bundle.appimage.bundle_media_framework": "an AppImage has the webview and its media of the "
    "system",
    "bundle.windows.certificate_thumbprint": "no certificate store of Windows is read: name the "
    "certificate in bundle.signing.authenticode",
    "bundle.macos.provider_short_name": "today's notary does not ask for it",
    "bundle.windows.tsp": "time stamps are those of RFC 3161 anyway",
    "bundle.windows.one_file": "every build is one file",
    "bundle.windows.wix.template": "no WiX makes the .msi: set the other keys of "
    "bundle.windows.wix, and write what they have not as rows in a file of its fragment-paths",
    "bundle.windows.wix.component_group_refs": _REFERENCES,
    "bundle.windows.wix.component_refs": _REFERENCES,
    "bundle.windows.wix.feature_group_refs": _REFERENCES,
    "bundle.windows.wix.feature_refs": _REFERENCES,
    "bundle.windows.wix.merge_refs": "no merge module (.msm) is taken into the .msi: name the "
    "files that it brings in bundle.resources",
    "bundle.windows.wix.enable_elevated_update_task": "no task updates an app with the rights of "
    "an administrator: with bundle.windows.wix.install-scope = 'per-user' updates need none",
}
"""Those of `NOT_YET` that no version will act on, and what there is instead."""

NOT_YET_OF_WINDOWS: tuple[str, ...] = (
    *("maximizable", "minimizable", "closable", "titlebar_hidden", "title_bar_style"),
    *("hidden_title", "always_on_bottom", "visible_on_all_workspaces", "content_protected"),
    *("shadow", "proxy_url", "file_drop", "accept_first_mouse", "tabbing_identifier"),
    *("additional_browser_args", "parent"),
)

IMPOSSIBLE_OF_WINDOWS: dict[str, str] = {
    "content_protected": "no Linux desktop keeps a window out of screenshots: whoever records the "
    "screen sees it",
}
"""Those of `NOT_YET_OF_WINDOWS` that the system, not this version, has nothing for, and why.

Neither X11, GTK nor WebKitGTK has a call for `content_protected`, and no published protocol of
Wayland does: https://gitlab.freedesktop.org/wayland/wayland-protocols/-/issues/95
"""


def find_unused(config: Config) -> Iterator[str]:
    """Yield, for each such key that differs from its default, that it does nothing."""
    plain, plain_window = Config(identifier=config.identifier), WindowConfig()
    for path in NOT_YET:
        value = attrgetter(path)
        if value(config) != value(plain):
            yield _sentence(path, WITHOUT_COUNTERPART.get(path, ""))
    for name in NOT_YET_OF_WINDOWS:
        value = attrgetter(name)
        labels = [repr(each.label) for each in config.windows if value(each) != value(plain_window)]
        if labels and name in IMPOSSIBLE_OF_WINDOWS:
            key = _kebab(f"windows.{name}")
            yield f"{key} is set for {', '.join(labels)}, but {IMPOSSIBLE_OF_WINDOWS[name]}"
        elif labels:
            yield _sentence(f"windows.{name}")


def _sentence(path: str, why: str = "") -> str:
    return f"{_kebab(path)} is set, but {why or 'this version does not act on it yet'}"


def _kebab(path: str) -> str:
    return path.replace("_", "-")
