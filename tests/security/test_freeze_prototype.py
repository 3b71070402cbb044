"""With ``security.freeze-prototype`` nothing can be planted into ``Object.prototype``."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

FROZEN = Path(__file__).parent / "frozen"
WAYS = (
    *("assignment", "defineProperty", "reflect", "proto", "constructor"),
    *("getPrototypeOf", "merge", "path", "getter"),
)
WORKS = {"echo": "x", "bytes": 3, "channel": 1, "error": "ipc.not_allowed", "listen": "function"}

Found = dict[str, Any]
RunApp = Callable[..., CompletedProcess[str]]


def _run(run_app: RunApp, *words: str) -> dict[str, Any]:
    done = run_app(FROZEN, *words)
    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads(done.stdout)
    return result


@pytest.fixture(scope="module")
def frozen(run_app: RunApp) -> dict[str, Any]:
    """What the page found out."""
    return _run(run_app)


@pytest.fixture(scope="module")
def soft(run_app: RunApp) -> dict[str, Any]:
    """What the page found out where nothing is frozen."""
    return _run(run_app, "soft")


@pytest.mark.parametrize("way", WAYS)
def test_nothing_is_planted(frozen: Found, way: str) -> None:
    assert frozen["planted"][way] is False


@pytest.mark.parametrize("way", WAYS)
def test_where_nothing_is_frozen_it_is_planted(soft: Found, way: str) -> None:
    assert soft["planted"][way] is True


def test_what_is_there_is_not_replaced(frozen: Found, soft: Found) -> None:
    assert (frozen["isFrozen"], frozen["replaced"]) == (True, False)
    assert (soft["isFrozen"], soft["replaced"]) == (False, True)


def test_the_bridge_works_in_both(frozen: Found, soft: Found) -> None:
    assert frozen["works"] == WORKS
    assert soft["works"] == WORKS


def test_an_inherited_name_cannot_be_assigned_but_defined(frozen: Found) -> None:
    assert frozen["override"] == "TypeError"
    assert (frozen["defined"], frozen["literal"]) == ("own", "own")
