"""A page that replaces every built-in after boot sees no token, handle, ticket, name, event or line.

The controls are windows whose bootstrap lacks one of its habits; the same recorder catches each.
"""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.gui

NOTHING = {"token": 0, "handle": 0, "ticket": 0, "name": 0}
WORKS = {
    "inline": 4,
    "later": 5,
    "echo": "six",
    "up": 5,
    "down": 7,
    "large": 300_000,
    "fail": "attacked.failed",
    "unknown": "ipc.not_allowed",
    "wrong": "command.bad_args",
    "forged": "command.bad_args",
    "blob": "command.bad_args",
    "forgedBlob": "command.bad_args",
    "custom": 8,
    "stream": None,
    "items": "0,1,2",
    "event": 3,
    "aborted": "command.aborted",
}


def test_the_recorder_records(report: Any) -> None:
    recorder = report["recorder"]
    assert recorder["hits"] > 100
    assert recorder["recorded"] > 1000
    assert recorder["failures"] == 0


def test_nothing_the_page_can_replace_sees_a_secret(report: Any) -> None:
    assert report["recorder"]["secrets"] == NOTHING


def test_neither_the_line_nor_its_events_are_seen(report: Any) -> None:
    assert (report["recorder"]["line"], report["recorder"]["events"]) == (False, 0)


def test_performance_entries_do_not_tell_of_byte_transfers(report: Any) -> None:
    assert report["recorder"]["entries"] == 0


def test_every_call_still_works_while_built_ins_are_replaced(report: Any) -> None:
    assert report["recorder"]["works"] == WORKS


def test_the_page_sees_one_frozen_set_of_names_and_no_handler(report: Any) -> None:
    assert report["recorder"]["enumerated"] == {
        "handlers": "none",
        "named": "MillenniumError,channel,invoke,label,listen",
    }


@pytest.mark.parametrize("label", ["late-parse", "late-fetch", "plain-options"])
def test_a_bootstrap_that_leaks_tickets_is_caught(report: Any, label: str) -> None:
    assert report[label]["secrets"]["ticket"] > 0


def test_a_bootstrap_that_dispatches_late_shows_its_line(report: Any) -> None:
    assert report["late-dispatch"]["line"] is True
    assert report["late-dispatch"]["events"] > 0


def test_a_bootstrap_that_publishes_a_random_name_is_caught(report: Any) -> None:
    assert report["named"]["secrets"]["name"] > 0


@pytest.mark.parametrize("kind", ["token", "handle", "ticket"])
def test_a_private_side_that_speaks_on_the_document_is_caught(report: Any, kind: str) -> None:
    assert report["broadcast"]["secrets"][kind] > 0
    assert report["broadcast"]["events"] > 0
