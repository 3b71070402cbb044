"""The group of commands."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import EntryPoint
from pathlib import Path

import click
import pytest

from millennium_build.cli import main as main_module
from millennium_build.cli.main import COMMANDS, main

Typed = Callable[..., subprocess.CompletedProcess[str]]
HELP_SECONDS = 0.15
REFERENCE = [sys.executable, "-I", "-c", "import asyncio"]
REFERENCE_SECONDS = 0.05  # on a machine of the budget
QUIET = {"COVERAGE_PROCESS_CONFIG": "", "COVERAGE_PROCESS_START": ""}


class Point(EntryPoint):
    """An entry point whose object is at hand."""

    def load(self) -> object:
        return {"good": click.Command("good", short_help="Does good."), "text": "no command"}[
            self.value
        ]


@pytest.fixture
def others(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Installs commands of other packages, by name and object."""

    def install(**values: str) -> None:
        points = [Point(name, value, "millennium.cli") for name, value in values.items()]
        monkeypatch.setattr(main_module, "entry_points", lambda **_group: points)

    return install


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]):
    assert main(["--help"]) == 0
    out = capsys.readouterr().out
    assert all(f"  {name} " in out for name in COMMANDS)
    assert "  bundle " in out


@pytest.mark.parametrize("name", list(COMMANDS), ids=str)
def test_every_command_has_help_that_begins_as_the_list_says(
    capsys: pytest.CaptureFixture[str], name: str
):
    assert main([name, "--help"]) == 0
    words = " ".join(capsys.readouterr().out.split())
    assert COMMANDS[name].removesuffix(".") in words


def test_help_is_there_at_once(typed: Callable[..., object], tmp_path: Path):
    def seconds(run: Callable[[], object]) -> float:
        # CPU time: what somebody else's work costs on a busy machine is not ours.
        before = os.times()
        run()
        after = os.times()
        used = after.children_user + after.children_system
        return used - before.children_user - before.children_system

    def reference() -> None:
        subprocess.run(REFERENCE, env=os.environ | QUIET, check=True)

    def help_() -> None:
        typed("--help", cwd=tmp_path, **QUIET)

    # In turns: who shares the processor's caches makes both slower, and changes all the time.
    rounds = [(seconds(help_), seconds(reference)) for _ in range(7)]
    slowness = max(1.0, min(other for _, other in rounds) / REFERENCE_SECONDS)
    assert min(ours for ours, _ in rounds) <= HELP_SECONDS * slowness


def test_a_pipe_with_a_code_page_gets_the_whole_report(typed: Typed, tmp_path: Path):
    done = typed("doctor", cwd=tmp_path, PYTHONIOENCODING="cp1252")
    assert "M0399" not in done.stderr
    assert "\\u2192 millennium init NAME" in done.stdout


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == "millennium 0.1.0\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["bild"], "no such command 'bild'\n  = help: did you mean `millennium build`?"),
        (["xyz"], "no such command 'xyz'\n  = help: `millennium --help` says what there is"),
        (["config", "prnt"], "Did you mean 'print'?\n  = help: `millennium config --help` says"),
        (["build", "--freezr"], "no such option '--freezr'. Did you mean '--freezer'?\n  = help: "),
        (["init"], "missing argument 'NAME'\n  = help: `millennium init --help` says"),
        (["check", "--platform", "beos"], "'beos' is not one of 'linux', 'macos', 'windows'"),
    ],
    ids=["command", "strange-command", "sub-command", "option", "argument", "choice"],
)
def test_wrong_usage_is_two(capsys: pytest.CaptureFixture[str], words: list[str], said: str):
    assert main(words) == 2
    err = capsys.readouterr().err
    assert err.startswith("error[M0350]: ")
    assert said in err


@pytest.mark.parametrize("words", [[], ["config"]], ids=["millennium", "config"])
def test_no_command_shows_what_there_is(capsys: pytest.CaptureFixture[str], words: list[str]):
    assert main(words) == 2
    err = capsys.readouterr().err
    assert err.startswith("Usage: millennium")
    assert "error" not in err


def test_an_error_is_shown_without_traceback(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.chdir(tmp_path)
    assert main(["config", "print"]) == 1
    err = capsys.readouterr().err
    assert err.startswith("error[M0102]: no configuration in ")
    assert "Traceback" not in err


@pytest.mark.parametrize("words", [["-vv"], ["-v", "--verbose"]], ids=["short", "long"])
def test_a_traceback_is_there_for_who_asks_twice(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    words: list[str],
):
    monkeypatch.chdir(tmp_path)
    assert main([*words, "config", "print"]) == 1
    assert capsys.readouterr().err.startswith("Traceback")


@pytest.mark.parametrize("error", [click.Abort, KeyboardInterrupt], ids=["click", "Python"])
def test_ctrl_c_is_one_hundred_and_thirty(
    monkeypatch: pytest.MonkeyPatch, error: type[BaseException]
):
    def stop(*_words: object, **_options: object) -> None:
        raise error

    monkeypatch.setattr(main_module.group, "main", stop)
    assert main([]) == 130


def test_others_add_commands_that_cannot_take_our_names(
    others: Callable[..., None], capsys: pytest.CaptureFixture[str]
):
    others(weather="good", build="good")
    assert main(["--help"]) == 0
    out = capsys.readouterr().out
    assert "  weather  Does good." in out
    assert COMMANDS["build"] in out
    assert main(["weather", "--help"]) == 0


@pytest.mark.parametrize("value", ["text", "gone"], ids=["no command", "cannot be imported"])
def test_a_broken_command_is_told_and_keeps_the_rest(
    others: Callable[..., None], capsys: pytest.CaptureFixture[str], value: str
):
    others(weather=value)
    assert main(["--help"]) == 0
    assert "weather" in capsys.readouterr().out
    assert main(["weather"]) == 2
    assert "error[M0350]" in capsys.readouterr().err


def test_the_exit_code_of_a_command_is_ours(project: Path, monkeypatch: pytest.MonkeyPatch):
    (project / "ui" / "main.js").write_text("invoke('nobody')")
    monkeypatch.chdir(project)
    assert main(["check"]) == 1
