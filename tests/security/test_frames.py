"""What frames, workers and other windows reach: nothing, or what the web's own rules give them.

Three runs of one probe: under the app's own policy; without any policy, so that only the bridge
refuses; and exposed, where handler and byte path are open and the probe must find them.
"""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.gui

SAME_ORIGIN = [
    *("same-origin", "nested", "srcdoc", "blob", "about-blank"),
    *("sandboxed-same-origin", "object", "embed"),
]
"""Inside the page's own trust boundary: they reach the top window's API through ``parent``."""

APART = ["sandboxed", "sandboxed-srcdoc", "sandboxed-blob", "data"]
WORKERS = ["worker", "worker-module", "worker-blob", "worker-blob-module"]
BLOCKED_BY_POLICY = [
    *("srcdoc", "blob", "about-blank", "object", "embed"),
    *(*APART, "worker-blob", "worker-blob-module"),
]
FRAMES = [*SAME_ORIGIN, *APART]
ALL = [*FRAMES, *WORKERS]


def cell(report: Any, run: str, name: str) -> Any:
    return report[run]["cells"][name]


@pytest.mark.parametrize("name", BLOCKED_BY_POLICY)
def test_the_default_policy_lets_no_script_of_it_run(report: Any, name: str) -> None:
    assert cell(report, "frames", name) == "blocked"


@pytest.mark.parametrize("name", ALL)
def test_the_probe_runs_everywhere_without_a_policy(report: Any, name: str) -> None:
    assert cell(report, "frames-open", name) != "blocked"


@pytest.mark.parametrize("name", ALL)
def test_it_has_no_bridge_of_its_own(report: Any, name: str) -> None:
    assert cell(report, "frames-open", name)["api"] == "undefined"


@pytest.mark.parametrize("name", ALL)
def test_it_sees_no_native_handler(report: Any, name: str) -> None:
    assert cell(report, "frames-open", name)["handlers"] == "none"


@pytest.mark.parametrize("name", FRAMES)
def test_a_handler_in_the_page_world_would_be_seen(report: Any, name: str) -> None:
    assert cell(report, "frames-exposed", name)["handlers"] == "exposed"


@pytest.mark.parametrize("name", FRAMES)
def test_events_with_guessed_names_are_answered_by_nobody(report: Any, name: str) -> None:
    assert cell(report, "frames-open", name)["heard"] == 0


@pytest.mark.parametrize("name", SAME_ORIGIN)
def test_a_frame_of_our_origin_is_the_page(report: Any, name: str) -> None:
    assert cell(report, "frames-open", name)["parent"] == 7


@pytest.mark.parametrize("name", APART)
def test_a_frame_of_another_origin_cannot_use_the_page(report: Any, name: str) -> None:
    assert cell(report, "frames-open", name)["parent"] == "blocked"


@pytest.mark.parametrize("verb", ["get", "post"])
@pytest.mark.parametrize("name", [*SAME_ORIGIN, *WORKERS])
def test_its_byte_request_without_a_ticket_is_refused(report: Any, name: str, verb: str) -> None:
    assert cell(report, "frames-open", name)[verb] == 403


@pytest.mark.parametrize("verb", ["get", "post"])
@pytest.mark.parametrize("name", APART)
def test_its_byte_request_is_not_even_answered(report: Any, name: str, verb: str) -> None:
    assert cell(report, "frames-open", name)[verb] == "blocked"


@pytest.mark.parametrize("verb", ["get", "post"])
@pytest.mark.parametrize("name", ALL)
def test_an_open_byte_path_would_be_found(report: Any, name: str, verb: str) -> None:
    assert cell(report, "frames-exposed", name)[verb] == 200


@pytest.mark.parametrize("kind", ["frame.html#popup", "about", "blob", "javascript"])
def test_a_page_opens_no_window(report: Any, kind: str) -> None:
    assert report["frames-open"]["popups"][kind] == "null"


def test_a_page_that_may_ask_without_a_click_opens_none_either(report: Any) -> None:
    assert report["frames-open"]["asked_for"] == []
    assert report["frames-exposed"]["asked_for"] != [], "one of the four in a second is told"
    assert set(report["frames-exposed"]["popups"].values()) == {"null"}


def test_no_service_worker_registers(report: Any) -> None:
    assert report["frames-open"]["service"].startswith("TypeError: ")
    assert "HTTP or HTTPS" in report["frames-open"]["service"], "the engine's rule, not a 404"


@pytest.mark.parametrize("run", ["frames", "frames-open", "frames-exposed"])
def test_the_page_itself_still_has_its_bridge(report: Any, run: str) -> None:
    assert report[run]["greeting"] == "still here"
