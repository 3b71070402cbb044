"""A session's table says what ran and what did not; only what should have run fails it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))

import steps

RAN = steps.Part(name="tests", status="ran", reason="8 passed")


@pytest.mark.parametrize(
    ("status", "word", "is_good"),
    [
        ("ran", "ran", True),
        ("left", "not asked", True),
        ("cannot", "cannot here", True),
        ("missing", "DID NOT RUN", False),
        ("failed", "FAILED", False),
    ],
)
def test_a_part_ends_its_session(
    status: steps.Status,
    word: str,
    is_good: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(steps, "REPORTS", tmp_path)
    other = steps.Part(name="other", status=status, reason="why")
    assert steps.Steps("probe", {}, [other, RAN]).finish() is is_good
    assert f"other  {word}" in capsys.readouterr().out
    assert steps.read_parts("probe") == [other, RAN]


def test_a_session_without_parts_is_not_good(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "REPORTS", tmp_path)
    assert not steps.Steps("probe", {}).finish()


IGNORING = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_IGN)
import steps
asked = "import signal; print(signal.getsignal(signal.SIGINT) is signal.SIG_IGN)"
steps.Steps("probe", dict(os.environ)).run("asks", sys.executable, "-c", asked)
"""


def test_what_a_background_job_runs_hears_ctrl_c() -> None:
    command = [sys.executable, "-c", IGNORING]
    environment = os.environ | {"PYTHONPATH": str(Path(steps.__file__).parent)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "False"


UNSTEADY = """
from pathlib import Path
import pytest

class TestEngine:
    @pytest.mark.parametrize("fails", [0, FAILS])
    def test_load(self, fails):
        runs = Path(__file__).with_name("runs")
        count = len(runs.read_text()) if runs.exists() else 0
        if fails:
            runs.write_text("x" * (count + 1))
        assert count >= fails
"""


@pytest.mark.parametrize(
    ("fails", "tries_again", "is_good"),
    [
        (("1",), True, True),
        (("2",), True, False),
        (("1", "1", "1"), True, False),
        (("1",), False, False),
    ],
)
def test_only_what_passes_twice_after_failing_once_is_unsteady(
    fails: tuple[str, ...],
    tries_again: bool,
    is_good: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(steps, "REPORTS", tmp_path / "reports")
    monkeypatch.setattr(steps, "ROOT", tmp_path)
    for number, times in enumerate(fails):
        folder = tmp_path / f"room{number}"
        folder.mkdir()
        (folder / "test_probe.py").write_text(UNSTEADY.replace("FAILS", times))
    session = steps.Steps("probe", dict(os.environ), tries_again=tries_again)
    options = ("--import-mode=importlib", *(f"room{number}" for number in range(len(fails))))
    assert session.pytest("all", *options, python=sys.executable) is is_good
    named = [part.reason for part in session.parts if part.status == "unsteady"]
    node = "room0/test_probe.py::TestEngine::test_load[1]"
    assert named == ([f"passed 2 times after failing: {node}"] if is_good else [])
    (tests,) = (part for part in session.parts if part.name == "all")
    assert tests.failed == (0 if is_good else len(fails))
    assert tests.passed == len(fails) + is_good
