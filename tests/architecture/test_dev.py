"""`dev.py` reads its words and the sessions as its usage says."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
SESSIONS = [
    "lint",
    "types",
    "imports",
    "unit",
    "coverage",
    "contract",
    "conformance",
    "e2e",
    "docs",
    "examples",
    "wheels",
    "demo",
    "bench",
    "bench-build",
    "bench-bundle",
    "security",
    "executable",
    "install",
    "audit",
    "changelog",
    "release",
    "test",
]


@pytest.fixture(scope="module")
def dev() -> ModuleType:
    spec = importlib.util.spec_from_file_location("dev", ROOT / "dev.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_sessions_are_those_of_the_architecture(dev: ModuleType) -> None:
    assert sorted(dev.known_sessions()) == sorted(SESSIONS)


@pytest.mark.parametrize("name", SESSIONS)
def test_each_session_is_described_in_one_line(dev: ModuleType, name: str) -> None:
    assert name in dev.usage(dev.known_sessions())
    assert 10 < len(dev.known_sessions()[name]) < 90


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["unit"], (["unit"], [])),
        (["lint", "types"], (["lint", "types"], [])),
        (["install", "--", "deb"], (["install"], ["deb"])),
        (["security", "--quick"], (["security"], ["--quick"])),
        (["unit", "--", "millennium", "-x"], (["unit"], ["millennium", "-x"])),
        ([], ([], [])),
        (["unit", "--help"], ([], [])),
    ],
    ids=["one", "two", "passed on", "dashed", "both", "none", "help"],
)
def test_words_are_told_apart(
    dev: ModuleType, words: list[str], expected: tuple[list[str], list[str]]
) -> None:
    assert dev.split_arguments(words) == expected


def test_slow_packages_are_not_wanted_for_the_deb(dev: ModuleType) -> None:
    assert dev.wanted_lists(["install"], ["deb"]) == dev.wanted_lists(["unit"], [])


def test_slow_packages_are_wanted_for_all_formats(dev: ModuleType) -> None:
    assert len(dev.wanted_lists(["install"], [])) == 2


def test_workflows_run_only_known_sessions(dev: ModuleType) -> None:
    workflow = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    direct = re.findall(r"run: python3? dev\.py ([a-z -]+?)(?: -- .*)?$", workflow, re.MULTILINE)
    listed = re.findall(r"session: (?:\[(.*)\]|(\w+))", workflow)
    named = " ".join([*direct, *(first or second for first, second in listed)])
    assert set(re.findall(r"[a-z0-9]+", named)) <= set(SESSIONS)
    assert "unit" in named
