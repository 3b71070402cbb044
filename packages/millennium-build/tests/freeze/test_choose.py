"""The freezer is the one that was named, or the best that can, and the reason is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from millennium_build.cache import Cache
from millennium_build.errors import FreezerUnfitError, UnknownFreezerError
from millennium_build.freeze import choose
from millennium_build.freeze.choose import choose_freezer, list_freezers
from millennium_build.freeze.environment import Workshop
from millennium_build.freeze.interface import FreezeInput, Freezer, FreezeResult
from millennium_build.freeze.plan.model import ModulePlan


class _Named(Freezer):
    def __init__(self, name: str, reason: str) -> None:
        self.name = name
        self._reason = reason

    def why_not(self, given: FreezeInput) -> str:
        return self._reason

    def freeze(self, given: FreezeInput, say: object) -> FreezeResult:
        return FreezeResult(executable=given.output)


@pytest.fixture
def given(tmp_path: Path) -> FreezeInput:
    cache = Cache(tmp_path)
    return FreezeInput(
        plan=ModulePlan(main="m", modules=()),
        workshop=Workshop(None, cache),
        output=tmp_path / "app",
        cache=cache,
        app_name="app",
    )


def _install(monkeypatch, **reasons: str) -> None:
    monkeypatch.setattr(choose, "load_freezer", lambda name: _Named(name, reasons[name]))


def test_native_is_first(monkeypatch, given: FreezeInput) -> None:
    _install(monkeypatch, native="", pyinstaller="")
    assert choose_freezer("auto", given).freezer.name == "native"


def test_fallback_tells_why_and_what_it_costs(monkeypatch, given: FreezeInput) -> None:
    _install(monkeypatch, native="torch cannot live in memory", pyinstaller="")
    choice = choose_freezer("auto", given)
    assert choice.freezer.name == "pyinstaller"
    assert "torch cannot live in memory" in choice.reason
    assert "MB" in choice.reason


def test_no_way_at_all_gives_every_reason(monkeypatch, given: FreezeInput) -> None:
    _install(monkeypatch, native="one", pyinstaller="two")
    with pytest.raises(FreezerUnfitError, match=r"native is no way: one; .*two"):
        choose_freezer("auto", given)


def test_named_freezer_is_taken(monkeypatch, given: FreezeInput) -> None:
    _install(monkeypatch, native="", pyinstaller="")
    assert choose_freezer("pyinstaller", given).freezer.name == "pyinstaller"


def test_named_freezer_that_cannot_is_not_replaced(monkeypatch, given: FreezeInput) -> None:
    _install(monkeypatch, native="not here", pyinstaller="")
    with pytest.raises(FreezerUnfitError, match="not here"):
        choose_freezer("native", given)


def test_unknown_name_lists_those_that_exist(given: FreezeInput) -> None:
    with pytest.raises(UnknownFreezerError) as caught:
        choose_freezer("nuitka", given)
    assert "native" in caught.value.help


def test_both_freezers_are_installed() -> None:
    assert {"native", "pyinstaller"} <= set(list_freezers())


def test_installed_freezer_is_loaded(given: FreezeInput) -> None:
    assert choose.load_freezer("native").name == "native"
