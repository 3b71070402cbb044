"""The content security policy in the real engine: each attack is blocked, and runs without it."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.gui

INJECTED = [
    *("inline script", "nonced script", "data script", "blob script", "srcdoc script"),
    *("event handler", "javascript link", "javascript frame"),
    *("eval", "Function", "string timer", "base moved"),
]
FOREIGN = ["foreign fetch", "foreign image", "foreign socket", "beacon"]
DIRECTIVES = [
    *("base-uri", "connect-src", "img-src"),
    *("script-src", "script-src-attr", "script-src-elem"),
]


@pytest.mark.parametrize("way", INJECTED)
def test_injected_code_does_not_run(report: Any, way: str) -> None:
    assert not report["policy"]["ran"].get(way)


@pytest.mark.parametrize("way", INJECTED)
def test_injected_code_runs_without_a_policy(report: Any, way: str) -> None:
    assert report["policy-open"]["ran"][way] is True


@pytest.mark.parametrize("way", FOREIGN)
def test_a_page_speaks_to_nobody_else(report: Any, way: str) -> None:
    assert report["policy"]["ran"][f"{way} tried"] is False


@pytest.mark.parametrize("way", FOREIGN)
def test_a_page_without_a_policy_would(report: Any, way: str) -> None:
    assert report["policy-open"]["ran"][f"{way} tried"] is True


def test_a_page_speaks_to_its_own_app(report: Any) -> None:
    assert report["policy"]["ran"]["own fetch tried"] is True


def test_the_inline_script_and_the_import_map_of_the_app_itself_run(report: Any) -> None:
    assert report["policy"]["sound"] == {"authored": True, "imported": "by import map"}


def test_the_engine_names_each_violation(report: Any) -> None:
    assert (report["policy"]["violations"], report["policy-open"]["violations"]) == (DIRECTIVES, [])
