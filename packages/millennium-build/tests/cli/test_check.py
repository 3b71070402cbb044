"""`millennium check`, typed."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from millennium_build.cli.main import main

Typed = Callable[..., subprocess.CompletedProcess[str]]
Edit = Callable[[Path, str, str], None]


def test_a_sound_project_has_nothing_to_say(typed: Typed, project: Path):
    done = typed("check", cwd=project)
    assert (done.returncode, done.stdout, done.stderr) == (0, "0 errors, 0 warnings\n", "")


def test_a_wrong_name_is_shown_where_it_stands(typed: Typed, project: Path, edit: Edit):
    edit(project / "ui" / "main.js", 'invoke("greet"', 'invoke("great"')
    done = typed("check", cwd=project)
    assert done.returncode == 1
    assert done.stderr == (
        "error[check.unknown_command]: the page invokes 'great', and the app has no such command\n"
        "  --> ui/main.js:10:40\n"
        "  = help: commands: greet\n"
    )


def test_json_is_for_programs(typed: Typed, project: Path, edit: Edit):
    edit(project / "ui" / "main.js", 'invoke("greet"', 'invoke("great"')
    found = json.loads(typed("check", "--json", cwd=project).stdout)
    assert found["errors"] == 1
    assert found["findings"][0]["line"] == 10


@pytest.mark.parametrize(("words", "code"), [([], 0), (["--strict"], 1)], ids=["lenient", "strict"])
def test_warnings_fail_only_when_strict(
    typed: Typed, project: Path, edit: Edit, words: list[str], code: int
):
    edit(project / "pyproject.toml", "net.lovelace", "com.example")
    done = typed("check", *words, cwd=project)
    assert (done.returncode, done.stdout) == (code, "0 errors, 1 warning\n")


def test_without_a_place_for_talk_the_answer_is_given(project: Path, edit: Edit):
    edit(project / "pyproject.toml", "net.lovelace", "com.example")
    words = ["sh", "-c", '"$@" 2>&-', "sh", sys.executable, "-m", "millennium", "check"]
    done = subprocess.run(words, cwd=project, capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (0, b"0 errors, 1 warning\n")


def test_broken_python_is_an_error(typed: Typed, project: Path):
    (project / "src" / "hello_you" / "other.py").write_text("def :")
    done = typed("check", cwd=project)
    assert done.returncode == 1
    assert done.stderr.startswith("error[M0312]: src/hello_you/other.py is not valid Python: ")
    assert done.stderr.endswith("\n  --> src/hello_you/other.py:1:5\n")


def test_a_terminal_sees_colours(
    project: Path, edit: Edit, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    edit(project / "pyproject.toml", "net.lovelace", "com.example")
    monkeypatch.chdir(project)
    monkeypatch.setattr("millennium_build.cli.check.is_plain", lambda _stream: False)
    assert main(["check"]) == 0
    assert "check.identifier" in capsys.readouterr().err
