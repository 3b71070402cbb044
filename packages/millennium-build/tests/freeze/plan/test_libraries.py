"""Libraries of wheels come along, the system's do not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from millennium_build.errors import NeedsFilesError
from millennium_build.freeze.plan.libraries import LibraryWalk, is_system

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs the ELF files of Linux")


def _compile(folder: Path, name: str, *options: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    source = folder / f"{name}.c"
    source.write_text(f"int {name.replace('.', '_')}(void) {{ return 1; }}\n")
    command = ["gcc", "-shared", "-fPIC", "-o", f"{name}.so", source.name, *options]
    subprocess.run(command, cwd=folder, check=True)
    return folder / f"{name}.so"


@pytest.fixture
def walk(workshop) -> LibraryWalk:
    return LibraryWalk(workshop.interpreter)


def test_library_beside_comes_after_what_it_needs(walk: LibraryWalk, tmp_path: Path) -> None:
    _compile(tmp_path / "libs", "deep", "-Wl,-soname,deep.so")
    near = ("-Wl,-soname,near.so", "-Wl,-rpath,$ORIGIN", "-Wl,--no-as-needed", "deep.so")
    _compile(tmp_path / "libs", "near", *near)
    options = ("-Wl,-rpath,$ORIGIN/libs", "-Wl,--no-as-needed", "-L", "libs", "-l:near.so")
    extension = _compile(tmp_path, "ext", *options, "-Wl,--allow-shlib-undefined")
    assert walk.add(extension) == ("near.so",)
    assert walk.vendored["near.so"].needs == ("deep.so",)
    assert walk.vendored["deep.so"].path == (tmp_path / "libs" / "deep.so").resolve()


def test_library_of_the_system_stays(walk: LibraryWalk, tmp_path: Path) -> None:
    extension = _compile(tmp_path, "ext", "-Wl,--no-as-needed", "-lm")
    assert walk.add(extension) == ()
    assert "libm.so.6" in walk.system


def test_library_without_a_name_cannot_live_in_memory(walk: LibraryWalk, tmp_path: Path) -> None:
    _compile(tmp_path, "near")
    options = ("-Wl,-rpath,$ORIGIN", "-Wl,--no-as-needed", "-L", ".", "-l:near.so")
    extension = _compile(tmp_path, "ext", *options)
    with pytest.raises(NeedsFilesError, match=r"near\.so"):
        walk.add(extension)


def test_folders_of_the_system_are_known() -> None:
    assert is_system(Path("/usr/lib/x86_64-linux-gnu/libm.so.6"))
    assert not is_system(Path("/home/ada/lib/libm.so"))
