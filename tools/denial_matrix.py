"""The one denial matrix, as data: what each window of the app in tests/security/denials may call."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
APP = ROOT / "tests" / "security" / "denials"
WINDOWS = tomllib.loads((APP.parent / "denials.toml").read_text(encoding="utf-8"))
"""Label → origin of its page, the commands that pass, and whether it has a bridge."""

Report = dict[str, dict[str, str]]
"""Label → command → "passed", a code, or "no bridge"."""


def expected(names: Iterable[str]) -> Report:
    """Return what must come of calling each of these commands in each window."""
    every = list(names)
    return {label: {name: _outcome(label, name) for name in every} for label in WINDOWS}


def _outcome(label: str, name: str) -> str:
    window = WINDOWS[label]
    if name in window["passes"]:
        return "passed"
    return "ipc.not_allowed" if window.get("bridge", True) else "no bridge"
