"""How a native executable behaves: small, isolated, the same each time, and clear when damaged."""

from __future__ import annotations

import os
import shutil
import signal
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from millennium.security.environment import (
    KEPT_NAMES,
    REMOVED_NAMES,
    REMOVED_PREFIXES,
    REMOVED_UNLESS,
    REMOVED_WITH,
)
from millennium_build.freeze.run import FrozenProgram
from millennium_build.native import SOURCES, compile_native

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


PLANTED = ("encodings", "_bootstrap", "_millennium_boot", "site", "sitecustomize", "usercustomize")
NAMES = "import os, json; print(json.dumps(sorted(os.environ)))"


def test_nothing_that_lies_about_is_imported(frozen, run, tmp_path: Path) -> None:
    folder = tmp_path / "everybody"
    folder.mkdir()
    folder.chmod(0o777)
    executable = folder / "app"
    text = "import sys, encodings.idna, json\nprint(json.__file__, encodings.__spec__.origin, sys.path)\n"
    text += "print(sorted(set(sys.modules) & {'site', 'sitecustomize', 'usercustomize'}))\n"
    text += "flags = sys.flags\nprint(flags.isolated, flags.safe_path, flags.no_site,"
    text += " flags.ignore_environment, flags.no_user_site, flags.dont_write_bytecode)\n"
    shutil.move(frozen(text), executable)
    places = [folder, *(folder / name for name in ("?70000", "?offset", "lib/python3.11", "app.d"))]
    for place in places:
        _plant(place)
    done = subprocess.run(
        [executable],
        cwd=folder,
        env={"HOME": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.splitlines() == [
        "/millennium/json/__init__.py frozen ['/millennium']",
        "[]",
        "1 True 1 1 1 1",
    ], done.stderr
    assert not list(folder.rglob("*.imported"))
    subprocess.run([sys.executable, "-c", "import _bootstrap"], cwd=folder, check=True)
    assert (folder / "_bootstrap" / "__init__.py.imported").exists()


def _plant(folder: Path) -> None:
    """Put modules there that tell when they are imported."""
    folder.mkdir(parents=True, exist_ok=True)
    tells = "open(__file__ + '.imported', 'w').close()\n"
    for name in PLANTED:
        (folder / f"{name}.py").write_text(tells)
        package = folder / name
        package.mkdir()
        (package / "__init__.py").write_text(tells)
    (folder / "pyvenv.cfg").write_text(f"home = {folder}\n")
    (folder / "app._pth").write_text(".\nimport site\n")
    (folder / "python311._pth").write_text(".\nimport site\n")


@pytest.fixture(scope="module")
def careless_stub(tmp_path_factory) -> bytes:
    """A launcher that takes nothing out of its environment."""
    folder = tmp_path_factory.mktemp("careless")
    sources = shutil.copytree(SOURCES, folder / "native")
    (sources / "environment.c").write_text(
        '#include "payload.h"\nvoid clean_environment(const char *path) { (void)path; }\n'
    )
    written = compile_native({}, sources=sources, store=folder)
    return written[0].read_bytes()


@pytest.mark.parametrize("is_careless", [False, True], ids=["launcher", "control"])
def test_launcher_forgets_dangerous_variables_before_python_starts(
    frozen, run_json, careless_stub: bytes, is_careless: bool
) -> None:
    executable = frozen(NAMES)
    if is_careless:
        _give_another_stub(executable, careless_stub)
    dangerous = [*REMOVED_NAMES, *(f"{prefix}X" for prefix in REMOVED_PREFIXES)]
    foreign = ["APPDIR", "APPIMAGE"]
    kept = [*KEPT_NAMES, "XGTK_MODULES", "GTK_MODULES_", "EMPTY"]
    seen = run_json(executable, **dict.fromkeys((*dangerous, *foreign, *kept), ""))
    assert set(dangerous + foreign) & set(seen) == (
        set(dangerous + foreign) if is_careless else set()
    )
    assert set(kept) <= set(seen)


@pytest.mark.parametrize("is_careless", [False, True], ids=["launcher", "control"])
def test_launcher_looks_at_what_is_a_program_or_a_path(
    frozen, run_json, careless_stub: bytes, is_careless: bool
) -> None:
    executable = frozen(NAMES)
    if is_careless:
        _give_another_stub(executable, careless_stub)
    names = {name for name, _ in (*REMOVED_WITH, *REMOVED_UNLESS)}
    good = {name: "good" for name, _ in REMOVED_WITH} | dict(REMOVED_UNLESS)
    bad = {name: f"a{part}b" for name, part in REMOVED_WITH}
    climbs = {name: f"{folder}../bad" for name, folder in REMOVED_UNLESS}
    left = names if is_careless else set()
    assert names <= set(run_json(executable, **good))
    assert names & set(run_json(executable, **bad, **climbs)) == left
    assert names & set(run_json(executable, **bad, **dict.fromkeys(climbs, "/tmp/x"))) == left


def _give_another_stub(executable: Path, stub: bytes) -> None:
    """Put another launcher before the payload of an executable."""
    data = executable.read_bytes()
    magic, start, length = struct.unpack("<8sQQ", data[-24:])
    stub += bytes(-len(stub) % 4096)
    payload = data[start : start + length]
    executable.write_bytes(stub + payload + struct.pack("<8sQQ", magic, len(stub), length))


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
