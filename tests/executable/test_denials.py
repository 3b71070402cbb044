"""The denial matrix frozen: an executable refuses what the source refuses, and nothing else."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

from denial_matrix import APP, expected  # noqa: E402 - after the path is set
from millennium_build.build import BuildRequest, build  # noqa: E402
from millennium_build.display import find_display  # noqa: E402

pytestmark = pytest.mark.gui


def test_the_executable_answers_as_the_matrix_says(run, tmp_path: Path) -> None:
    project = shutil.copytree(APP, tmp_path / "denials")
    executable = build(BuildRequest(root=project, verify=False)).path
    with find_display() as display:
        if display is None:
            pytest.skip("needs a display or Xvfb")
        done = run(executable, **display)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert len(report["main"]) > 60
    assert report == expected(report["main"])
