"""What the page may do to itself, to its line and to the byte path: it wins nothing."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.gui

STATUSES = [
    *("get", "guessedGet", "post", "guessedPost", "put", "delete"),
    *("blob", "guessedBlob", "form", "xhrText", "xhrBlob", "deeper"),
]
DOCUMENT_TRICKS = {
    "pushState": "answered 1",
    "hash": "answered 2",
    "back": "answered 3",
    "write": "answered 4",
    "open": "answered 5",
    "same": True,
}
REFUSED_NAVIGATIONS = ["data", "blob", "file", "other", "javascript"]


# --- the byte path


@pytest.mark.parametrize("kind", STATUSES)
def test_a_byte_request_that_the_bootstrap_did_not_make_is_refused(report: Any, kind: str) -> None:
    assert report["requests"]["statuses"][kind] == 403


def test_the_bootstrap_itself_still_moves_bytes(report: Any) -> None:
    assert report["requests"]["accepted"] == {"up": 5, "down": 400_000}


def test_reading_a_body_before_its_ticket_would_end_the_process(attack: Any) -> None:
    assert attack("--careless", "requests").returncode < 0


# --- the line between the worlds


def test_the_line_is_not_offered_again_to_who_knows_the_names(report: Any) -> None:
    assert report["line"]["asked"] == ""


def test_another_line_is_not_taken(report: Any) -> None:
    assert report["line"]["offered"] == ""


def test_a_private_side_without_its_guard_takes_another_line(report: Any) -> None:
    assert report["welcoming"]["offered"] == "taken"


def test_sink_and_handler_cannot_be_reached_by_their_names(report: Any) -> None:
    assert report["line"]["reachable"] == {"sink": "undefined", "handler": "undefined"}


# --- the document


def test_the_published_object_can_be_neither_changed_nor_listed(report: Any) -> None:
    assert report["documents"]["internal"] == {
        "visible": False,
        "descriptor": [False, False, False],
        "frozen": [True, True, True, True],
        "replaced": "TypeError",
        "redefined": "TypeError",
        "deleted": "TypeError",
    }


def test_every_name_but_a_granted_one_is_refused_alike(report: Any) -> None:
    refused = report["documents"]["refused"]
    assert len(refused) == 22
    assert set(refused.values()) == {"ipc.not_allowed"}


def test_arguments_of_the_wrong_shape_have_a_code(report: Any) -> None:
    assert report["documents"]["args"] == {
        "proto": "command.bad_args",
        "surrogate": "ipc.malformed",
        "nul": "answered \0",
        "text": "command.bad_args",
        "list": "command.bad_args",
        "fine": "answered x",
    }


@pytest.mark.parametrize("trick", DOCUMENT_TRICKS)
def test_the_bridge_outlives_what_a_page_does_to_its_document(report: Any, trick: str) -> None:
    assert report["documents"]["after"][trick] == DOCUMENT_TRICKS[trick]


@pytest.mark.parametrize("scheme", REFUSED_NAVIGATIONS)
def test_the_page_stays_where_it_is(report: Any, scheme: str) -> None:
    assert report["documents"]["after"][scheme] == "answered 6"


def test_no_javascript_address_ran(report: Any) -> None:
    assert report["documents"]["after"]["title"] != "ran"


# --- other documents


def test_each_new_document_is_greeted_anew(report: Any) -> None:
    """Reload, another page and back, each with a call under way."""
    assert report["again"]["answers"] == [0, 1, 2, 3]


def test_a_foreign_document_in_the_top_frame_has_no_bridge(report: Any) -> None:
    assert report["foreign"] == {
        "origin": "millennium://elsewhere.localhost",
        "api": "undefined",
        "handlers": "none",
        "answer": "none",
        "own": 403,
        "ours": "blocked",
    }


def test_a_blob_document_in_the_top_frame_has_no_bridge(report: Any) -> None:
    assert report["blob"] == {
        "origin": "millennium://localhost",
        "api": "undefined",
        "handlers": "none",
        "answer": "none",
        "own": 403,
        "ours": 403,
    }


def test_the_same_document_has_one_where_its_origin_is_the_windows_own(report: Any) -> None:
    assert report["isolated"] == {
        "origin": "millennium://isolated.localhost",
        "api": "object",
        "handlers": "none",
        "answer": 7,
        "own": 403,
        "ours": "blocked",
    }
