"""Knows every secret the bridge makes, so that nobody has to guess what one looks like."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from millennium.ipc.transfer import Transfers
from millennium.scripts.render import BridgeNames
from millennium.security.handles import HandleTable
from millennium.security.tokens import TokenPad

bridge: Any = importlib.import_module("millennium.ipc.bridge")

secrets: dict[str, set[str]] = {"token": set(), "handle": set(), "ticket": set(), "name": set()}
names: dict[str, BridgeNames] = {}
"""Label → the random names of that window's bridge."""


def watch() -> None:
    """Remember all tokens, handles, tickets and random names that are made from now on."""
    _after(TokenPad, "issue", lambda made: _keep("token", (text.split()[1] for text in made)))
    _after(HandleTable, "_grant", lambda made: _keep("handle", made))
    _after(Transfers, "expect", lambda made: _keep("ticket", [made]))
    _after(Transfers, "park", lambda made: _keep("ticket", [made]))
    render = bridge.render_bootstrap

    @wraps(render)
    def remembering(fresh: BridgeNames, values: Mapping[str, object]) -> tuple[str, str]:
        names[str(values["LABEL"])] = fresh
        _keep("name", (fresh.hello, fresh.sink, fresh.handler, fresh.world))
        scripts: tuple[str, str] = render(fresh, values)
        return scripts

    bridge.render_bootstrap = remembering


def found_in(texts: list[str]) -> dict[str, int]:
    """Count the secrets of each kind that are part of one of the texts."""
    whole = "\0".join(texts)
    return {kind: sum(secret in whole for secret in known) for kind, known in secrets.items()}


def _keep(kind: str, made: Any) -> None:
    secrets[kind].update(made)


def _after(owner: type, name: str, tell: Callable[[Any], None]) -> None:
    original = getattr(owner, name)

    @wraps(original)
    def told(*args: Any, **options: Any) -> Any:
        made = original(*args, **options)
        tell(made)
        return made

    setattr(owner, name, told)
