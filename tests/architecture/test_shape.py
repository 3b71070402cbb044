"""The shape limits of the style guide, which no linter knows."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted((ROOT / "packages").glob("*/src/**/*.py"))
TESTS = sorted([*(ROOT / "packages").glob("*/tests/**/*.py"), *(ROOT / "tests").glob("**/*.py")])
MAX_MODULE_LINES = 400
MAX_FUNCTION_LINES = 50
MAX_PUBLIC_METHODS = 12
MAX_CHAIN = 12
BANNED_NAMES = {"utils", "util", "helpers", "helper", "common", "base", "misc", "manager"}
ONE_METHOD_A_WISH = ("Dispatcher", "Window", "AsyncWindow", "AppHandle", "MockFrame")
"""Classes ending so may be larger: one method for each thing that a window or an app can do."""


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT / "packages").as_posix())


def _functions(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, _lines(node)


def _lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count a function's lines without its docstring."""
    docstring = (ast.get_docstring(function, clean=False) or "").count("\n") + 1
    return (function.end_lineno or function.lineno) - function.lineno + 1 - docstring


def _classes(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ClassDef):
            methods = [item for item in node.body if isinstance(item, ast.FunctionDef)]
            yield node.name, sum(not item.name.startswith(("_", "visit_")) for item in methods)


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_module_is_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MAX_MODULE_LINES


@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_tests_are_short_too(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MAX_MODULE_LINES


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_functions_are_short(path: Path) -> None:
    assert [found for found in _functions(path) if found[1] > MAX_FUNCTION_LINES] == []


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_classes_have_few_public_methods(path: Path) -> None:
    large = [name for name, methods in _classes(path) if methods > MAX_PUBLIC_METHODS]
    assert [name for name in large if not name.endswith(ONE_METHOD_A_WISH)] == []


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_module_is_named_after_a_noun(path: Path) -> None:
    assert BANNED_NAMES.isdisjoint({path.stem, path.parent.name})


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_module_says_what_it_is(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert ast.get_docstring(ast.parse(source)) or not source.strip()


@pytest.mark.parametrize(
    "package",
    [
        "millennium",
        "millennium_runtime",
        "millennium_runtime_webview",
        "millennium_build",
        "millennium_bundler",
    ],
)
def test_chain_of_imports_is_short(package: str) -> None:
    graph = grimp.build_graph(package)
    graph.remove_module(package)  # the façade knows every room; a chain is counted below it
    assert _longest_chain(graph) <= MAX_CHAIN


def _longest_chain(graph: grimp.ImportGraph) -> int:
    depths: dict[str, int] = {}

    def depth(module: str) -> int:
        if module not in depths:
            depths[module] = 0  # ends a cycle, which another check reports
            below = graph.find_modules_directly_imported_by(module)
            depths[module] = 1 + max(map(depth, below), default=0)
        return depths[module]

    return max(map(depth, graph.modules), default=0)
