"""Wheels with extension modules and libraries of their own work inside one executable."""

from __future__ import annotations

import importlib.util
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from millennium_build.freeze.native.listing import list_artifact
from millennium_build.freeze.run import FrozenProgram

MAIN = Path(__file__).parent / "programs" / "imaging.py"
PATIENT = MAIN.with_name("patient.py")

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("numpy") is None, reason="needs the dependency group `executable`"
)


@pytest.fixture(scope="module")
def executable(
    freeze: Callable[..., FrozenProgram], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    return freeze(MAIN, tmp_path_factory.mktemp("wheels") / "app").result.executable


def test_numpy_and_pillow_work_in_one_executable(executable: Path, run_json) -> None:
    formats = ["BMP", "GIF", "ICO", "JPEG", "PNG", "TIFF", "WEBP"]
    assert run_json(executable) == {"solved": True, "transformed": [4.0, 0.0], "formats": formats}


def test_large_libraries_are_kept_in_the_cache(executable: Path, run_json, tmp_path: Path) -> None:
    run_json(executable, XDG_CACHE_HOME=str(tmp_path))
    folder = tmp_path / "millennium-test" / "libraries"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert len(list(folder.iterdir())) >= 1


def test_changed_library_in_the_cache_is_never_loaded(
    executable: Path, run_json, tmp_path: Path
) -> None:
    run_json(executable, XDG_CACHE_HOME=str(tmp_path))
    library = next((tmp_path / "millennium-test" / "libraries").iterdir())
    library.write_bytes(b"planted")
    assert run_json(executable, XDG_CACHE_HOME=str(tmp_path))["solved"]
    assert library.stat().st_size > 1_000_000


def test_library_that_is_changed_while_it_is_used_changes_nothing(
    freeze: Callable[..., FrozenProgram], tmp_path: Path
) -> None:
    app = freeze(PATIENT, tmp_path / "app").result.executable
    environment = {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    process = subprocess.Popen(
        [app], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdout is not None
        loaded = process.stdout.readline()
        for path in (tmp_path / "cache" / "millennium-test" / "libraries").iterdir():
            with path.open("r+b") as file:
                file.write(b"\xcc" * path.stat().st_size)
        answer = process.communicate("\n", timeout=60)[0]
    assert (loaded, answer, process.returncode) == ("loaded\n", "solved: True\n", 0)


def test_pipe_in_the_cache_is_not_waited_for(executable: Path, run_json, tmp_path: Path) -> None:
    run_json(executable, XDG_CACHE_HOME=str(tmp_path))
    library = next((tmp_path / "millennium-test" / "libraries").iterdir())
    library.unlink()
    os.mkfifo(library)
    assert run_json(executable, XDG_CACHE_HOME=str(tmp_path))["solved"]


def test_without_a_cache_everything_comes_from_memory(executable: Path, run_json) -> None:
    assert run_json(executable, XDG_CACHE_HOME="/proc/nowhere")["solved"]


def test_libraries_of_wheels_are_inside_and_the_systems_are_not(executable: Path) -> None:
    names = list_artifact(executable).libraries
    assert any("openblas" in name for name in names)
    assert not any(name.startswith(("libz.so", "libc.so", "libssl")) for name in names)
