"""`millennium init`, typed."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

Typed = Callable[..., subprocess.CompletedProcess[str]]


def settings(folder: Path) -> dict[str, object]:
    tree = tomllib.loads((folder / "pyproject.toml").read_text())
    found: dict[str, object] = tree["tool"]["millennium"]
    return found


def test_a_project_appears_and_is_valid(typed: Typed, tmp_path: Path):
    done = typed("init", "hello-you", "--yes", cwd=tmp_path)
    assert (done.returncode, "millennium dev" in done.stderr) == (0, True)
    assert "hello-you/src/hello_you/__main__.py" in done.stdout.splitlines()
    assert typed("config", "validate", cwd=tmp_path / "hello-you").returncode == 0


def test_a_place_that_takes_no_folder_is_named(typed: Typed, tmp_path: Path):
    (tmp_path / "notes").write_text("a file")
    done = typed("init", "notes", "--yes", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("error[M0340]: cannot write notes/.gitignore: ")
    assert (tmp_path / "notes").read_text() == "a file"


def test_a_name_that_is_too_long_hears_how_long_it_may_be(typed: Typed, tmp_path: Path):
    done = typed("init", "a" * 200, "--yes", cwd=tmp_path)
    assert done.returncode == 2
    assert "at most 64 of them" in done.stderr


def test_its_own_tests_pass(typed: Typed, tmp_path: Path):
    typed("init", "hello-you", "--yes", cwd=tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=tmp_path / "hello-you",
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, "1 passed" in done.stdout) == (0, True), done.stdout


def test_it_finds_nothing_wrong_with_itself(typed: Typed, tmp_path: Path):
    words = ("init", "notes", "--identifier", "net.lovelace.notes", "--title", "My notes")
    typed(*words, cwd=tmp_path)
    done = typed("check", "--strict", cwd=tmp_path / "notes")
    assert (done.returncode, done.stdout) == (0, "0 errors, 0 warnings\n")
    assert settings(tmp_path / "notes")["product-name"] == "My notes"


def test_the_identifier_is_made_of_the_name(typed: Typed, tmp_path: Path):
    typed("init", "My_App.two", cwd=tmp_path)
    found = settings(tmp_path / "My_App.two")
    assert found["identifier"] == "com.example.my-app-two"
    assert found["product-name"] == "My App two"


def test_files_that_are_there_are_kept(typed: Typed, tmp_path: Path):
    typed("init", "notes", "--yes", cwd=tmp_path)
    (tmp_path / "notes" / "README.md").write_text("mine")
    done = typed("init", "notes", "--yes", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("error[M0352]: ")
    assert (tmp_path / "notes" / "README.md").read_text() == "mine"


def test_force_overwrites_them(typed: Typed, tmp_path: Path):
    typed("init", "notes", "--yes", cwd=tmp_path)
    (tmp_path / "notes" / "README.md").write_text("mine")
    assert typed("init", "notes", "--yes", "--force", cwd=tmp_path).returncode == 0
    assert (tmp_path / "notes" / "README.md").read_text().startswith("# Notes")


@pytest.mark.parametrize(
    "words",
    [
        [""],
        [".."],
        ["9lives"],
        ["a b"],
        ["-dash"],
        ["x" * 65],
        ["json"],
        ["class"],
        ["millennium"],
        ["notes", "--identifier", "notes"],
        ["notes", "--title", 'a"b'],
        ["notes", "--title", "{{name}}"],
    ],
    ids=" ".join,
)
def test_what_cannot_be_a_project_is_refused(typed: Typed, tmp_path: Path, words: list[str]):
    done = typed("init", *words, cwd=tmp_path)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_template_is_an_error(typed: Typed, tmp_path: Path):
    done = typed("init", "notes", "--template", "react", cwd=tmp_path)
    assert (done.returncode, "= help: templates: vanilla" in done.stderr) == (2, True)
    assert done.stderr.startswith("error[M0354]: there is no template 'react'\n")


def test_the_folder_one_stands_in_gives_its_name(typed: Typed, tmp_path: Path):
    (tmp_path / "my-notes").mkdir()
    done = typed("init", ".", "--yes", cwd=tmp_path / "my-notes")
    assert (done.returncode, done.stderr) == (0, "\nNext:\n  millennium dev\n")
    assert settings(tmp_path / "my-notes")["identifier"] == "com.example.my-notes"


def test_a_place_with_blanks_is_quoted(typed: Typed, tmp_path: Path):
    done = typed("init", "my apps/notes", "--yes", cwd=tmp_path)
    assert done.stderr == "\nNext:\n  cd 'my apps/notes'\n  millennium dev\n"


def test_without_an_input_nothing_is_asked(tmp_path: Path):
    words = [sys.executable, "-m", "millennium", "init", "notes"]
    done = subprocess.run(["sh", "-c", '"$@" <&-', "sh", *words], cwd=tmp_path, check=False)
    assert done.returncode == 0
    assert settings(tmp_path / "notes")["identifier"] == "com.example.notes"


def test_on_a_terminal_it_asks(tmp_path: Path):
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "millennium", "init", "notes"],
        cwd=tmp_path,
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    os.write(ours, b"My notes\nnet.lovelace.notes\n")
    process.communicate(timeout=30)
    os.close(ours)
    os.close(theirs)
    found = settings(tmp_path / "notes")
    assert (found["product-name"], found["identifier"]) == ("My notes", "net.lovelace.notes")
