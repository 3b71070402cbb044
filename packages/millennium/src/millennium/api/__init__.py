"""The built-in APIs, each in a module of its own that exists only where the allowlist enables it.

Importing this package puts its guard in front of the import machinery: `from millennium.api import
shell` raises `api.disabled` where ``shell`` is off. It is the one import in millennium with an
effect of its own, because a guard that somebody must remember to call is none.
"""

from __future__ import annotations

import importlib
import sys

from millennium.api.guard import PACKAGE, ApiGuard
from millennium.api.table import Endpoint
from millennium.context import find_context
from millennium.errors import ConfigNotFoundError
from millennium.security.allowlist import MODULES, Allowlist

__all__ = ["GUARD", "Endpoint", "load_enabled"]


def load_enabled(allowlist: Allowlist) -> tuple[Endpoint, ...]:
    """Import the enabled modules, no others, and return the commands that exist in this app."""
    commands = allowlist.commands()
    found: list[Endpoint] = []
    for module in sorted(allowlist.enabled_modules()):
        table = importlib.import_module(f"{PACKAGE}.{module}").COMMANDS
        found.extend(endpoint for endpoint in table if endpoint.name in commands)
    return tuple(found)


def _enabled_by_project() -> frozenset[str] | None:
    try:
        return find_context().config.allowlist.enabled_modules()
    except ConfigNotFoundError:
        return None


GUARD = ApiGuard(MODULES, _enabled_by_project)
sys.meta_path.insert(0, GUARD)
