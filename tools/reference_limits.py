"""The page of all limits, from the constants that enforce them."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from reference_sources import PACKAGES, table

HEAD = """# Limits

How much, how long, how deep and how often: what a page, a file or another program may ask of an app.
One more is refused, mostly with `ipc.too_large`, and nothing of it is done. The names are those of
the code, their endings are the units: `BYTES`, `CHARS` (Unicode characters), `SECONDS`; without one
they count.
"""

_NAME = re.compile(
    r"_?MAX_[A-Z_]+|[A-Z_]*(?:BURST|SHARE|BURST_SECONDS|SLICE_SECONDS|PERIOD_SECONDS)|INLINE_[A-Z_]+"
    r"|(?:HEAD|ANSWER|CRASH_WINDOW|PAGE_WINDOW)_SECONDS|LIGHT_BYTES|BACKLOG|CHAR_SECONDS|PIECE_CALLS|ACTIVE_SECONDS|FRAME_MILLISECONDS"
)
_NOT_LIMITS = frozenset({"MAX_ZOOM"})
_MIB = 1 << 20
_KIB = 1 << 10
_OPERATORS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Mult: lambda a, b: a * b,
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Pow: lambda a, b: a**b,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """One constant that bounds something.

    Attributes:
        package: Import name of its package.
        module: Dotted path in it.
        name: Without a leading underscore.
        value: In its unit.
        meaning: What its comment says, else what its module is about.
    """

    package: str
    module: str
    name: str
    value: float
    meaning: str


def limits(packages: Path = PACKAGES) -> list[Limit]:
    """Return all limits of all packages, in the order of their modules."""
    return [
        limit
        for path in sorted(packages.glob("*/src/**/*.py"))
        if "testing" not in path.parts
        for limit in _of_module(path)
    ]


def render() -> str:
    """Return the page."""
    parts = [HEAD]
    found = limits()
    for package in sorted({limit.package for limit in found}):
        rows = [
            (f"`{limit.name}`", _written(limit), limit.meaning, f"`{limit.module}`")
            for limit in found
            if limit.package == package
        ]
        parts.append(f"## {package}\n\n{table(('limit', 'value', 'of', 'where'), rows)}")
    return "\n".join(parts)


def _of_module(path: Path) -> Iterator[Limit]:
    text = path.read_text(encoding="utf-8")
    tree, lines = ast.parse(text), text.splitlines()
    known: dict[str, float] = {}
    about = (ast.get_docstring(tree) or "").partition("\n")[0].rstrip(".:")
    below = path.parts[path.parts.index("src") + 1 :]
    for node, following in zip(tree.body, [*tree.body[1:], None], strict=True):
        name, value = _constant(node, known)
        if not name or value is None:
            continue
        known[name] = value
        if _NAME.fullmatch(name) and name not in _NOT_LIMITS:
            comment = lines[node.lineno - 1].partition("  # ")[2]
            yield Limit(
                package=below[0],
                module=".".join((*below[1:-1], path.stem)),
                name=name.lstrip("_"),
                value=value,
                meaning=comment or _docstring(following) or about,
            )


def _constant(node: ast.stmt, known: dict[str, float]) -> tuple[str, float | None]:
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        return node.targets[0].id, _value(node.value, known)
    return "", None


def _value(node: ast.expr, known: dict[str, float]) -> float | None:
    if isinstance(node, ast.Constant):
        return float(node.value) if isinstance(node.value, (int, float)) else None
    if isinstance(node, ast.Name):
        return known.get(node.id)
    if isinstance(node, ast.BinOp) and type(node.op) in {*_OPERATORS, ast.LShift}:
        left, right = _value(node.left, known), _value(node.right, known)
        if left is None or right is None:
            return None
        if isinstance(node.op, ast.LShift):
            return float(int(left) << int(right))
        return _OPERATORS[type(node.op)](left, right)
    return None


def _docstring(node: ast.stmt | None) -> str:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return str(node.value.value).partition("\n")[0].rstrip(".")
    return ""


def _written(limit: Limit) -> str:
    if "BYTES" in limit.name:
        for size, unit in ((_MIB, "MiB"), (_KIB, "KiB")):
            if limit.value % size == 0:
                return f"{limit.value / size:,g} {unit}"
    return f"{limit.value:,.16g}"
