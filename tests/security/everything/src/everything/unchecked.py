"""Takes checks away: the control, in which what other products offered is there, and files are open."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from millennium import App
from millennium.errors import RegistrationError
from millennium.security.origin import Origin
from millennium.security.permissions import Permissions
from millennium.security.scope import FsScope

NAMES = Path(__file__).parents[2] / "ui" / "names.js"


def offer_everything(app: App) -> None:
    """Add a command for each name that the page tries, and let every page call every command."""
    listed = re.search(r"absent = \[(.*?)\n\];", NAMES.read_text(encoding="utf-8"), re.DOTALL)
    names = re.findall(r'"([^"]+)"', listed[1] if listed else "")
    for name in names:
        with suppress(RegistrationError):  # what is no name can never be there
            app.collected.registry.add(_answer, name=name)

    def grant(
        self: Permissions, label: str, origin: Origin, names: Iterable[str]
    ) -> frozenset[str]:
        return frozenset(names)

    Permissions.granted = grant  # type: ignore[method-assign]


def open_the_scope() -> None:
    """Let a page reach every file of the user that runs the test, and no other."""
    check, home = FsScope._check, os.path.realpath(Path.home())

    def check_less(self: FsScope, text: str) -> Path:
        real = os.path.realpath(self._expand(text.replace("\0", "")))
        return Path(real) if f"{real}/".startswith(f"{home}/") else check(self, text)

    FsScope._check = check_less  # type: ignore[method-assign]


def _answer() -> str:
    return "there"
