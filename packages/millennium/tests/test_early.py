"""An app that is going to run has its engine load at once."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path
from typing import ClassVar

import pytest

from millennium import early
from millennium.context import Context
from millennium.errors import ContextError
from millennium.testing import mock_context
from millennium_runtime.testing import MockRuntime

MAIN = "from millennium import App; app = App(runtime=runtime)"


class Preloading(MockRuntime):
    told: ClassVar[list[str]] = []

    @classmethod
    def preload(cls) -> None:
        cls.told.append("preload")


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr(Preloading, "told", [])
    return Preloading.told


@pytest.mark.parametrize(
    ("name", "expected"), [("__main__", ["preload"]), ("notes", [])], ids=["main", "module"]
)
def test_only_an_app_of_the_main_file_begins(
    told: list[str], tmp_path: Path, name: str, expected: list[str]
) -> None:
    main = tmp_path / "main.py"
    main.write_text(MAIN)
    runpy.run_path(str(main), {"runtime": Preloading}, run_name=name)
    assert told == expected


def test_the_runtime_of_a_given_context_is_taken(
    told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[tuple[object, str, bool]] = []

    def select(runtime: object, baked: str, *, is_release: bool) -> type[Preloading]:
        given.append((runtime, baked, is_release))
        return Preloading

    monkeypatch.setattr(early, "select_runtime", select)
    context = mock_context()
    assert early.begin(context, None) is context
    assert given == [(None, context.runtime, not context.is_development)]
    assert told == ["preload"]


def test_an_executable_knows_its_context_at_once(
    told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    context = mock_context()
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(early, "find_context", lambda: context)
    assert early.begin(None, Preloading) is context
    assert told == ["preload"]


def test_from_source_the_context_waits_for_the_run(told: list[str]) -> None:
    assert early.begin(None, Preloading) is None
    assert told == ["preload"]


def test_what_is_wrong_is_left_to_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> Context:
        raise ContextError("none")

    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(early, "find_context", fail)
    assert early.begin(None, None) is None
