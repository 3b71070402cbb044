"""Questions to a page leave nothing in its realm, and a hostile page answers each once at most."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

KAMIKAZE = Path(__file__).parent / "kamikaze"
Report = dict[str, dict[str, Any]]
USES = ("asked", "failed", "odd", "late", "listened", "streamed", "aborted")
PATTERNS = ("isolation", "sealed", "both")
ISOLATION = """
[tool.millennium.security.pattern]
use = "isolation"
options = { dir = "isolation" }
"""
SEALED = """
[tool.millennium.security]
sealed-commands = true
handles = "call"
"""
SETTINGS = {"isolation": ISOLATION, "sealed": SEALED, "both": SEALED + ISOLATION}
HOOK = "<script>window.__MILLENNIUM_ISOLATION_HOOK__ = (call) => call;</script>"
ODD = {
    "symbol": "Symbol(odd)",
    "bare": "Error: what was thrown has no text",
    "text": "Error: what was thrown has no text",
    "proxy": "Error: what was thrown has no text",
    "null": "null",
    "undefined": "undefined",
    "nothing": "undefined",
    "half": '"\\ud800"',
    "long": "\1" * 68,
    "json": "Symbol(odd)",
}
HOSTILE = ("forge", "both", "keep", "nail")


@pytest.fixture(scope="module")
def kamikaze(run_app: Callable[..., CompletedProcess[str]]) -> Report:
    """What the pages of the app that asks found out: label → result."""
    done = run_app(KAMIKAZE)
    assert done.returncode == 0, done.stderr
    result: Report = json.loads(done.stdout)
    return result


@pytest.fixture(scope="module", params=PATTERNS)
def protected(
    request: pytest.FixtureRequest,
    run_app: Callable[..., CompletedProcess[str]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Report:
    """The same, of an app that uses the isolation pattern, sealed commands, or both."""
    app = tmp_path_factory.mktemp("protected") / "kamikaze"
    shutil.copytree(KAMIKAZE, app)
    (app / "isolation").mkdir()
    (app / "isolation" / "index.html").write_text(HOOK, encoding="utf-8")
    with (app / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write(SETTINGS[request.param])
    words = ["isolated"] if request.param == "isolation" else ["sealed"]
    done = run_app(app, "short", "leaves", *words)
    assert done.returncode == 0, done.stderr
    result: Report = json.loads(done.stdout)
    return result


def test_ten_thousand_questions_are_answered(kamikaze: Report) -> None:
    assert kamikaze["quiet"]["asked"]["value"]["right"] == 10_000


@pytest.mark.parametrize("use", USES)
def test_a_realm_has_the_same_names_before_and_after(kamikaze: Report, use: str) -> None:
    found = kamikaze["quiet"][use]

    assert found["difference"] == []
    assert found["symbols"] == 0
    assert found["mutations"] == 0


def test_what_goes_wrong_in_the_page_is_said(kamikaze: Report) -> None:
    codes = [text.split(":")[:2] for text in kamikaze["quiet"]["failed"]["value"].split("|")]

    assert codes[:4] == [
        ["ask.failed", " TypeError"],
        ["ask.failed", " SyntaxError"],
        ["ask.failed", " TypeError"],
        ["ask.failed", " TypeError"],
    ]
    assert kamikaze["quiet"]["failed"]["value"].endswith('|quiet</script>\u2028\n"')


@pytest.mark.parametrize("thrown", ODD)
def test_whatever_is_thrown_ends_the_question_at_once(kamikaze: Report, thrown: str) -> None:
    assert kamikaze["quiet"]["odd"]["value"][thrown] == f"ask.failed: {ODD[thrown]}"


def test_a_page_that_goes_away_has_not_answered(kamikaze: Report) -> None:
    assert kamikaze["leaves"]["outcome"].startswith("ipc.document_gone")
    assert kamikaze["leaves"]["told"] == {}


def test_beside_isolation_and_sealed_commands_questions_are_answered(protected: Report) -> None:
    quiet = protected["short"]

    assert quiet["asked"]["value"]["right"] == 500
    assert quiet["odd"]["value"]["symbol"] == "ask.failed: Symbol(odd)"
    assert quiet["late"]["value"].startswith("ask.timeout")
    assert quiet["told"]["refused"] == 1
    assert protected["leaves"]["outcome"].startswith("ipc.document_gone")


@pytest.mark.parametrize("use", USES)
def test_beside_them_a_realm_has_the_same_names_too(protected: Report, use: str) -> None:
    found = protected["short"][use]

    assert (found["difference"], found["symbols"], found["mutations"]) == ([], 0, 0)


def test_a_late_answer_is_refused(kamikaze: Report) -> None:
    assert kamikaze["quiet"]["late"]["value"].startswith("ask.timeout")
    assert kamikaze["quiet"]["told"]["refused"] == 1


def test_listeners_streams_and_late_results_did_happen(kamikaze: Report) -> None:
    quiet = kamikaze["quiet"]

    assert quiet["listened"]["value"] == 1000
    assert quiet["streamed"]["value"][0] == 1000
    assert quiet["aborted"]["value"] == ["command.aborted"]


@pytest.mark.parametrize("label", HOSTILE)
def test_a_hostile_page_answers_each_question_once(kamikaze: Report, label: str) -> None:
    found = kamikaze[label]

    assert found["found"] >= 1  # so it was tried
    assert found["told"] == {"taken": found["asked"]}


@pytest.mark.parametrize("label", ["forge", "both", "keep"])
def test_no_name_is_there_when_the_question_runs_or_later(kamikaze: Report, label: str) -> None:
    assert kamikaze[label]["answers"][0] == "0"
    assert kamikaze[label]["left"] == 0
    assert kamikaze[label]["difference"] == []


@pytest.mark.parametrize("label", HOSTILE)
def test_no_replaced_built_in_ever_sees_a_name(kamikaze: Report, label: str) -> None:
    assert kamikaze[label]["leaked"] == []
    assert kamikaze[label]["enumerable"] is False


@pytest.mark.parametrize("label", HOSTILE)
def test_nobody_can_stand_behind_the_window_object(kamikaze: Report, label: str) -> None:
    assert kamikaze[label]["proxy"].startswith("TypeError")


def test_a_page_that_answers_first_is_the_page(kamikaze: Report) -> None:
    assert "forged" in kamikaze["forge"]["answers"]


def test_a_page_that_keeps_a_name_has_only_its_own_property(kamikaze: Report) -> None:
    assert kamikaze["nail"]["left"] == 2


def test_without_the_bootstraps_check_the_second_answer_reaches_the_host(kamikaze: Report) -> None:
    assert kamikaze["twice"]["told"]["taken"] == kamikaze["twice"]["asked"]
    assert kamikaze["twice"]["told"]["refused"] >= 1


def test_names_that_stayed_would_be_found(kamikaze: Report) -> None:
    assert kamikaze["stays"]["left"] >= 2
    assert "0" not in kamikaze["stays"]["answers"]
    assert len(kamikaze["stays"]["difference"]) == kamikaze["stays"]["left"]
