"""Commands of the configuration run where they say, and their failure ends the build."""

from __future__ import annotations

from pathlib import Path

import pytest

from millennium.config.schema import HookCommand
from millennium_build.errors import HookError
from millennium_build.hooks import run_hook


def test_command_runs_in_the_project(tmp_path: Path) -> None:
    run_hook("echo x > made", tmp_path)
    assert (tmp_path / "made").is_file()


def test_command_runs_in_its_own_folder(tmp_path: Path) -> None:
    (tmp_path / "ui").mkdir()
    run_hook(HookCommand(script="echo x > made", cwd="ui"), tmp_path)
    assert (tmp_path / "ui" / "made").is_file()


def test_empty_command_does_nothing(tmp_path: Path) -> None:
    run_hook("", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_failing_command_is_told_with_its_code(tmp_path: Path) -> None:
    with pytest.raises(HookError, match="code 3"):
        run_hook("exit 3", tmp_path)


def test_missing_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(HookError, match="cannot run"):
        run_hook(HookCommand(script="true", cwd="nowhere"), tmp_path)
