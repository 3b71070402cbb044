"""The denial matrix in `millennium dev`: development refuses what a release refuses."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from denial_matrix import APP, expected
from desk import Desk, eventually

pytestmark = [pytest.mark.gui, pytest.mark.timeout(120)]


def test_an_app_in_development_answers_as_the_matrix_says(desk: Desk, tmp_path: Path) -> None:
    project, told = shutil.copytree(APP, tmp_path / "denials"), tmp_path / "told.json"
    log = tmp_path / "dev.log"
    with log.open("wb") as said:
        developer = subprocess.Popen(
            [sys.executable, "-m", "millennium", "dev"],
            cwd=project,
            env=desk.environment | {"DENIALS_REPORT": str(told)},
            stdout=said,
            stderr=said,
            start_new_session=True,
        )
    try:
        eventually(told.exists, seconds=60)
    finally:
        os.killpg(developer.pid, signal.SIGINT)
        developer.wait(20)
    report = json.loads(told.read_text())
    assert report == expected(report["main"]), log.read_text()
