"""Where WebKit's sandbox is used, where not, and what is said then."""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path

import pytest

from millennium_runtime_webview import sandbox
from millennium_runtime_webview.sandbox import (
    PROGRAMS,
    SandboxFacts,
    Trial,
    find_hindrance,
    is_sandboxed,
    read_facts,
)

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux")


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A system with everything that the sandbox is made of."""
    for name in PROGRAMS:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    return tmp_path


@pytest.fixture(autouse=True)
def _forgetful() -> None:
    sandbox.hindrance.cache_clear()
    sandbox.begin_trial.cache_clear()


def test_a_system_with_all_of_it_has_a_sandbox(machine: Path) -> None:
    assert find_hindrance(read_facts(root=machine, is_root=False)) == ""


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        (SandboxFacts(is_root=True), "root"),
        (SandboxFacts(is_flatpak=True), "already"),
        (SandboxFacts(is_snap=True), "already"),
        (SandboxFacts(missing=("bwrap",)), "not installed: bwrap"),
        (SandboxFacts(is_working=False), "user namespaces"),
    ],
    ids=["root", "flatpak", "snap", "missing", "refused"],
)
def test_whatever_hinders_it_is_said(facts: SandboxFacts, told: str) -> None:
    assert told in find_hindrance(facts)


def test_facts_are_read_from_the_machine(machine: Path) -> None:
    (machine / ".flatpak-info").write_text("")
    (machine / PROGRAMS[1]).unlink()
    facts = read_facts(root=machine, is_root=True, executable="/snap/notes/1/notes")
    assert facts == SandboxFacts(
        is_root=True, is_flatpak=True, is_snap=True, missing=("xdg-dbus-proxy",)
    )


@pytest.mark.parametrize(
    ("script", "expected"),
    [("exit 0", True), ("exit 1", False), ("kill -9 $$", False)],
    ids=["works", "refused", "killed"],
)
def test_a_trial_tells_how_it_went(script: str, expected: bool) -> None:
    assert Trial("/bin/sh", ("-c", script)).has_worked() is expected


def test_a_trial_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "PATIENCE_SECONDS", 0.05)
    trial = Trial("/bin/sleep", ("30",))
    assert not trial.has_worked()
    with pytest.raises(ProcessLookupError):
        os.kill(trial._pid, 0)


def test_a_trial_that_somebody_else_has_waited_for_counts_as_failed() -> None:
    trial = Trial("/bin/true", ())
    os.waitpid(trial._pid, 0)
    assert not trial.has_worked()


@pytest.mark.parametrize(
    ("program", "expected"),
    [("bin/true", ""), ("bin/false", "user namespaces"), ("nowhere", "user namespaces")],
    ids=["works", "refused", "absent"],
)
def test_the_machine_is_asked_once(
    monkeypatch: pytest.MonkeyPatch, program: str, expected: str
) -> None:
    monkeypatch.setattr(sandbox, "read_facts", SandboxFacts)
    monkeypatch.setattr(sandbox, "PROGRAMS", (program, program))
    assert expected in sandbox.hindrance()
    monkeypatch.setattr(sandbox, "PROGRAMS", ("elsewhere", "elsewhere"))
    assert expected in sandbox.hindrance()


def test_nothing_is_started_where_something_is_in_its_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "read_facts", lambda: SandboxFacts(is_root=True))
    assert sandbox.begin_trial() is None
    assert "root" in sandbox.hindrance()


@pytest.mark.parametrize(
    ("wish", "hindrance", "expected"),
    [
        ("auto", "", []),
        ("auto", "the app runs as root", ["the app runs as root"]),
        ("off", "", ["security.sandbox is off"]),
    ],
    ids=["on", "hindered", "off"],
)
def test_why_it_is_off_is_logged_once(
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    wish: str,
    hindrance: str,
    expected: list[str],
) -> None:
    monkeypatch.setattr(sandbox, "hindrance", lambda: hindrance)
    caplog.set_level(logging.INFO, "millennium_runtime_webview")
    assert is_sandboxed(wish) is not bool(expected)
    assert [record.args for record in caplog.records] == [(text,) for text in expected]
