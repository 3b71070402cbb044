"""Who sent an event, in real windows: the runtime says it, to Python and to pages alike."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

APP = Path(__file__).parent / "senders"
OWN = "millennium://localhost"
FAR = "millennium://elsewhere.localhost"
POOR = ["poor", "poor", OWN]
RICH = ["rich", "rich", OWN]
REMOTE = ["remote", "remote", FAR]

pytestmark = pytest.mark.gui


@pytest.fixture(scope="module")
def found(run_app: Callable[..., CompletedProcess[str]]) -> dict[str, Any]:
    done = run_app(APP)
    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def test_python_hears_each_page_under_its_own_label_and_origin(found: dict[str, Any]) -> None:
    assert sorted(found["python"]) == sorted([POOR, RICH, REMOTE])


def test_a_page_hears_those_that_may_address_it_under_their_own_names(
    found: dict[str, Any],
) -> None:
    assert sorted(found["page"]) == sorted([RICH, REMOTE])


@pytest.mark.parametrize("label", ["poor", "rich", "remote"])
def test_a_page_cannot_send_in_anothers_name(found: dict[str, Any], label: str) -> None:
    outcomes = found["outcomes"][label]
    assert outcomes["self"] == "sent"
    assert outcomes["origin"] == "command.bad_args"
    assert outcomes["newline"] == "event.bad_name"


@pytest.mark.parametrize("label", ["rich", "remote"])
def test_a_page_that_may_address_others_cannot_speak_for_the_framework(
    found: dict[str, Any], label: str
) -> None:
    outcomes = found["outcomes"][label]
    assert outcomes["other"] == "sent"
    assert outcomes["source"] == "command.bad_args"
    assert outcomes["reserved"] == "event.bad_name"


def test_a_page_without_the_permission_reaches_no_other_window(found: dict[str, Any]) -> None:
    outcomes = found["outcomes"]["poor"]
    keys = ("other", "source", "reserved")
    assert [outcomes[key] for key in keys] == ["ipc.not_allowed"] * 3
