"""How a native executable behaves: small, isolated, the same each time, and clear when damaged."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from millennium_build.freeze.run import FrozenProgram

BARE_BYTES = 3_100_000
SCRIPT = """
import sys
from pathlib import Path
from millennium_build.cache import Cache
from millennium_build.freeze.environment import Workshop
from millennium_build.freeze.plan.entry import locate_entry
from millennium_build.freeze.plan.make import PlanRequest
from millennium_build.freeze.run import FreezeTarget, freeze_program

main, output, cache = map(Path, sys.argv[1:])
with Workshop(None, Cache(cache)) as workshop:
    freeze_program(
        PlanRequest(entry=locate_entry(main)),
        FreezeTarget(output=output, freezer="native"),
        workshop=workshop,
        cache=Cache(cache),
    )
"""


@pytest.fixture
def frozen(
    freeze: Callable[..., FrozenProgram], program: Callable[[str], Path], tmp_path: Path
) -> Callable[[str], Path]:
    """Freezes a program of a few lines and returns the executable."""

    def make(text: str) -> Path:
        return freeze(program(text), tmp_path / "app").result.executable

    return make


def test_bare_program_is_small_and_knows_itself(frozen, run, built_in_bytes: int) -> None:
    executable = frozen("import sys; print(sys.executable, sys.frozen, sys.argv[1:], __name__)")
    assert executable.stat().st_size < BARE_BYTES + built_in_bytes
    assert run(executable, "a", "-b").stdout == f"{executable} True ['a', '-b'] __main__\n"


def test_new_caches_and_other_hash_seeds_give_the_same_bytes(program, tmp_path: Path) -> None:
    main = program("import json, dataclasses\nprint({'a', 'b', 'c'} & {'b'})\n")

    def build(seed: str) -> bytes:
        output = tmp_path / seed
        command = [sys.executable, "-c", SCRIPT, main, output, tmp_path / f"cache-{seed}"]
        subprocess.run(command, check=True, env=os.environ | {"PYTHONHASHSEED": seed})
        return output.read_bytes()

    assert build("1") == build("2")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("raise SystemExit(7)", 7),
        ("import sys; sys.exit('said')", 1),
        ("1 / 0", 1),
        ("pass", 0),
    ],
    ids=["code", "message", "exception", "end"],
)
def test_end_of_the_program_is_its_exit_code(frozen, run, text: str, code: int) -> None:
    assert run(frozen(text)).returncode == code


def test_ctrl_c_ends_it_as_a_shell_expects(frozen) -> None:
    text = "import time\nprint('ready', flush=True)\ntime.sleep(30)"
    process = subprocess.Popen([frozen(text)], stdout=-1, stderr=-1, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=10)
    assert process.returncode == -signal.SIGINT


def test_variables_of_python_change_nothing(frozen, run, tmp_path: Path) -> None:
    executable = frozen("import sys; print(sys.flags.isolated, sys.path, sys.flags.inspect)")
    variables = {"PYTHONPATH": str(tmp_path), "PYTHONHOME": "/nowhere", "PYTHONINSPECT": "1"}
    assert run(executable, **variables).stdout == "1 ['/millennium'] 0\n"


def test_file_in_the_working_folder_is_not_imported(frozen, run) -> None:
    text = "open('json.py', 'w').write('x')\nopen('other.py', 'w').write('x')\n"
    text += "import json\nprint(json.__file__)\ntry:\n    import_it = __import__('other')\n"
    text += "except ModuleNotFoundError as error:\n    print(error)\n"
    assert run(frozen(text)).stdout == "/millennium/json/__init__.py\nNo module named 'other'\n"


def test_nothing_is_left_open_and_memory_files_are_sealed(frozen, run) -> None:
    text = "import os, sqlite3, ssl\nprint(sorted(os.listdir('/proc/self/fd')))\n"
    text += "print([line.split()[1] for line in open('/proc/self/maps') if '/memfd:' in line][:1])"
    listed, mapped = run(frozen(text)).stdout.splitlines()
    assert listed == "['0', '1', '2', '3']"
    assert mapped.startswith("['r")


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (lambda data: data[:-10], "stripped or cut off"),
        (lambda data: data[:-16] + b"\xff" * 16, "trailer"),
        (lambda data: data[: -(len(data) // 2)], "stripped or cut off"),
    ],
    ids=["end", "trailer", "half"],
)
def test_damaged_executable_says_so(frozen, run, damage, told: str) -> None:
    executable = frozen("print('started')")
    executable.write_bytes(damage(executable.read_bytes()))
    done = run(executable)
    assert done.returncode == 70
    assert told in done.stderr
    assert done.stdout == ""


def test_damaged_python_is_not_started(frozen, run) -> None:
    executable = frozen("print('started')")
    data = bytearray(executable.read_bytes())
    start = int.from_bytes(data[-16:-8], "little")
    libpython = start + int.from_bytes(data[start + 32 : start + 40], "little")
    data[libpython + 1000 : libpython + 1100] = bytes(100)
    executable.write_bytes(data)
    done = run(executable)
    assert (done.returncode, done.stdout) == (70, "")
