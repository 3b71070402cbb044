"""What a project's Python tells about itself."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.metadata import EntryPoint, PackageNotFoundError

import pytest

from millennium_build import doctor_probe
from millennium_build.doctor_probe import main
from millennium_runtime.errors import NoEngineError


@dataclass
class Facts:
    webkit: tuple[int, int, int] = (2, 50, 0)


class Good:
    @staticmethod
    def diagnostics() -> Facts:
        return Facts()


class Bad:
    @staticmethod
    def diagnostics() -> Facts:
        raise NoEngineError("no webview", help="get one")


class Point(EntryPoint):
    """An entry point whose object is at hand."""

    def load(self) -> object:
        return {"good": Good, "bad": Bad, "plain": object}[self.value]


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> object:
    """Runs the probe with these runtimes installed; returns what it printed."""

    def run(*values: str) -> dict[str, object]:
        points = [Point(value, value, "millennium.runtimes") for value in values]
        monkeypatch.setattr(doctor_probe, "entry_points", lambda **_group: points)
        main()
        found: dict[str, object] = json.loads(capsys.readouterr().out)
        return found

    return run


def test_a_runtime_tells_what_it_knows(answer):
    found = answer("good")
    assert (found["runtimes"], found["engine"]) == ({"good": "good"}, {"webkit": [2, 50, 0]})


def test_a_runtime_may_know_nothing(answer):
    assert answer("plain")["engine"] == {}


def test_an_error_is_an_answer(answer):
    assert answer("bad")["engine"] == {"error": "no webview", "help": "get one"}


def test_what_cannot_be_imported_is_an_answer(answer):
    assert answer("gone")["engine"] == {"error": "KeyError: 'gone'", "help": ""}


def test_no_runtime_is_an_answer(answer):
    assert "no window runtime" in answer()["engine"]["error"]


def test_what_is_not_installed_has_no_version(answer, monkeypatch: pytest.MonkeyPatch):
    def version(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(doctor_probe, "version", version)
    assert set(answer()["versions"].values()) == {""}
