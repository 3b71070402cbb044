"""The one list of dangerous variables is what runs before Python, word for word."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from millennium.security.environment import (
    KEPT_NAMES,
    REMOVED_NAMES,
    REMOVED_PREFIXES,
    REMOVED_UNLESS,
    REMOVED_WITH,
    UNPACKED_NAMES,
)
from millennium_build.codegen.environment import launcher_header, start_hook
from millennium_build.native import SOURCES

SHOW = "import json; print(json.dumps(sorted(os.environ)))"


def test_the_launcher_has_the_same_list() -> None:
    assert (SOURCES / "environment.h").read_text() == launcher_header()


def test_the_hook_takes_out_all_of_the_list_and_nothing_else() -> None:
    stays = {"PATH", "HOME", "LD_PRELOAD", *KEPT_NAMES, *UNPACKED_NAMES}
    goes = {*REMOVED_NAMES, "APPDIR", "APPIMAGE"} - {"LD_PRELOAD"}
    goes |= {f"{prefix}X" for prefix in REMOVED_PREFIXES} - {"PYTHONX"}
    done = subprocess.run(
        [sys.executable, "-I", "-c", start_hook() + SHOW],
        env=dict.fromkeys(goes | stays, "") | {"LD_PRELOAD": "", "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=True,
    )
    assert set(json.loads(done.stdout)) - {"LC_CTYPE"} == stays


@pytest.mark.parametrize("name", [name for name, _ in (*REMOVED_WITH, *REMOVED_UNLESS)])
def test_the_hook_looks_at_what_is_a_program_or_a_path(name: str) -> None:
    good = dict(REMOVED_UNLESS).get(name, "") + "good"
    bad = dict(REMOVED_WITH).get(name, "/tmp/") + "bad"
    climbs = dict(REMOVED_UNLESS).get(name, bad) + "../../bad"
    seen = [_after_hook({name: value}) for value in (good, bad, climbs)]
    assert seen == [{name}, set(), set()]


def _after_hook(environment: dict[str, str]) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-I", "-c", start_hook() + SHOW],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return set(json.loads(done.stdout)) - {"LC_CTYPE"}


def test_the_hook_leaves_an_app_image_its_variables() -> None:
    text = f"import sys; sys.executable = '/proc/notes'\n{start_hook()}{SHOW}"
    done = subprocess.run(
        [sys.executable, "-I", "-c", text],
        env={"APPDIR": "/proc", "APPIMAGE": "/home/ada/notes.AppImage"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert set(json.loads(done.stdout)) - {"LC_CTYPE"} == {"APPDIR", "APPIMAGE"}
