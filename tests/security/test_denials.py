"""The denial matrix from source: every command in every window, against `denials.toml`.

The same matrix runs in `millennium dev` (tests/e2e) and frozen (tests/executable).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from subprocess import CompletedProcess

import pytest

from denial_matrix import APP, WINDOWS, Report, expected
from millennium.context import Context
from millennium.security.origin import Origin
from millennium.security.permissions import Permissions

pytestmark = pytest.mark.gui

NEVER = {"nothing", "window.nothing", "shell.execute", "weather:nothing", "__class__", "app.verify"}


@pytest.fixture(scope="module")
def denials(run_app: Callable[..., CompletedProcess[str]]) -> Report:
    return _report(run_app(APP))


@pytest.fixture(scope="module")
def control(run_app: Callable[..., CompletedProcess[str]]) -> Report:
    return _report(run_app(APP, "--all"))


def _report(done: CompletedProcess[str]) -> Report:
    assert done.returncode == 0, done.stderr
    found: Report = json.loads(done.stdout)
    return found


def outcomes(report: Report, label: str, outcome: str) -> set[str]:
    return {name for name, found in report[label].items() if found == outcome}


def test_every_command_in_every_window_is_answered_as_the_matrix_says(denials: Report) -> None:
    assert len(denials["main"]) > 60
    assert denials == expected(denials["main"])


@pytest.mark.parametrize("label", WINDOWS)
def test_the_decision_alone_says_the_same(denials: Report, label: str) -> None:
    context = Context.development(APP)
    permissions = Permissions(context.config.allowlist, context.capabilities)
    origin = Origin.parse(WINDOWS[label]["origin"])
    assert origin is not None
    granted = permissions.granted(label, origin, denials[label])
    assert granted - NEVER == set(WINDOWS[label]["passes"])


def test_control_with_the_allowlist_on_the_calls_pass(control: Report) -> None:
    plugins = {name for name in control["main"] if ":" in name}  # which a file must name
    assert outcomes(control, "main", "ipc.not_allowed") == NEVER | plugins
    assert outcomes(control, "editor-10", "passed") == outcomes(control, "main", "passed")
