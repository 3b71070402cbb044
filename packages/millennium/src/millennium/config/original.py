"""The nested tables of the Rust original's ``.millenniumrc``, made as flat as ours."""

from __future__ import annotations

from millennium.config.spelling import to_kebab
from millennium.config.tree import JSON, KeyPath

_RENAMED: dict[KeyPath, KeyPath] = {
    ("package", "productName"): ("productName",),
    ("package", "version"): ("version",),
    ("millennium", "bundle", "identifier"): ("identifier",),
    ("millennium", "pattern"): ("security", "pattern"),
    ("millennium", "systemTray"): ("tray",),
}
_WRAPPERS = ("package", "millennium")
_WINDOW_NAMES = {"fileDropEnabled": "fileDrop", "zoomHotkeysEnabled": "zoomHotkeys"}


def flatten(tree: dict[str, JSON]) -> tuple[dict[str, JSON], dict[KeyPath, KeyPath]]:
    """Return the flat tree, and the place in the flat tree → the place in the file."""
    flat = {key: value for key, value in tree.items() if key not in (*_WRAPPERS, "$schema")}
    moved: dict[KeyPath, KeyPath] = {}
    for wrapper in _WRAPPERS:
        for key, value in _table(tree.get(wrapper)).items():
            if (wrapper, key) not in _RENAMED:
                flat[key] = _without(value, "identifier") if key == "bundle" else value
                moved[_in_kebab_case((key,))] = (wrapper, key)
    for old, new in _RENAMED.items():
        value = _look_up(tree, old)
        if value is not None:
            flat = _put(flat, new, value)
            moved[_in_kebab_case(new)] = old
    windows = flat.get("windows")
    if isinstance(windows, list):
        flat["windows"] = [_renamed(window) for window in windows]
    bundle = _table(flat.get("bundle"))
    installers = bundle.get("windows")
    if isinstance(installers, dict):
        flat["bundle"] = {**bundle, "windows": _without_deprecated(installers)}
    return flat, moved


def _without_deprecated(installers: dict[str, JSON]) -> dict[str, JSON]:
    """Return the keys of Windows installers with two old ones said by `webviewInstallMode`."""
    wix = _table(installers.get("wix"))
    path, skips = installers.get("webviewFixedRuntimePath"), wix.get("skipWebviewInstall")
    kept = {key: value for key, value in installers.items() if key != "webviewFixedRuntimePath"}
    if wix:
        kept["wix"] = _without(wix, "skipWebviewInstall")
    if path is not None:
        return {**kept, "webviewInstallMode": {"type": "fixedRuntime", "path": path}}
    return {**kept, "webviewInstallMode": {"type": "skip"}} if skips is True else kept


def _look_up(tree: JSON, path: KeyPath) -> JSON:
    for part in path:
        tree = _table(tree).get(str(part))
    return tree


def _put(tree: dict[str, JSON], path: KeyPath, value: JSON) -> dict[str, JSON]:
    key = str(path[0])
    if len(path) == 1:
        return {**tree, key: value}
    return {**tree, key: _put(_table(tree.get(key)), path[1:], value)}


def _without(tree: JSON, key: str) -> JSON:
    if not isinstance(tree, dict):
        return tree
    return {name: value for name, value in tree.items() if name != key}


def _renamed(window: JSON) -> JSON:
    if not isinstance(window, dict):
        return window
    return {_WINDOW_NAMES.get(key, key): value for key, value in window.items()}


def _table(tree: JSON) -> dict[str, JSON]:
    return tree if isinstance(tree, dict) else {}


def _in_kebab_case(path: KeyPath) -> KeyPath:
    return tuple(to_kebab(part) if isinstance(part, str) else part for part in path)
