"""``python -m millennium`` with and without the package that has the command."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import EntryPoint, EntryPoints

import pytest

from millennium import __main__ as entry


def test_without_build_it_names_the_package(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(entry, "entry_points", lambda **_: EntryPoints())
    assert entry.main() == 3
    assert 'pip install "millennium[cli]"' in capsys.readouterr().err


def test_with_build_it_hands_over(monkeypatch: pytest.MonkeyPatch) -> None:
    found = EntryPoints([EntryPoint("millennium", "os:getpid", "console_scripts")])
    monkeypatch.setattr(entry, "entry_points", lambda **_: found)
    assert entry.main() > 0


def test_the_module_can_be_run() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "millennium", "--help"], capture_output=True, text=True, check=False
    )
    assert done.returncode in {0, 3}
