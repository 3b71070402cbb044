"""Starting an app from source in the project's own Python."""

from __future__ import annotations

import contextlib
import ctypes
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from millennium_build.dev import launcher
from millennium_build.dev.process import LAUNCHER
from millennium_build.errors import NUMBERS

Launch = Callable[..., None]
RunAlone = Callable[[Path], "subprocess.CompletedProcess[str]"]


@pytest.fixture
def launch(monkeypatch: pytest.MonkeyPatch) -> Launch:
    """Does what the file does when it is run, here in this process."""
    monkeypatch.setattr(launcher, "_die_with_parent", lambda: None)

    def run(*words: str | Path) -> None:
        monkeypatch.setattr(sys, "path", ["the launcher's folder", *sys.path[1:]])
        monkeypatch.setattr(sys, "argv", ["launcher.py", *map(str, words)])
        launcher.main()

    return run


@pytest.fixture
def main_file(tmp_path: Path) -> Path:
    """A main file that tells who it is."""
    path = tmp_path / "launched_app.py"
    path.write_text("import sys\nprint(__name__, __package__, sys.argv[1:], sys.path[0])\n")
    return path


@pytest.fixture
def run_alone() -> RunAlone:
    """Runs the file as a process of its own, in the folder of the main file."""

    def run(main: Path) -> subprocess.CompletedProcess[str]:
        words = [main.parent, "", main, "release", "--"]
        return subprocess.run(
            [sys.executable, "-I", "-X", "utf8", str(LAUNCHER), *map(str, words)],
            cwd=main.parent,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )

    return run


def pipe(text: str) -> str:
    reader, writer = os.pipe()
    os.write(writer, text.encode())
    os.close(writer)
    return f"{reader},0"


def test_a_file_runs_as_main_from_its_folder(
    launch: Launch, main_file: Path, capsys: pytest.CaptureFixture[str]
):
    launch(main_file.parent, "", main_file, "release", "--", "--own")
    out = capsys.readouterr().out
    assert out.startswith("__main__ ")
    assert out.endswith(f"['--millennium-source=release', '--own'] {main_file.parent}\n")


@pytest.mark.parametrize(
    ("name", "package"), [("__main__", "launched_a"), ("app", "launched_b")], ids=str
)
def test_a_module_of_a_package_runs_in_it(
    launch: Launch,
    main_file: Path,
    capsys: pytest.CaptureFixture[str],
    name: str,
    package: str,
):
    folder = main_file.parent / package
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / f"{name}.py").write_text(main_file.read_text())
    launch(main_file.parent, package, folder / f"{name}.py", "release", "--")
    assert capsys.readouterr().out.startswith(f"__main__ {package} ")


def test_a_warm_one_imports_and_waits(
    launch: Launch, main_file: Path, capsys: pytest.CaptureFixture[str]
):
    sys.modules.pop("colorsys", None)
    launch(main_file.parent, "", main_file, pipe('["colorsys", "gone"]\ngo\n'), "--")
    assert "colorsys" in sys.modules
    assert "__main__" in capsys.readouterr().out


@pytest.mark.parametrize("line", ["", "no\n", "x" * 20], ids=["closed", "other", "torn"])
def test_without_go_nothing_runs(
    launch: Launch, main_file: Path, capsys: pytest.CaptureFixture[str], line: str
):
    launch(main_file.parent, "", main_file, pipe(f"[]\n{line}"), "--")
    assert capsys.readouterr().out == ""


def test_a_line_has_a_limit(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(launcher, "_MAX_LINE_BYTES", 3)
    reader, _, _ = pipe("abcdef\n").partition(",")
    assert launcher._line(int(reader)) == b"abc"


def test_an_error_that_explains_itself_has_no_traceback(
    launch: Launch, main_file: Path, capsys: pytest.CaptureFixture[str]
):
    main_file.write_text(
        "error = ValueError('no')\nerror.add_note('error[M0105]: config.x')\nerror.add_note('  = help: do')\n"
        "raise error"
    )
    with pytest.raises(SystemExit) as caught:
        launch(main_file.parent, "", main_file, "release", "--")
    assert caught.value.code == 1
    assert capsys.readouterr().err == "error[M0105]: no\n  = help: do\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "x = 1\ndef f()\n",
            (
                f"error[{NUMBERS['build.source']}]: launched_app.py is not valid Python: expected ':'\n"
                "  --> launched_app.py:2:8\n"
            ),
        ),
        (
            "import json\nimport nmpy\n",
            (
                f"error[{NUMBERS['build.module_missing']}]: there is no module 'nmpy'\n"
                "  --> launched_app.py:2\n"
                f"  = help: mend its name, or install what has it: {sys.executable} -m pip install …\n"
            ),
        ),
    ],
    ids=["syntax", "module"],
)
def test_what_keeps_an_app_from_starting_is_told_without_a_traceback(
    run_alone: RunAlone, main_file: Path, text: str, told: str
):
    main_file.write_text(text)
    done = run_alone(main_file)
    assert (done.returncode, done.stderr) == (1, told)


def test_any_other_error_is_told_with_the_apps_part_of_its_traceback(
    run_alone: RunAlone, main_file: Path
):
    main_file.write_text("import json\ndef f():\n    json.loads('{')\nf()\n")
    done = run_alone(main_file)
    lines = done.stderr.splitlines()
    assert (done.returncode, lines[:2]) == (
        1,
        ["Traceback (most recent call last):", f'  File "{main_file}", line 4, in <module>'],
    )
    assert lines[-2].startswith(f"error[{NUMBERS['dev.app']}]: the app failed: JSONDecodeError: ")
    assert "launcher.py" not in done.stderr
    assert "runpy" not in done.stderr


@pytest.mark.parametrize(
    ("text", "code", "told"),
    [
        ("def f()\n", 1, "error[M0312]: launched_app.py is not valid Python: "),
        ("import nmpy\n", 1, "error[M0313]: there is no module 'nmpy'\n  --> launched_app.py:1\n"),
        ("1 / 0\n", 1, "error[M0372]: the app failed: ZeroDivisionError: "),
        ("raise KeyboardInterrupt\n", 130, ""),
    ],
    ids=["syntax", "module", "other", "interrupted"],
)
def test_each_end_has_its_code(
    launch: Launch,
    main_file: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    text: str,
    code: int,
    told: str,
):
    monkeypatch.chdir(main_file.parent)
    main_file.write_text(text)
    with pytest.raises(SystemExit) as caught:
        launch(main_file.parent, "", main_file, "release", "--")
    assert (caught.value.code, told in capsys.readouterr().err) == (code, True)


def test_an_app_that_is_interrupted_says_nothing(run_alone: RunAlone, main_file: Path):
    main_file.write_text("import os, signal\nos.kill(os.getpid(), signal.SIGINT)\n")
    done = run_alone(main_file)
    assert (done.returncode, done.stderr) == (130, "")


def test_an_app_may_show_its_errors_itself(run_alone: RunAlone, main_file: Path):
    main_file.write_text("import sys\nsys.excepthook = lambda *_: print('own')\n1 / 0\n")
    done = run_alone(main_file)
    assert done.stdout == "own\n"
    assert done.stderr == (
        "error[M0372]: the app failed: ZeroDivisionError: division by zero\n"
        "  --> launched_app.py:3\n"
    )


@pytest.mark.parametrize(
    "text",
    ["raise SyntaxError('odd')", "eval('1 +')", "raise ModuleNotFoundError('odd')"],
    ids=["syntax", "text", "module"],
)
def test_an_error_without_a_place_is_any_other(run_alone: RunAlone, main_file: Path, text: str):
    main_file.write_text(text)
    assert "error[M0372]: the app failed: " in run_alone(main_file).stderr


@pytest.mark.parametrize(
    ("platform", "parents", "died"),
    [
        ("linux", [1, 1], contextlib.nullcontext()),
        ("linux", [1, 2], pytest.raises(SystemExit)),
        ("darwin", [], contextlib.nullcontext()),
    ],
    ids=["lives", "parent is gone", "another system"],
)
def test_it_dies_with_its_parent(
    monkeypatch: pytest.MonkeyPatch,
    platform: str,
    parents: list[int],
    died: contextlib.AbstractContextManager[object],
):
    asked: list[tuple[int, int]] = []

    class Libc:
        def prctl(self, option: int, signal: int) -> None:
            asked.append((option, signal))

    left = list(parents)
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(ctypes, "CDLL", lambda _name: Libc())
    monkeypatch.setattr(os, "getppid", lambda: left.pop(0))
    with died:
        launcher._die_with_parent()
    assert len(asked) == len(parents) // 2


def test_the_file_runs_alone(run_alone: RunAlone, main_file: Path):
    done = run_alone(main_file)
    assert (done.returncode, done.stdout.startswith("__main__")) == (0, True)
