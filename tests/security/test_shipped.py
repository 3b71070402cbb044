"""What ships, and what builds it, holds no server, starts no program and lets no stranger read."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from millennium.config.load import load_config
from millennium.errors import InvalidValueError
from millennium.security.csp import Policy
from millennium.security.csp_danger import find_dangers

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ("millennium", "millennium-runtime", "millennium-runtime-webview")
PACKAGES = (*SHIPPED, "millennium-build", "millennium-bundler")
FOR_TESTS = "/testing/"
SERVERS = {"http.server", "socketserver", "wsgiref", "bottle", "aiohttp", "websockets", "socket"}
KNOWN_SERVERS = {"http_server.py": {"socket"}, "display.py": {"socket"}}
"""The plug-in that an app must name; tests/plugins/test_localhost.py of millennium is about it. And
what asks, while an app is built, whether the display that is named is there."""
LISTENING = {"bind", "listen", "accept", "create_server", "start_server"}
STARTERS = {"subprocess", "webbrowser", "pty", "multiprocessing"}
STARTING_CALLS = {
    "system",
    "popen",
    "startfile",
    "execv",
    "execve",
    "execvp",
    "execl",
    "posix_spawn",
}
UNPACKERS = {"tarfile", "zipfile", "shutil.unpack_archive", "zipimport", "zipapp"}
KNOWN_STARTS = {"sandbox.py": {"posix_spawn"}}
"""Bubblewrap, at a fixed place with fixed arguments, to see whether the engine's sandbox works."""

SCRIPTS = ROOT / "packages" / "millennium" / "js"
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
PROJECTS = sorted(
    path.parent
    for path in [
        *(ROOT / "examples").glob("*/pyproject.toml"),
        *(ROOT / "packages" / "millennium-build" / "src").rglob("templates/*/pyproject.toml"),
    ]
    if "tool.millennium" in path.read_text(encoding="utf-8")
)
PAGES = [
    path
    for folder in (ROOT / "examples", ROOT / "packages" / "millennium-build" / "src")
    for path in sorted(folder.rglob("*.html"))
]


def _sources(*packages: str) -> Iterator[tuple[Path, ast.Module]]:
    for package in packages:
        for path in sorted((ROOT / "packages" / package / "src").rglob("*.py")):
            if FOR_TESTS not in path.as_posix():
                yield path, ast.parse(path.read_text(encoding="utf-8"))


def _imports(tree: ast.AST) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def _starts(tree: ast.AST) -> set[str]:
    called = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    return (called & STARTING_CALLS) | (_imports(tree) & STARTERS)


def test_no_package_has_a_server() -> None:
    """Not in a release, not in development: there is no port to find, rebind or traverse."""
    found = {path.name: _imports(tree) & SERVERS for path, tree in _sources(*PACKAGES)}
    unknown = {name: used - KNOWN_SERVERS.get(name, set()) for name, used in found.items()}

    assert {name: servers for name, servers in unknown.items() if servers} == {}


@pytest.mark.parametrize(("name", "listens"), [("display.py", False), ("http_server.py", True)])
def test_what_asks_whether_a_display_is_there_listens_to_nothing(name: str, listens: bool) -> None:
    (tree,) = (tree for path, tree in _sources(*PACKAGES) if path.name == name)
    called = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}

    assert bool(called & LISTENING) is listens


def test_what_ships_starts_no_program() -> None:
    found = {path.name: _starts(tree) for path, tree in _sources(*SHIPPED)}

    unknown = {name: started - KNOWN_STARTS.get(name, set()) for name, started in found.items()}
    assert {name: started for name, started in unknown.items() if started} == {}


@pytest.mark.parametrize(
    "source",
    ["import subprocess", "from webbrowser import open", "import os; os.execv('x', [])"],
    ids=["module", "name", "call"],
)
def test_control_a_start_is_found(source: str) -> None:
    assert _starts(ast.parse(source))


def test_what_ships_unpacks_no_archive() -> None:
    found = {path.name: _imports(tree) & UNPACKERS for path, tree in _sources(*SHIPPED)}

    assert {name: unpackers for name, unpackers in found.items() if unpackers} == {}


def test_control_what_unpacks_is_found() -> None:
    assert _imports(ast.parse("from shutil import unpack_archive")) & UNPACKERS


@pytest.mark.parametrize(
    "updater",
    ['endpoints = ["http://example.invalid"]', 'active = true\nendpoints = ["https://a.invalid"]'],
    ids=["without encryption", "without a key"],
)
def test_updates_cannot_be_configured_unsafely(tmp_path: Path, updater: str) -> None:
    (tmp_path / "millennium.toml").write_text(
        f'identifier = "net.lovelace.a"\n[updater]\n{updater}\n', encoding="utf-8"
    )

    with pytest.raises(InvalidValueError, match="updater"):
        load_config(tmp_path, platform="linux")


def test_no_key_of_ours_can_be_exported() -> None:
    """What the engine does with such keys is tried in a window (test_everything)."""
    text = "".join(path.read_text(encoding="utf-8") for path in SCRIPTS.glob("bootstrap/*.js"))
    made = re.findall(r"importKey\(([^)]*\)?[^)]*)\)|deriveKey\(", text)

    assert made
    assert "exportKey" not in text
    assert "wrapKey" not in text


def test_control_a_server_is_found() -> None:
    assert _imports(ast.parse("from http.server import HTTPServer")) & SERVERS


def test_no_answer_may_be_read_by_everybody() -> None:
    """No ``Access-Control-Allow-Origin: *``: an origin is always named."""
    texts = [path.read_text(encoding="utf-8").lower() for path, _ in _sources(*PACKAGES)]
    allowing = [text for text in texts if "access-control-allow-origin" in text]

    assert allowing, "the header is used where an origin is trusted"
    assert [
        text for text in allowing if re.search(r"allow-origin[\"']?\s*[,:]\s*[\"']\*", text)
    ] == []


def test_a_page_of_ours_posts_to_the_isolation_frame_only() -> None:
    """Its origin is opaque, so nothing but ``*`` can be named; what is posted is told by source."""
    posting = {
        path.name
        for path in (*SCRIPTS.glob("bootstrap/*.js"), *SCRIPTS.glob("src/*.js"))
        if re.search(r"postMessage\([^)]*,\s*['\"]\*['\"]", path.read_text(encoding="utf-8"))
    }

    assert posting == {"isolation.js"}


@pytest.mark.parametrize("project", PROJECTS, ids=lambda project: str(project.name))
def test_an_example_has_a_policy_without_dangers(project: Path) -> None:
    policy = load_config(project, platform="linux").config.security.csp
    directives = Policy.parse(policy).directives if policy else {}

    assert list(find_dangers(directives)) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: f"{page.parent.parent.name}/{page.name}")
def test_a_page_of_ours_needs_no_inline_script(page: Path) -> None:
    text = page.read_text(encoding="utf-8")

    assert re.findall(r"<script(?![^>]*\bsrc=)[^>]*>|\son\w+=|javascript:", text) == []


def test_control_an_inline_script_is_found() -> None:
    assert re.findall(r"<script(?![^>]*\bsrc=)[^>]*>", "<script>alert(1)</script>")


def _may_nothing(workflow: str) -> bool:
    return bool(re.search(r"^permissions: \{\}$", workflow, re.MULTILINE))


def _unpinned(workflow: str) -> list[str]:
    uses = re.findall(r"uses: (\S+)", workflow)
    return [action for action in uses if not re.search(r"@[0-9a-f]{40}$", action)]


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: str(path.name))
def test_a_workflow_may_nothing_unless_it_says_so(workflow: Path) -> None:
    assert _may_nothing(workflow.read_text(encoding="utf-8"))


@pytest.mark.parametrize("text", ["on: push\n", "permissions: write-all\n"], ids=["silent", "all"])
def test_control_a_workflow_that_may_something_is_found(text: str) -> None:
    assert not _may_nothing(text)


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: str(path.name))
def test_an_action_is_pinned_to_a_commit(workflow: Path) -> None:
    assert _unpinned(workflow.read_text(encoding="utf-8")) == []


def test_control_an_action_that_is_not_pinned_is_found() -> None:
    assert _unpinned("- uses: actions/checkout@v4\n") == ["actions/checkout@v4"]


def test_every_locked_distribution_has_its_digest() -> None:
    lock = (ROOT / "pdm.lock").read_text(encoding="utf-8")
    packages = lock.split("[[package]]")[1:]
    without = [text for text in packages if "sha256:" not in text and 'path = "' not in text]

    assert [re.findall(r'name = "(.*)"', text) for text in without] == []


def test_dependencies_are_looked_at_every_week_and_known_weaknesses_looked_up() -> None:
    watched = (ROOT / ".github" / "dependabot.yml").read_text(encoding="utf-8")
    sessions = (ROOT / "noxfile.py").read_text(encoding="utf-8")

    assert watched.count("interval: weekly") >= 2
    assert '"pip-audit"' in sessions
    assert '"zizmor"' in sessions
