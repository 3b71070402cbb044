"""Whoever uses a class sees the same types in every checker: what is inferred, each infers its way."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGES = Path(__file__).parents[2] / "packages"
TYPED = ("millennium", "millennium-runtime")


def untyped(source: str) -> Iterator[str]:
    """Yield the public attributes that an ``__init__`` makes of more than a parameter, untyped."""
    for made in ast.walk(ast.parse(source)):
        if not isinstance(made, ast.ClassDef) or made.name.startswith("_"):
            continue
        declared = {
            ast.unparse(each.target) for each in made.body if isinstance(each, ast.AnnAssign)
        }
        for method in made.body:
            if isinstance(method, ast.FunctionDef) and method.name == "__init__":
                yield from (f"{made.name}.{name}" for name in _inferred(method) - declared)


def _inferred(method: ast.FunctionDef) -> set[str]:
    return {
        target.attr
        for assigned in ast.walk(method)
        if isinstance(assigned, ast.Assign) and not isinstance(assigned.value, ast.Name)
        for place in assigned.targets
        for target in (place.elts if isinstance(place, ast.Tuple) else [place])
        if isinstance(target, ast.Attribute)
        if ast.unparse(target.value) == "self" and not target.attr.startswith("_")
    }


@pytest.mark.parametrize("package", TYPED)
def test_a_public_attribute_says_its_type(package: str) -> None:
    found = {
        f"{path.name}: {name}"
        for path in (PACKAGES / package / "src").rglob("*.py")
        for name in untyped(path.read_text(encoding="utf-8"))
    }
    assert found == set()


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("self.size = 1", ["A.size"]),
        ("self.size, self._rest = 1, 2", ["A.size"]),
        ("self.size: int = 1", []),
        ("self.size = size", []),
        ("self._size = 1", []),
        ("self.declared = 1", []),
        ("self.sizes[1] = 1", []),
    ],
    ids=["inferred", "pair", "typed", "parameter", "private", "declared", "item"],
)
def test_an_inferred_attribute_is_noticed(line: str, names: list[str]) -> None:
    source = f"class A:\n  declared: int\n  def __init__(self, size: int) -> None:\n    {line}\n"
    assert list(untyped(source)) == names
