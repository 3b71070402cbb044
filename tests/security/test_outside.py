"""A real page shows files outside the app from their scope, nothing else, and nothing that runs.

The control is the same app without the checks: there, each attack succeeds.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

APP = Path(__file__).parent / "outside"

pytestmark = pytest.mark.gui

Found = dict[str, object]
RunApp = Callable[..., subprocess.CompletedProcess[str]]
OUTSIDE = ["outside", "hidden", "link", "climbs", "encoded", "segments", "twice"]
KINDS = ["script", "frame", "drawing"]


def find(run_app: RunApp, *words: str) -> Found:
    done = run_app(APP, *words)
    assert done.returncode == 0, done.stderr
    result: Found = json.loads(done.stdout)["main"]
    return result


@pytest.fixture(scope="module")
def found(run_app: RunApp) -> Found:
    return find(run_app)


@pytest.fixture(scope="module")
def unchecked(run_app: RunApp) -> Found:
    return find(run_app, "unchecked")


@pytest.mark.parametrize(
    ("name", "size"),
    [("inside", "2x3"), ("parsed", "2x3"), ("drawing", "7x7")],
    ids=["a picture", "one in the page's own markup", "a drawing"],
)
def test_what_is_in_the_scope_is_shown(found: Found, name: str, size: str) -> None:
    assert found[name] == size


@pytest.mark.parametrize("name", OUTSIDE)
def test_what_is_outside_is_not(found: Found, name: str) -> None:
    assert found[name] == "refused"


@pytest.mark.parametrize("name", OUTSIDE)
def test_control_without_the_checks_it_is_shown(unchecked: Found, name: str) -> None:
    assert unchecked[name] == "2x3"


def test_a_large_file_arrives_whole_or_in_parts(found: Found) -> None:
    assert found["whole"] == {"status": 200, "bytes": 3_000_000}
    assert found["part"] == {"status": 206, "bytes": 10}


@pytest.mark.parametrize("name", ["secret", "secret_part"])
def test_nothing_outside_is_fetched(found: Found, name: str) -> None:
    assert found[name] == {"status": 403, "bytes": 0}


def test_control_without_the_checks_it_is(unchecked: Found) -> None:
    size = Path("/etc/passwd").stat().st_size
    assert unchecked["secret"] == {"status": 200, "bytes": size}
    assert unchecked["secret_part"] == {"status": 206, "bytes": 10}


def test_nothing_of_it_runs(found: Found) -> None:
    assert found["script"] == "refused"
    assert found["ran"] == dict.fromkeys(KINDS, False)


def test_control_without_the_checks_all_of_it_runs(unchecked: Found) -> None:
    assert unchecked["script"] == "loaded"
    assert unchecked["ran"] == dict.fromkeys(KINDS, True)
