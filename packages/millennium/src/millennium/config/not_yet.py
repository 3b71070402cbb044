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
    *("updater", "tray", "cli", "macos_private_api"),
    *("build.shape", "build.compile", "build.resources"),
    *("bundle.active", "bundle.targets", "bundle.external_bin", "bundle.create_updater_artifacts"),
    *("bundle.rpm", "bundle.appimage", "bundle.macos", "bundle.dmg", "bundle.windows"),
    *("bundle.deb.changelog", "bundle.deb.desktop_template"),
    *("bundle.deb.pre_install_script", "bundle.deb.post_install_script"),
    *("bundle.deb.pre_remove_script", "bundle.deb.post_remove_script"),
)
"""Paths from the top; `NOT_YET_OF_WINDOWS` has those of each window."""

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
            yield _sentence(path)
    for name in NOT_YET_OF_WINDOWS:
        value = attrgetter(name)
        labels = [repr(each.label) for each in config.windows if value(each) != value(plain_window)]
        if labels and name in IMPOSSIBLE_OF_WINDOWS:
            key = f"windows.{name}".replace("_", "-")
            yield f"{key} is set for {', '.join(labels)}, but {IMPOSSIBLE_OF_WINDOWS[name]}"
        elif labels:
            yield _sentence(f"windows.{name}")


def _sentence(path: str) -> str:
    return f"{path.replace('_', '-')} is set, but this version does not act on it yet"
