"""`import millennium` is cheap and brings nothing that an app may not want."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

MAX_MILLISECONDS = 25.0
RUNS = 9
REFERENCE = "asyncio"
REFERENCE_MILLISECONDS = 32.0  # where `import millennium` takes 17
UNWANTED = ("asyncio", "cryptography", "json5", "click", "ssl", "http", "webview", "gi")


def _modules_after(statement: str) -> set[str]:
    code = f"{statement}\nimport json, sys\nprint(json.dumps(sorted(sys.modules)))"
    command = [sys.executable, "-I", "-c", code]
    answer = subprocess.run(command, capture_output=True, text=True, check=True)
    return set(json.loads(answer.stdout))


def _import_milliseconds(module: str) -> tuple[float, float]:
    """Return what an import takes, and what it may take; of each the best of some runs.

    The budget is that of a machine on which the reference takes its usual time. Both are taken in
    turns and in processor time: what else the machine does slows them alike.
    """
    runs = [(_import_once(module), _import_once(REFERENCE)) for _ in range(RUNS)]
    took, reference = (min(column) for column in zip(*runs, strict=True))
    return took, MAX_MILLISECONDS * max(1.0, reference / REFERENCE_MILLISECONDS)


def _import_once(module: str) -> float:
    code = (
        f"import time; start = time.process_time()\nimport {module}\n"
        "print((time.process_time() - start) * 1000)"
    )
    command = [sys.executable, "-I", "-c", code]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


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
    took, budget = _import_milliseconds("millennium")
    assert took <= budget


def test_control_notices_an_import_that_takes_longer() -> None:
    took, budget = _import_milliseconds("millennium.launch, asyncio, ssl")
    assert took > budget
