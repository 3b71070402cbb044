"""`millennium doctor`, typed."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

Typed = Callable[..., subprocess.CompletedProcess[str]]


def test_json_lists_every_check(typed: Typed, project: Path):
    found = json.loads(typed("doctor", "--json", cwd=project).stdout)["checks"]
    assert [check["name"] for check in found][:3] == ["project", "python", "packages"]
    assert {check["state"] for check in found} <= {"ok", "warning", "missing"}


def test_what_is_missing_is_three_and_says_what_to_type(typed: Typed, project: Path):
    done = typed("doctor", "--python", "/nowhere/python", cwd=project)
    assert done.returncode == 3
    rows = done.stdout.splitlines()
    place = next(index for index, row in enumerate(rows) if row.startswith("✘"))
    assert "there is no Python at '/nowhere/python'" in rows[place]
    assert rows[place + 1].strip() == "→ --python takes a file or an environment"


def test_outside_a_project_it_still_looks(typed: Typed, tmp_path: Path):
    rows = typed("doctor", cwd=tmp_path).stdout.splitlines()
    assert rows[1].startswith("⚠  project")
    assert rows[2].strip() == "→ millennium init NAME"
