"""The example keeps the promise."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

from millennium_runtime.testing.conformance import Check, all_checks, run_check
from millennium_runtime_headless.probe import HeadlessProbe


@pytest.mark.conformance
@pytest.mark.parametrize("check", all_checks(), ids=str)
def test_the_headless_runtime_keeps_the_promise(check: Check) -> None:
    run_check(check, HeadlessProbe)
