"""Refuses to import an API module that the allowlist does not enable.

1. What is asked for is a module of `millennium.api` that the allowlist knows; anything else is not
   our business.
2. While an app runs, its own allowlist decides.
3. Otherwise the allowlist of the program's project decides, so that an import at the top of the
   app's main file is refused as well. Without a project there is no app, and nothing to guard.

The answer is the same from source, in development and in an executable, where a disabled module is
not even there: the guard stands before those who look for it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from types import ModuleType

from millennium.errors import ApiDisabledError

PACKAGE = "millennium.api"

Enabled = Callable[[], frozenset[str] | None]
"""Returns the enabled modules, None when there is no app whose allowlist could say."""


class ApiGuard:
    """A meta path finder that finds nothing, and refuses what is disabled.

    No `importlib.abc.MetaPathFinder`, which is optional and loads much that no app needs.
    """

    def __init__(self, modules: frozenset[str], fallback: Enabled) -> None:
        self._modules = modules
        self._fallback = fallback
        self._enabled: frozenset[str] | None = None
        self._hidden: dict[str, ModuleType] = {}

    def bind(self, enabled: frozenset[str]) -> None:
        """Let the allowlist of a running app decide; hide what was imported before and is off."""
        self.release()
        self._enabled = enabled
        package = sys.modules[PACKAGE]
        for module in self._modules - enabled:
            loaded = sys.modules.pop(f"{PACKAGE}.{module}", None)
            if loaded is not None:
                self._hidden[module] = loaded
                delattr(package, module)

    def release(self) -> None:
        """Forget the running app and bring back what was hidden."""
        package = sys.modules[PACKAGE]
        for module, loaded in self._hidden.items():
            sys.modules[f"{PACKAGE}.{module}"] = loaded
            setattr(package, module, loaded)
        self._hidden.clear()
        self._enabled = None

    def find_spec(
        self,
        fullname: str,
        _path: Sequence[str] | None = None,
        _target: ModuleType | None = None,
        /,
    ) -> None:
        """Return None, which passes the question on.

        Raises:
            ApiDisabledError: The module is off.
        """
        package, _, module = fullname.rpartition(".")
        if package != PACKAGE or module not in self._modules:  # (1)
            return
        enabled = self._enabled if self._enabled is not None else self._fallback()  # (2), (3)
        if enabled is None or module in enabled:
            return
        message = f"the API {module!r} is disabled"
        raise ApiDisabledError(message, help=f"enable what you need under allowlist.{module}")
