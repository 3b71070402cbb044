"""`import millennium` is cheap and brings nothing that an app may not want."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

MAX_MILLISECONDS = 25.0
RUNS = 9
UNWANTED = ("asyncio", "cryptography", "json5", "click", "ssl", "http", "webview", "gi")


def _modules_after(statement: str) -> set[str]:
    code = f"{statement}\nimport json, sys\nprint(json.dumps(sorted(sys.modules)))"
    command = [sys.executable, "-I", "-c", code]
    answer = subprocess.run(command, capture_output=True, text=True, check=True)
    return set(json.loads(answer.stdout))


def _import_milliseconds(_: int) -> float:
    command = [sys.executable, "-I", "-X", "importtime", "-c", "import millennium"]
    answer = subprocess.run(command, capture_output=True, text=True, check=True)
    last = answer.stderr.splitlines()[-1]
    assert last.split("|")[2].strip() == "millennium"
    return int(last.split("|")[1]) / 1000


@pytest.mark.parametrize("name", UNWANTED)
def test_import_brings_no(name: str) -> None:
    assert name not in _modules_after("import millennium")


def test_import_brings_no_built_in_api() -> None:
    loaded = _modules_after("import millennium")
    assert [name for name in loaded if name.startswith("millennium.api.")] == []


def test_control_finds_what_is_imported() -> None:
    loaded = _modules_after("import millennium, asyncio, millennium.api.fs")
    assert {"asyncio", "millennium.api.fs"} <= loaded


def test_import_takes_no_longer_than_its_budget() -> None:
    """Take the fastest of some runs: whatever else the machine does only adds."""
    assert min(map(_import_milliseconds, range(RUNS))) <= MAX_MILLISECONDS
