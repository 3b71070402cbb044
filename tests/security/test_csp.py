"""The policy of the app in the real engine: every attack is refused, and runs where there is none.

One page tries everything in a first window, a second one, one with an origin of its own, one whose
policy names elements, and one without any policy: the control, in which all of it must succeed.
What no policy rules is off in the engine; ``talkative`` has the policy and the engine as it comes.
The navigation guard is off in all of them, so that nothing but the policy stands in the way.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.gui

APP = Path(__file__).parent / "csp"
GUARDED = ["guarded", "second", "apart", "elements"]
CODE = [
    *("inline script", "inline module", "guessed nonce", "written script"),
    *("event handler", "handler set later", "animation handler"),
    *("javascript link", "javascript frame", "javascript form", "javascript location"),
    *("eval", "indirect eval", "Function", "async Function", "generator Function"),
    *("string timeout", "string interval", "wasm instance", "wasm instantiate"),
    *("data script", "blob script", "foreign script", "script of another host"),
    *("data module", "blob module", "foreign module"),
    *("srcdoc script", "data frame", "blob frame", "foreign frame", "own frame"),
    *("data object", "data embed", "foreign object", "foreign embed"),
    *("blob worker", "blob module worker", "data worker", "base moved"),
    *("style attribute", "injected-style", "data-style", "blob-style", "foreign-style"),
]
WORKER = [
    *("worker: eval", "worker: Function", "worker: string timeout", "worker: data script"),
    *("worker: blob script", "worker: imported script", "worker: data module"),
    "worker: worker of a worker",
]
SPEECH = [
    *(
        "fetch",
        "keepalive",
        "xhr",
        "beacon",
        "ping",
        "preconnect",
        "poster",
        "socket",
        "events",
        "image",
        "background",
        "font",
        "audio",
    ),
    *("stylesheet", "preload", "svg", "form-get", "form-post", "form-button"),
    *(
        "modulepreload",
        "input-image",
        "track",
        "srcset",
        "picture",
        "parsed",
        "cursor",
        "list-style",
    ),
    *("mask", "content", "filter", "artwork", "constructed-sheet", "srcdoc", "credentials"),
    *("script", "module", "frame", "object", "embed", "style"),
    *("worker-fetch", "worker-socket", "imported"),
]
ANSWERS = {
    **dict.fromkeys(("page", "script", "api", "head"), 200),
    "part": 206,
    "unchanged": 304,
    "outside": 403,
    "missing": 404,
    "bad method": 405,
    "bad part": 416,
    "damaged": 500,
    "broken": 500,
    "bytes": 403,
    "bytes up": 403,
}


@pytest.fixture(scope="session")
def policed(run_app: Any) -> Any:
    """What each window found out: label → result."""
    done = run_app(APP)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("window", GUARDED)
@pytest.mark.parametrize("way", [*CODE, *WORKER])
def test_injected_code_and_style_are_refused(policed: Any, way: str, window: str) -> None:
    assert way not in policed[window]["ran"] or policed[window]["ran"][way] is False


@pytest.mark.parametrize("way", [*CODE, *WORKER])
def test_control_without_a_policy_it_runs(policed: Any, way: str) -> None:
    assert policed["open"]["ran"][way] is True


@pytest.mark.parametrize("window", GUARDED)
def test_nobody_else_hears_of_a_page(policed: Any, window: str) -> None:
    assert policed[window]["told"] == []


def test_control_a_link_that_connects_is_ruled_by_no_policy(policed: Any) -> None:
    """The runtime turns it off in the engine."""
    assert policed["talkative"]["told"] == ["preconnect"]


@pytest.mark.parametrize("way", SPEECH)
def test_control_without_a_policy_everybody_hears_of_it(policed: Any, way: str) -> None:
    assert way in policed["open"]["told"]


@pytest.mark.parametrize("window", [*GUARDED, "open"])
def test_the_page_s_own_script_style_and_worker_work(policed: Any, window: str) -> None:
    assert policed[window]["sound"] == {"authored": True, "style": True, "own": 200}
    assert policed[window]["ran"]["own worker"] is True


def test_every_try_is_known(policed: Any) -> None:
    """What runs without a policy is exactly what is listed here: no attack is forgotten."""
    ran = {way for way, has_run in policed["open"]["ran"].items() if has_run}
    assert ran == {*CODE, *WORKER, "own worker"}
    assert set(policed["open"]["told"]) == set(SPEECH)


@pytest.mark.parametrize("window", ["blob-workers", "child-workers"])
def test_a_worker_from_a_blob_runs_where_it_is_configured(policed: Any, window: str) -> None:
    ran = policed[window]["ran"]
    assert (ran["blob worker"], ran["blob module worker"]) == (True, True)
    assert not {"blob script", "data worker", "eval"} & set(ran)


def test_web_assembly_runs_where_it_is_configured(policed: Any) -> None:
    ran = policed["wasm"]["ran"]
    assert (ran["wasm instance"], ran["wasm instantiate"]) == (True, True)
    assert not {"eval", "Function", "string timeout"} & set(ran)


def test_an_app_frames_its_own_pages_where_it_is_configured(policed: Any) -> None:
    assert policed["own-frames"]["ran"] == {"own frame": True}
    assert policed["no-frames"]["ran"] == {}


def test_an_error_page_has_a_policy_too(policed: Any) -> None:
    assert policed["missing"]["ran"] == {"refused": True}
    assert "assets.not_found" in policed["missing"]["text"]


def test_control_an_error_page_without_a_policy_runs_anything(policed: Any) -> None:
    assert policed["open-missing"]["ran"] == {"eval": True, "inline script": True}


@pytest.mark.parametrize("kind", ANSWERS)
def test_every_kind_of_answer_has_a_policy(policed: Any, kind: str) -> None:
    status, policy, sniffing = policed["answers"]["answers"][kind]
    assert (status, sniffing) == (ANSWERS[kind], "nosniff")
    assert policy.startswith("default-src '")
    assert "frame-ancestors 'none'" in policy


@pytest.mark.parametrize("window", [*GUARDED, "open"])
def test_no_service_worker_registers(policed: Any, window: str) -> None:
    """The engine's own rule for schemes that are not http; see test_localhost for the control."""
    assert policed[window]["service"] == "TypeError"


def test_a_nonce_belongs_to_one_load(policed: Any) -> None:
    found = policed["nonce"]
    assert found["ran"] == {"own nonce": True}
    assert found["differ"] is True
    assert found["attribute"] == ""


def test_no_text_of_a_page_is_taken_for_a_place_of_a_nonce(policed: Any) -> None:
    assert policed["nonce"]["text"] == (
        "'nonce-__MILLENNIUM_SCRIPT_NONCE__' {{ nonce }} nonce=\"\""
    )
