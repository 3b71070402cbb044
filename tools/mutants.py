"""Makes mutants of a module: copies in which one single check is gone.

In the functions that are named, one at a time:

1. an ``if`` that leads to a ``raise`` or a ``return`` is never entered, and in a second mutant
   always;
2. one operand of ``and``, ``or`` or a chain of comparisons is left out;
3. a choice ``x if … else y``, or the filter of a comprehension, is always taken;
4. a question that a function answers (``-> bool``) is always answered alike;
5. a call whose name begins with ``require``, ``refuse`` or ``check``, and returns nothing that
   is used, is left out;
6. what a check uses up is not used up: ``del``, an assignment to an attribute, ``pop``.

Text is made by `ast.unparse`: comments are gone, everything else is as it was.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

CHECKS = ("require", "refuse", "check")
SHOWN = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One module in which one check is gone.

    Attributes:
        name: Function and what was done: unique in its module, the same as long as its line is.
        source: The whole module.
    """

    name: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Edit:
    """Replace what is at `path` below a function; None takes a statement out."""

    function: str
    what: str
    path: tuple[tuple[str, int | None], ...]
    node: ast.AST | None


def make_mutants(source: str, functions: frozenset[str]) -> list[Mutant]:
    """Return a mutant for every check in these functions (``name`` or ``Class.name``).

    Raises:
        LookupError: A function is not there: it was renamed, and nobody would notice.
    """
    tree = ast.parse(source)
    found = dict(_functions(tree))
    missing = functions - found.keys()
    if missing:
        raise LookupError(f"no function {', '.join(sorted(missing))}")
    mutants: dict[str, Mutant] = {}
    for function in sorted(functions):
        for edit in list(_edits(function, found[function])):
            name = _unused(f"{function}: {edit.what}", mutants)
            mutants[name] = Mutant(name=name, source=_applied(tree, found[function], edit))
    return list(mutants.values())


def make_control(source: str) -> str:
    """Return a copy that does the same: only its first line of documentation differs."""
    tree = ast.parse(source)
    tree.body[0] = ast.Expr(ast.Constant("A copy in which nothing is gone."))
    return ast.unparse(ast.fix_missing_locations(tree))


def _functions(tree: ast.Module) -> Iterator[tuple[str, ast.FunctionDef]]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield node.name, node
        elif isinstance(node, ast.ClassDef):
            for inner in node.body:
                if isinstance(inner, ast.FunctionDef):
                    yield f"{node.name}.{inner.name}", inner


def _unused(name: str, taken: dict[str, Mutant]) -> str:
    number, result = 2, name
    while result in taken:
        result, number = f"{name} ({number})", number + 1
    return result


def _applied(tree: ast.Module, function: ast.FunctionDef, edit: _Edit) -> str:
    """Return the text with one edit; the tree is as before."""
    owner: ast.AST = function
    for field, index in edit.path[:-1]:
        value = getattr(owner, field)
        owner = value if index is None else value[index]
    field, index = edit.path[-1]
    before = getattr(owner, field)
    node = ast.fix_missing_locations(edit.node or ast.Pass())
    changed = node if index is None else [*before[:index], node, *before[index + 1 :]]
    setattr(owner, field, changed)
    try:
        return ast.unparse(tree)
    finally:
        setattr(owner, field, before)


def _edits(name: str, function: ast.FunctionDef) -> Iterator[_Edit]:
    answers = isinstance(function.returns, ast.Name) and function.returns.id == "bool"
    for path, node in _walk(function, ()):
        for what, at, replacement in _of_node(node, answers=answers):
            yield _Edit(function=name, what=what, path=(*path, *at), node=replacement)


_Path = tuple[tuple[str, int | None], ...]
_Change = tuple[str, _Path, ast.AST | None]


def _walk(node: ast.AST, path: _Path) -> Iterator[tuple[_Path, ast.AST]]:
    """Yield every node below one in the order of the text, with the way to it."""
    for field, value in ast.iter_fields(node):
        if field in {"returns", "annotation", "decorator_list", "args"} and path == ():
            continue
        items = enumerate(value) if isinstance(value, list) else [(None, value)]
        for index, item in items:
            if isinstance(item, ast.AST):
                here = (*path, (field, index))
                yield here, item
                yield from _walk(item, here)


def _of_node(node: ast.AST, *, answers: bool) -> Iterator[_Change]:
    match node:
        case ast.If():
            yield from _of_if(node)
        case ast.BoolOp():
            yield from _of_operands(node)
        case ast.Compare() if len(node.ops) > 1:
            yield from _of_chain(node)
        case ast.IfExp():
            yield f"always {_text(node.body)}", (), node.body
            yield f"always {_text(node.orelse)}", (), node.orelse
        case ast.comprehension():
            for index, test in enumerate(node.ifs):
                yield f"any, not only if {_text(test)}", (("ifs", index),), ast.Constant(True)
        case ast.Return(value=ast.expr() as value) if answers:
            yield from _of_answer(value)
        case _:
            yield from _of_effect(node)


def _of_if(node: ast.If) -> Iterator[_Change]:
    inside = (each for statement in node.body for each in ast.walk(statement))
    if any(isinstance(each, ast.Raise | ast.Return | ast.Continue) for each in inside):
        test = _text(node.test)
        yield f"never if {test}", (("test", None),), ast.Constant(False)
        yield f"always, not if {test}", (("test", None),), ast.Constant(True)


def _of_answer(value: ast.expr) -> Iterator[_Change]:
    if not isinstance(value, ast.Constant):
        for fixed in (True, False):
            yield f"{fixed} for {_text(value)}", (("value", None),), ast.Constant(fixed)


def _of_operands(node: ast.BoolOp) -> Iterator[_Change]:
    for index, operand in enumerate(node.values):
        rest = [each for at, each in enumerate(node.values) if at != index]
        left = rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)
        yield f"without {_text(operand)}", (), left


def _of_chain(node: ast.Compare) -> Iterator[_Change]:
    terms = [node.left, *node.comparators]
    for index, operator in enumerate(node.ops):
        shown = ast.Compare(terms[index], [operator], [terms[index + 1]])
        if index == 0:
            rest = ast.Compare(terms[1], node.ops[1:], terms[2:])
        else:
            rest = ast.Compare(node.left, node.ops[:index], terms[1 : index + 1])
        yield f"without {_text(shown)}", (), rest


def _of_effect(node: ast.AST) -> Iterator[_Change]:
    match node:
        case ast.Expr(value=ast.Call(func=function)) if _names_check(function):
            yield f"without {_text(node)}", (), None
        case ast.Delete():
            yield f"without {_text(node)}", (), None
        case ast.Assign(targets=[ast.Attribute()]):
            yield f"without {_text(node)}", (), None
        case ast.Call(func=ast.Attribute(attr="pop", value=owner), args=[_, _]):
            function = ast.Attribute(owner, "get", ast.Load())
            kept = ast.Call(function, node.args, node.keywords)
            yield f"get for {_text(node)}", (), kept


def _names_check(function: ast.expr) -> bool:
    name = function.attr if isinstance(function, ast.Attribute) else _text(function)
    return name.lstrip("_").startswith(CHECKS)


def _text(node: ast.AST) -> str:
    words = " ".join(ast.unparse(node).split())
    return words if len(words) <= SHOWN else f"{words[: SHOWN - 1]}…"
