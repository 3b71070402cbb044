"""A session's table says what ran and what did not; only what should have run fails it."""

from __future__ import annotations

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
