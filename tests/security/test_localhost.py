"""The localhost plug-in in real windows: its pages have the app's policy, and no bridge unasked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.gui

APP = Path(__file__).parent / "localhost"
CHECKED = ["trusted", "stranger"]


@pytest.fixture(scope="session")
def served(run_app: Any) -> Any:
    """What the page could do in each window: label → result."""
    done = run_app(APP)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_page_has_an_http_origin(served: Any) -> None:
    assert served["stranger"]["origin"].startswith("http://127.0.0.1:")


def test_without_a_capability_there_is_no_bridge(served: Any) -> None:
    assert served["stranger"]["bridge"] == "undefined"


def test_with_one_for_this_origin_calls_and_bytes_pass(served: Any) -> None:
    assert served["trusted"]["bridge"] == "object"
    assert (served["trusted"]["echo"], served["trusted"]["bytes"]) == ("heard", True)


@pytest.mark.parametrize("label", CHECKED)
def test_injected_code_is_refused(served: Any, label: str) -> None:
    assert served[label]["ran"] == []


def test_control_without_the_policy_it_runs(served: Any) -> None:
    assert served["open"]["ran"] == ["inline script", "eval"]


@pytest.mark.parametrize("label", CHECKED)
def test_no_service_worker_registers(served: Any, label: str) -> None:
    assert served[label]["service"] == "TypeError"


def test_control_without_the_check_one_registers(served: Any) -> None:
    assert served["open"]["service"] == "registered"


@pytest.mark.parametrize("label", [*CHECKED, "open"])
def test_nothing_can_be_sent_and_what_is_missing_is_not_found(served: Any, label: str) -> None:
    found = served[label]
    assert (found["posted"], found["missing"], found["ipc"]) == (400, 404, 404)
