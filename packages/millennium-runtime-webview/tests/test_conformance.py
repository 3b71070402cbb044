"""The real engine keeps the promise: every check of the shared suite."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from millennium_runtime.testing.conformance import Check, RuntimeProbe, all_checks, run_check

PROBE = Path(__file__).with_name("webview_probe.py")


def load_probe() -> type[RuntimeProbe]:
    """Import the probe from its file: the checks' own processes do the same."""
    spec = importlib.util.spec_from_file_location("webview_probe", PROBE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    probe: type[RuntimeProbe] = module.WebviewProbe
    return probe


@pytest.mark.gui
@pytest.mark.conformance
@pytest.mark.usefixtures("window_manager")
@pytest.mark.parametrize("check", all_checks(), ids=str)
def test_the_webview_keeps_the_promise(check: Check) -> None:
    run_check(check, load_probe())
