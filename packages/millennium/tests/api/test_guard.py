"""A disabled API cannot be imported."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

from millennium import App
from millennium.api import GUARD, load_enabled
from millennium.api.guard import ApiGuard
from millennium.errors import ApiDisabledError
from millennium.security.allowlist import Allowlist
from millennium.testing import mock_app

FS_ONLY = {"fs": {"read-file": True}}


def names(allowlist: Allowlist) -> set[str]:
    return {endpoint.name for endpoint in load_enabled(allowlist)}


def test_only_enabled_commands_are_loaded() -> None:
    assert names(Allowlist()) == Allowlist().commands()


def test_everything_is_loaded_when_everything_is_allowed() -> None:
    assert names(Allowlist(all=True)) == Allowlist(all=True).commands()


@pytest.mark.parametrize("module", ["dialog", "shell"], ids=["exists", "does-not-exist-yet"])
def test_a_running_app_cannot_import_what_is_off(module: str) -> None:
    with mock_app(allowlist=FS_ONLY), pytest.raises(ApiDisabledError, match=f"'{module}' is"):
        importlib.import_module(f"millennium.api.{module}")


def test_a_running_app_imports_what_is_on() -> None:
    with mock_app(allowlist=FS_ONLY):
        assert importlib.import_module("millennium.api.fs").COMMANDS


def test_what_was_imported_before_is_hidden_while_the_app_runs() -> None:
    before = importlib.import_module("millennium.api.dialog")
    with mock_app(allowlist=FS_ONLY), pytest.raises(ApiDisabledError):
        exec("from millennium.api import dialog", {})  # as an app's code writes it
    assert importlib.import_module("millennium.api.dialog") is before


def test_the_guard_minds_only_its_own_package() -> None:
    guard = ApiGuard(frozenset({"fs"}), frozenset)
    guard.find_spec("millennium.api.table")
    guard.find_spec("other.api.fs")
    with pytest.raises(ApiDisabledError):
        guard.find_spec("millennium.api.fs")


def test_without_an_app_everything_may_be_imported() -> None:
    guard = ApiGuard(frozenset({"fs"}), lambda: None)
    guard.find_spec("millennium.api.fs")


def test_the_guard_stands_before_those_who_look() -> None:
    assert sys.meta_path.index(GUARD) == 0


PROGRAM = """
from millennium import App
from millennium.api import {module}
print("imported")
"""


def run(tmp_path: Path, module: str) -> subprocess.CompletedProcess[str]:
    (tmp_path / "ui").mkdir()
    (tmp_path / "ui" / "index.html").write_text("x")
    (tmp_path / "millennium.toml").write_text(
        'identifier = "org.example.a"\n[allowlist.fs]\nread-file = true\n'
    )
    (tmp_path / "main.py").write_text(PROGRAM.format(module=module))
    command = [sys.executable, str(tmp_path / "main.py")]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("module", ["dialog", "shell"])
def test_a_program_cannot_import_what_its_project_turns_off(tmp_path: Path, module: str) -> None:
    done = run(tmp_path, module)
    assert "ApiDisabledError" in done.stderr
    assert done.stdout == ""


def test_a_program_imports_what_its_project_turns_on(tmp_path: Path) -> None:
    assert run(tmp_path, "fs").stdout == "imported\n"


def test_an_app_may_run_without_any_api() -> None:
    with mock_app(App()) as running:
        assert running.page().knows("app.name")
        assert not running.page().knows("fs.read_text")
