"""Five distributions, one version: the resolver does not check siblings, so this does."""

from __future__ import annotations

import importlib
import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROJECTS: dict[str, dict[str, Any]] = {
    path.parent.name: tomllib.loads(path.read_text(encoding="utf-8"))["project"]
    for path in sorted((ROOT / "packages").glob("*/pyproject.toml"))
}
EACH = pytest.mark.parametrize("name", sorted(PROJECTS))


def _requirements(project: dict[str, Any]) -> list[str]:
    extras = project.get("optional-dependencies", {}).values()
    return [*project["dependencies"], *(item for extra in extras for item in extra)]


def test_there_are_five() -> None:
    assert len(PROJECTS) == 5


@EACH
def test_version_is_the_same_everywhere(name: str) -> None:
    module = importlib.import_module(name.replace("-", "_"))
    versions = {PROJECTS[name]["version"], module.__version__, PROJECTS["millennium"]["version"]}
    assert len(versions) == 1


def test_page_has_the_same_version() -> None:
    manifest = ROOT / "packages" / "millennium" / "js" / "package.json"
    version = json.loads(manifest.read_text(encoding="utf-8"))["version"]
    assert version == PROJECTS["millennium"]["version"]


@EACH
def test_siblings_are_required_by_exact_version(name: str) -> None:
    siblings = [item for item in _requirements(PROJECTS[name]) if item.startswith("millennium")]
    exact = re.compile(rf"[a-z\[\]-]+=={re.escape(PROJECTS[name]['version'])}")
    assert [item for item in siblings if not exact.fullmatch(item)] == []


@EACH
def test_licence_is_the_same_everywhere(name: str) -> None:
    project = PROJECTS[name]
    assert project["license"] == "Apache-2.0 OR MIT"
    assert project["license-files"] == ["LICENSE-APACHE", "LICENSE-MIT"]


@EACH
@pytest.mark.parametrize("licence", ["LICENSE-APACHE", "LICENSE-MIT"])
def test_licence_texts_are_those_of_the_workspace(name: str, licence: str) -> None:
    own = ROOT / "packages" / name / licence
    assert own.read_bytes() == (ROOT / licence).read_bytes()


@EACH
def test_oldest_python_is_the_same_everywhere(name: str) -> None:
    assert PROJECTS[name]["requires-python"] == ">=3.11"


def test_promise_needs_nothing() -> None:
    assert PROJECTS["millennium-runtime"]["dependencies"] == []


def test_bundler_needs_no_sibling() -> None:
    needed = _requirements(PROJECTS["millennium-bundler"])
    assert [item for item in needed if item.startswith("millennium")] == []


@EACH
def test_no_package_demands_native_bindings(name: str) -> None:
    needed = " ".join(PROJECTS[name]["dependencies"]).lower()
    assert "pygobject" not in needed
