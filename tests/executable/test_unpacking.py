"""What variables say about the folder that PyInstaller's executable unpacked itself into.

Its launcher goes on in that folder, and loads Python from it. So the trap is a folder of a name as
it makes them, with a library in it that is called as Python's. The native executable unpacks
nothing, and the launcher of another build, without our option, walks into the trap.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sysconfig
from collections.abc import Callable
from pathlib import Path

import pytest

from millennium_build.freeze import pyinstaller
from millennium_build.freeze.run import FrozenProgram

OPTION = '[("pyi-enable-onefile-parent-verification", None, "OPTION")]'
LEVELS = ["0", "1"]
ANSWER = "[0, 1, 4, 9]\n"
PROGRAM = """
import multiprocessing

def square(number):
    return number * number

if __name__ == "__main__":
    multiprocessing.freeze_support()
    multiprocessing.set_start_method("spawn")
    with multiprocessing.Pool(1) as pool:
        print(pool.map(square, range(4)))
"""
SPRING = """
#include <stdio.h>
__attribute__((constructor)) static void spring(void) { puts("sprung"); fflush(stdout); }
"""

Freeze = Callable[..., FrozenProgram]
Start = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def main(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("program") / "main.py"
    path.write_text(PROGRAM)
    return path


@pytest.fixture(scope="module", params=["native", "pyinstaller"])
def executable(request, freeze: Freeze, main: Path, tmp_path_factory) -> Path:
    output = tmp_path_factory.mktemp("frozen") / "app"
    return freeze(main, output, freezer=request.param).result.executable


@pytest.fixture(scope="module")
def trusting(freeze: Freeze, main: Path, tmp_path_factory) -> Path:
    """An executable of PyInstaller as it comes."""
    assert OPTION in pyinstaller.SPEC
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pyinstaller, "SPEC", pyinstaller.SPEC.replace(OPTION, "[]"))
        output = tmp_path_factory.mktemp("trusting") / "app"
        return freeze(main, output, freezer="pyinstaller").result.executable


@pytest.fixture
def trap(tmp_path: Path) -> Path:
    """A folder that a parent like this process would have made, with the library."""
    if shutil.which("gcc") is None:
        pytest.skip("needs gcc, to make the trap")
    folder = tmp_path / f"_MEI{os.getpid():08x}abcdef"
    folder.mkdir(mode=0o700)
    (folder / "spring.c").write_text(SPRING)
    library = str(sysconfig.get_config_var("INSTSONAME"))
    subprocess.run(["gcc", "-shared", "-fPIC", "-o", library, "spring.c"], cwd=folder, check=True)
    return folder


def start_over(run: Start, executable: Path, trap: Path, level: str) -> str:
    """Start with the variables set; return what was printed."""
    forged = {
        "_PYI_ARCHIVE_FILE": str(executable),
        "_PYI_APPLICATION_HOME_DIR": str(trap),
        "_PYI_PARENT_PROCESS_LEVEL": level,
        "_MEIPASS2": str(trap),
    }
    return str(run(executable, **forged).stdout)


@pytest.mark.parametrize("level", LEVELS)
def test_nothing_is_loaded_from_a_folder_that_a_variable_names(
    executable: Path, run: Start, trap: Path, level: str
) -> None:
    assert start_over(run, executable, trap, level) in {"", ANSWER}


@pytest.mark.parametrize("level", LEVELS)
def test_control_a_launcher_that_believes_the_variables_loads_it(
    trusting: Path, run: Start, trap: Path, level: str
) -> None:
    assert "sprung" in start_over(run, trusting, trap, level)


def test_its_own_processes_find_the_folder(executable: Path, run: Start) -> None:
    done = run(executable)
    assert (done.stdout, done.returncode) == (ANSWER, 0), done.stderr
