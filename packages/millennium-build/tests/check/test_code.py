"""The app's Python, read as syntax."""

from __future__ import annotations

from pathlib import Path

import pytest

from millennium_build.check import code as code_module
from millennium_build.check.code import read_code
from millennium_build.errors import SourceError

MAIN = """\
import asyncio
import http.server as web
from millennium import App
from millennium.api import fs
from . import own

app = App()

@app.command
def one(): pass

@app.command(inline=True, name="zwei")
async def two(): pass

@app.command(name="")
def three(): pass

class Group:
    @app.command()
    def four(self): pass

@staticmethod
@functools.cache
def no(): pass

def work():
    asyncio.start_server(lambda: None)
    print(1)(2)

app.run()
"""


def package(folder: Path, **files: str) -> Path:
    for name, text in {"__main__": MAIN, **files}.items():
        (folder / f"{name}.py").write_text(text)
    return folder / "__main__.py"


def test_commands_are_found_with_their_names_and_places(tmp_path: Path):
    code = read_code(package(tmp_path), tmp_path)
    assert [command.name for command in code.commands] == ["one", "zwei", "three", "four"]
    assert str(code.commands[0].place) == "__main__.py:10:1"


def test_imports_and_calls_are_found(tmp_path: Path):
    code = read_code(package(tmp_path), tmp_path)
    assert [found.module for found in code.imports] == [
        "asyncio",
        "http.server",
        "millennium.App",
        "millennium.api.fs",
    ]
    assert "asyncio.start_server" in {call.module for call in code.calls}


@pytest.mark.parametrize(("text", "runs"), [(MAIN, True), ("x = 1", False)], ids=["yes", "no"])
def test_a_main_file_runs_the_app_or_not(tmp_path: Path, text: str, runs: bool):
    assert read_code(package(tmp_path, __main__=text), tmp_path).main_runs is runs


def test_modules_beside_and_below_are_read_and_others_are_not(tmp_path: Path):
    main = package(tmp_path, other="@app.command\ndef five(): pass")
    for folder in ("sub", "tests", ".hidden", "venv"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "x.py").write_text(f"@app.command\ndef {folder.strip('.')}(): pass")
    (tmp_path / "venv" / "pyvenv.cfg").write_text("")
    (tmp_path / "data.txt").write_text("def")
    names = {command.name for command in read_code(main, tmp_path).commands}
    assert {"five", "sub"} <= names
    assert not {"tests", "hidden", "venv"} & names


def test_reading_has_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(code_module, "MAX_FILES", 1)
    main = package(tmp_path, zz="def :")
    assert read_code(main, tmp_path).main_runs


@pytest.mark.parametrize("text", ["def :", "x = '\0'"], ids=["syntax", "null byte"])
def test_what_is_no_python_is_named(tmp_path: Path, text: str):
    main = package(tmp_path, broken=text)
    with pytest.raises(SourceError, match=r"broken\.py"):
        read_code(main, tmp_path)
