"""Configuration before it has types: JSON values, the paths of their keys, and merging."""

from __future__ import annotations

from typing import TypeAlias, Union

JSON: TypeAlias = Union[bool, int, float, str, list["JSON"], dict[str, "JSON"], None]  # noqa: UP007 - recursive
"""Any JSON value."""

KeyPath = tuple[str | int, ...]
"""Where a value is: names of keys and indexes of items, from the root."""


def merge_patch(target: JSON, patch: JSON) -> JSON:
    """Return `target` changed by `patch`; neither is touched.

    Tables merge key by key, null removes a key, everything else replaces.

    Source: https://www.rfc-editor.org/rfc/rfc7396#section-2
    """
    if not isinstance(patch, dict):
        return patch
    merged = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = merge_patch(merged.get(key), value)
    return merged


def show_path(path: KeyPath) -> str:
    """Return a path as people write it: ``windows[0].width``."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".")
