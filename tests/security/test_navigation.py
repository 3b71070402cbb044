"""Where a window may go, and what is left of the bridge there: nothing, and anew at home.

``guarded`` tries to reach an origin it may not go to, ``roaming`` one that ``security.navigation``
names, which sends it home each time; in ``unguarded`` nobody is asked. Foreign documents are real
ones, of two web servers on this machine, and know all random names.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.gui

APP = Path(__file__).parent / "navigation"
LEAVING = [
    *("location", "replace", "meta", "form-get", "form-post", "link", "download"),
    *("open-self", "frame-top", "write", "redirect"),
]
"""Ways that lead where they say, if nobody minds."""

NEW_WINDOWS = ["open-blank", "link-blank"]
REFUSED_BY_THE_ENGINE = ["redirect-home", "own-redirect"]
"""It follows no redirect that our scheme answers with, and none from the web to our scheme."""

STAYING = [*NEW_WINDOWS, *REFUSED_BY_THE_ENGINE]
ALL = [
    *("location", "replace", "meta", "form-get", "form-post", "link", "download", "open-self"),
    *("open-blank", "link-blank", "frame-top", "write"),
    *("redirect", "redirect-away", "redirect-home", "own-redirect"),
]
"""In the order in which the page tries them; its call in between has the number of the way."""

DEAD = {
    "api": "undefined",
    "handler": "undefined",
    "sink": "undefined",
    "heard": 0,
    "bytes": "TypeError",
}
"""What a foreign document has of us, although it knows every name."""


@pytest.fixture(scope="module")
def report(run_app: Any) -> Any:
    done = run_app(APP)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def told(report: Any, label: str, way: str) -> Any:
    """Return what was said about a way: the last word, of the foreign page or of ours."""
    return [each for each in report[label]["reports"] if each.get("way") == way][-1]


# --- the guard


@pytest.mark.parametrize("way", ALL)
def test_no_way_leads_to_an_origin_that_nobody_named(report: Any, way: str) -> None:
    assert told(report, "guarded", way) == {"way": way, "stayed": True, "alive": ALL.index(way)}


def test_nothing_of_it_reached_the_network(report: Any) -> None:
    assert report["guarded"]["arrived"] == []
    assert report["guarded"]["loads"] == ["millennium://localhost/open/ways.html"]


@pytest.mark.parametrize("way", LEAVING)
def test_each_way_would_lead_there(report: Any, way: str) -> None:
    assert told(report, "unguarded", way)["origin"] == "127.0.0.1"


def test_a_named_origin_cannot_pass_the_window_on_to_another(report: Any) -> None:
    """An open redirect of the site that is allowed."""
    assert told(report, "roaming", "redirect-away")["stayed"] is True
    assert set(report["roaming"]["arrived"]) == {"127.0.0.1 /foreign.html"}


def test_a_redirect_would_lead_on_where_nobody_is_asked(report: Any) -> None:
    assert told(report, "unguarded", "redirect-away")["origin"] == "127.0.0.2"


@pytest.mark.parametrize("label", ["guarded", "roaming", "unguarded"])
@pytest.mark.parametrize("way", STAYING)
def test_some_ways_lead_nowhere_in_any_window(report: Any, label: str, way: str) -> None:
    assert told(report, label, way)["stayed"] is True


@pytest.mark.parametrize("label", ["guarded", "roaming", "unguarded"])
def test_an_address_of_another_origin_cannot_be_pushed(report: Any, label: str) -> None:
    assert report[label]["said"]["pushed"] == "SecurityError"


# --- the bridge


@pytest.mark.parametrize("way", LEAVING)
def test_the_bridge_is_dead_on_a_foreign_document(report: Any, way: str) -> None:
    assert told(report, "roaming", way) == {"way": way, "origin": "127.0.0.1", **DEAD}


@pytest.mark.parametrize("way", ALL)
def test_it_is_alive_in_each_document_of_ours_that_follows(report: Any, way: str) -> None:
    first = next(each for each in report["roaming"]["reports"] if each["way"] == way)
    assert first == {"way": way, "alive": ALL.index(way)}


def test_each_document_of_ours_is_greeted_and_no_other(report: Any) -> None:
    ours = [
        number
        for number, url in enumerate(report["roaming"]["loads"], 1)
        if url.startswith("millennium://localhost/")
    ]
    assert report["roaming"]["greeted"] == ours
    assert len(ours) == len(LEAVING) + 1


def test_a_foreign_page_cannot_frame_a_document_of_ours(report: Any) -> None:
    assert report["framing"]["reports"][0]["framed"] == "nothing"


def test_where_it_could_the_frame_would_have_no_bridge(report: Any) -> None:
    """Without the policy it runs, on our origin, and is refused: the top frame is foreign."""
    assert report["framing"]["reports"][0]["open"] == {
        "origin": "millennium://localhost",
        "api": "undefined",
        "handler": "undefined",
        "sink": "undefined",
        "bytes": 403,
    }
    assert report["framing"]["greeted"] == [1, 3]


def test_back_and_forward_make_new_documents(report: Any) -> None:
    said = report["history"]["reports"]
    assert [each for each in said if "place" in each] == [
        {"place": "first", "times": 1, "alive": 1},
        {"place": "second", "times": 1, "alive": 1},
        {"place": "first", "times": 2, "alive": 2},
        {"place": "second", "times": 2, "alive": 2},
    ]
    assert report["history"]["greeted"] == [1, 3, 5, 7]


@pytest.mark.parametrize("visit", ["visit 1", "visit 2", "visit 3"])
def test_a_foreign_document_that_is_gone_back_to_has_no_bridge(report: Any, visit: str) -> None:
    assert told(report, "history", visit) == {"way": visit, "origin": "127.0.0.1", **DEAD}


def test_no_document_is_kept_to_go_back_to(report: Any) -> None:
    assert report["cached"]["said"] == {"persisted": False, "alive": 3, "runs": 2}


def test_a_document_that_was_kept_would_have_no_bridge(report: Any) -> None:
    """The engine's page cache is on: what was greeted once is not greeted again."""
    kept = {"persisted": True, "alive": "ipc.not_allowed", "runs": 1}
    assert report["cached-on"]["said"] == kept


# --- between two documents


def coming(report: Any, label: str) -> set[str]:
    """Return what hellos of the foreign page were answered while ours was on its way."""
    return {
        said
        for committed, next_one, said in report[label]["heard"]
        if committed.startswith("http://allowed/") and next_one.endswith("/slow.html")
    }


def test_a_foreign_page_is_foreign_while_ours_is_on_its_way(report: Any) -> None:
    """Its links and the app itself go there; a page that could post is refused until the commit."""
    assert coming(report, "provisional") == {"ipc.not_allowed"}
    assert report["provisional"]["said"] == {"alive": 5}
    assert report["provisional"]["greeted"] == [1, 3]


def test_a_bridge_that_looks_at_what_is_coming_would_let_it_in(report: Any) -> None:
    assert coming(report, "provisional-trusting") == {"answered"}


def test_nothing_that_was_under_way_reaches_the_next_document(report: Any) -> None:
    """Calls and channels of the same numbers are there."""
    assert report["flight"]["said"] == {"answers": ["new", "new"], "items": ["new"]}


def test_a_queue_that_outlived_its_document_would_be_noticed(report: Any) -> None:
    said = report["flight-mixed"]["said"]
    assert "old" in {*said["answers"], *said["items"]}
