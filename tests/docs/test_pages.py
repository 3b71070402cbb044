"""What hand-written pages say is there, and works: the README's app, the tests that others name."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from millennium.testing import invoke

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SECURITY = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
ROADMAP = (ROOT / "docs" / "about" / "roadmap.md").read_text(encoding="utf-8")
TESTS = re.compile(r"`((?:tests|packages|examples)/[\w/.-]+\.py)(?:::(\w+))?`")
BLOCKS = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
LINKS = re.compile(r"\]\((?!https?:|#)([^)#]+)\)|(?:src|srcset)=\"([^\"]+)\"")


PROMISES = (
    *(
        "No server required",
        "Bridge, don't serve",
        "Functional ASLR",
        "One-time tokens",
        "Kamikaze",
    ),
    *("Dynamic bootstrap", "API allowlist", "CSP", "Isolation pattern", "One executable"),
    *("True binary", "Memory safety", "Signed binaries", "Post-binary analysis"),
    *("Post-binary enhancement", "Build pipeline, authenticity"),
)
"""What Millennium promises, in the order of its own list."""


def _block(kind: str) -> str:
    return str(next(text for found, text in BLOCKS.findall(README) if found == kind))


def _exists(file: str, name: str) -> bool:
    path = ROOT / file
    if not path.is_file():
        return False
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return not name or any(getattr(node, "name", "") == name for node in nodes)


@pytest.mark.parametrize(("file", "name"), TESTS.findall(SECURITY))
def test_security_names_a_test_that_exists(file: str, name: str) -> None:
    assert _exists(file, name)


@pytest.mark.parametrize(
    ("file", "name"),
    [("tests/none.py", ""), ("tests/docs/test_pages.py", "test_of_tomorrow")],
    ids=["file", "test"],
)
def test_control_finds_what_does_not_exist(file: str, name: str) -> None:
    assert not _exists(file, name)


@pytest.mark.parametrize("row", re.findall(r"^\| [A-Z].*\|$", SECURITY, re.MULTILINE))
def test_every_claim_of_security_names_a_test(row: str) -> None:
    assert TESTS.search(row)


def test_the_app_of_the_readme_works() -> None:
    names: dict[str, object] = {"__name__": "hello"}
    exec(compile(_block("python"), "README.md", "exec"), names)
    app = names["app"]
    assert invoke(app, "greet", name="Ada") == "Hello, Ada!"  # type: ignore[arg-type]  # it is an App


def test_the_page_of_the_readme_calls_what_the_app_has() -> None:
    assert re.findall(r"invoke\(\"(\w+)\"", _block("html")) == ["greet"]


@pytest.mark.parametrize("name", ["README.md", "SECURITY.md", "CONTRIBUTING.md"])
def test_links_lead_to_files(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    targets = [first or second for first, second in LINKS.findall(text)]
    assert [target for target in targets if not (ROOT / target).exists()] == []


@pytest.mark.parametrize("promise", PROMISES)
def test_the_roadmap_says_when_each_promise_is_kept(promise: str) -> None:
    [state] = re.findall(rf"^\| {promise}.*\| (.*) \|$", ROADMAP, re.MULTILINE)
    assert re.match(r"works|milestone \d", state)


ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in ROADMAP.splitlines()]
KEPT = [row[0].lower() for row in ROWS if len(row) > 1 and row[1].startswith("works")]
NOT_YET = [
    promise.strip().lower()
    for promises in re.findall(r"^\| (.+) \| not yet \|$", README, re.MULTILINE)
    for promise in promises.split(",")
]


@pytest.mark.parametrize("promise", NOT_YET, ids=str)
def test_what_the_readme_calls_not_yet_is_not_kept(promise: str) -> None:
    assert [kept for kept in KEPT if promise in kept] == []


def test_the_readme_and_the_roadmap_have_promises_to_compare() -> None:
    assert "isolation pattern" in KEPT
    assert "tray" in NOT_YET
