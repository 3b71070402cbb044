"""One small program, frozen by each freezer, says the same wherever it runs."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from millennium_build.cache import Cache
from millennium_build.freeze.environment import Workshop
from millennium_build.freeze.plan.entry import locate_entry
from millennium_build.freeze.plan.make import PlanRequest
from millennium_build.freeze.run import FreezeTarget, freeze_program

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="needs Linux: executables are started"),
    pytest.mark.timeout(180),
]
PROGRAM = """
import decimal, importlib.resources, json, sysconfig
from parts import half
text = importlib.resources.files("parts").joinpath("text.txt").read_text()
print(json.dumps([str(half(decimal.Decimal(3))), text, sysconfig.get_config_var("Py_DEBUG")]))
"""


@pytest.fixture
def workshop(tmp_path: Path) -> Iterator[Workshop]:
    with Workshop(None, Cache(tmp_path / "cache")) as opened:
        yield opened


@pytest.fixture
def main(tmp_path: Path) -> Path:
    """A program with a package that has a file beside its code."""
    package = tmp_path / "program" / "parts"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("def half(number):\n    return number / 2\n")
    (package / "text.txt").write_text("beside it")
    path = package.parent / "main.py"
    path.write_text(PROGRAM)
    return path


@pytest.mark.parametrize("freezer", ["native", "pyinstaller"])
def test_a_frozen_program_runs_without_its_sources(
    tmp_path: Path, workshop: Workshop, main: Path, freezer: str
) -> None:
    said: list[str] = []
    frozen = freeze_program(
        PlanRequest(entry=locate_entry(main), include_data=("parts",)),
        FreezeTarget(output=tmp_path / "out" / "app", freezer=freezer),
        workshop=workshop,
        cache=Cache(tmp_path / "cache"),
        say=said.append,
    )
    (main.parent / "parts" / "text.txt").unlink()
    done = subprocess.run(
        [frozen.result.executable],
        env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == '["1.5", "beside it", 0]\n'
    assert said[0].startswith(f"{freezer}: ")
    assert "libc.so.6" in frozen.result.sonames
