"""`__all__` tells the truth, and nobody inside goes through a façade of its own house."""

from __future__ import annotations

import ast
import importlib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FACADES = sorted((ROOT / "packages").glob("*/src/*/__init__.py"))
MODULES = sorted((ROOT / "packages").glob("*/src/**/*.py"))
OWN = {
    "millennium": {"millennium"},
    "millennium-runtime": {"millennium_runtime"},
    "millennium-runtime-webview": {"millennium_runtime_webview"},
    "millennium-build": {"millennium_build", "millennium"},
    "millennium-bundler": {"millennium_bundler"},
}
"""Per package, the façades that its modules must not import: rooms are imported instead."""


def _package(path: Path) -> str:
    return path.parent.name


def _name(path: Path) -> str:
    return path.relative_to(ROOT / "packages").as_posix()


def _imported_facades(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    named = {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
    }
    taken = {
        node.module or ""
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        and any(
            alias.name != "__version__" and alias.name.islower() is False for alias in node.names
        )
    }
    return named | taken


@pytest.mark.parametrize("path", FACADES, ids=_package)
def test_facade_has_all_that_it_names(path: Path) -> None:
    module = importlib.import_module(path.parent.name)
    assert [name for name in getattr(module, "__all__", []) if not hasattr(module, name)] == []


@pytest.mark.parametrize("path", FACADES, ids=_package)
def test_facade_names_all_that_it_has(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imported = {
        alias.asname or alias.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.module != "__future__"
        for alias in node.names
    }
    assert (
        imported - set(getattr(importlib.import_module(path.parent.name), "__all__", [])) == set()
    )


@pytest.mark.parametrize("path", FACADES, ids=_package)
def test_facade_names_each_thing_once(path: Path) -> None:
    names = getattr(importlib.import_module(path.parent.name), "__all__", [])
    assert len(names) == len(set(names))


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_module_imports_rooms_not_the_facade(path: Path) -> None:
    package = path.relative_to(ROOT / "packages").parts[0]
    assert _imported_facades(path) & OWN[package] == set()
