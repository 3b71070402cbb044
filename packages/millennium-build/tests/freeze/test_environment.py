"""The workshop asks the project's Python, once, and remembers."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from millennium_build.cache import Cache
from millennium_build.errors import EnvironmentUnusableError, SourceError
from millennium_build.freeze.environment import Workshop


def test_facts_are_those_of_the_interpreter(tmp_path: Path) -> None:
    with Workshop(None, Cache(tmp_path)) as workshop:
        python = workshop.interpreter
    assert python.version_text == "{}.{}.{}".format(*sys.version_info[:3])
    assert python.minor == sys.version_info[1]
    assert "sys" in python.builtin


def test_scan_and_compile_are_remembered_without_the_worker(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text("import b\n")
    cache = Cache(tmp_path / "cache")
    with Workshop(None, cache) as workshop:
        first = workshop.scan(path, path.read_bytes())
        code = workshop.compile(path, path.read_bytes(), filename="/a.py", optimize=2)
        python = workshop.interpreter
    source = path.read_bytes()
    path.unlink()
    with Workshop(None, cache) as again:
        assert again.interpreter == python
        assert again.scan(path, source) == first
        assert again.compile(path, source, filename="/a.py", optimize=2) == code


def test_source_that_is_no_python_is_named(tmp_path: Path) -> None:
    path = tmp_path / "bad.py"
    path.write_text("def\n")
    with Workshop(None, Cache(tmp_path)) as workshop, pytest.raises(SourceError) as caught:
        workshop.scan(path, path.read_bytes())
    assert caught.value.message == "bad.py is not valid Python: invalid syntax"
    assert str(caught.value.location) == f"{path}:1:4"


def test_file_that_is_no_interpreter_is_named(tmp_path: Path) -> None:
    with (
        Workshop(tmp_path / "python", Cache(tmp_path)) as workshop,
        pytest.raises(EnvironmentUnusableError, match="cannot start"),
    ):
        workshop.interpreter  # noqa: B018 - asking is the test


def test_program_that_does_not_answer_is_named(tmp_path: Path) -> None:
    with (
        Workshop(Path("/bin/true"), Cache(tmp_path)) as workshop,
        pytest.raises(EnvironmentUnusableError, match="before it answered"),
    ):
        workshop.interpreter  # noqa: B018 - asking is the test


PRESS_CTRL_C = """
import os, signal, sys
from pathlib import Path
from millennium_build.cache import Cache
from millennium_build.freeze.environment import Workshop

signal.signal(signal.SIGINT, lambda *_: print("pressed", flush=True))
with Workshop(None, Cache(Path(sys.argv[1]))) as workshop:
    workshop.interpreter
    os.killpg(0, signal.SIGINT)
    print(workshop.scan(Path(sys.argv[2]), b"import json")["imports"])
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs groups of processes")
def test_ctrl_c_is_for_the_command_and_not_for_its_worker(tmp_path: Path) -> None:
    source = tmp_path / "a.py"
    source.write_text("import json\n", encoding="utf-8")
    argv = [sys.executable, "-c", PRESS_CTRL_C, str(tmp_path / "cache"), str(source)]
    done = subprocess.run(argv, capture_output=True, text=True, check=False, start_new_session=True)
    assert done.stdout.startswith("pressed\n")
    assert (done.returncode, done.stderr) == (0, "")
