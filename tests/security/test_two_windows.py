"""Two windows of one app: what is the first one's is refused to the second, which has all of it.

The attacker is code in the second window's private world, with its native handler and names. Each
row has its control: the first window uses the same thing in the same way, and it works.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.gui

APP = Path(__file__).parent / "twins"
DENIED = '[1,801,{"code":"ipc.not_allowed","message":"this page may not do that"}]'
OWNED = {
    "token": ("Error: ipc.not_allowed", "[0,800,7]"),
    "handle": (DENIED, "[0,801,7]"),
    "upload": (403, 204),
    "download": (403, 200),
    "grant": ("fs.out_of_scope", "picked"),
    "sink": ("undefined", "function"),
    "handler": ("undefined", "object"),
}
"""What is the first window's → what the second is told, what the first is."""

SHARED = {
    "storage": ("a", None),
    "broadcast": ("hi", ""),
}
"""What windows of one origin share → what the second window has of it, what a window apart."""


@pytest.fixture(scope="module")
def report(run_app: Any) -> Any:
    done = run_app(APP)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("what", OWNED)
def test_what_is_the_first_windows_is_refused_to_the_second(report: Any, what: str) -> None:
    assert report[what]["b"] == OWNED[what][0]


@pytest.mark.parametrize("what", OWNED)
def test_it_works_for_the_first_window_itself(report: Any, what: str) -> None:
    assert report[what]["a"] == OWNED[what][1]


def test_the_number_of_a_channel_closes_nothing_in_another_window(report: Any) -> None:
    assert report["close"]["b"] == "[0,802,7]", "the message was heard"
    assert report["channel"]["b"] is False


def test_the_number_of_a_channel_closes_it_in_its_own_window(report: Any) -> None:
    assert report["close"]["a"] == "[0,802,7]"
    assert report["channel"]["a"] is True


# --- what the web lets windows of one origin share, and isolated-origin does not


@pytest.mark.parametrize("what", SHARED)
def test_windows_of_one_origin_share_what_the_web_says(report: Any, what: str) -> None:
    assert report[what]["b"] == SHARED[what][0]


@pytest.mark.parametrize("what", SHARED)
def test_a_window_with_an_origin_of_its_own_does_not(report: Any, what: str) -> None:
    assert report[what]["apart"] == SHARED[what][1]


@pytest.mark.parametrize("label", ["b", "apart"])
def test_no_window_finds_another_by_its_name(report: Any, label: str) -> None:
    assert report["named"][label] is None
