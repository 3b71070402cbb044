"""Serve multiprocessing: the same executable is started again as child, server or tracker.

Frozen as `_millennium_child` when the app has multiprocessing. Three forms reach here:

1. ``app --multiprocessing-fork key=value ...`` (spawn);
2. ``app [flags] -c "from multiprocessing.forkserver import main; main(...)"``;
3. ``app [flags] -c "from multiprocessing.resource_tracker import main;main(...)"``.

Nothing else after ``-c`` is ever run, and arguments are literals: no expression is evaluated.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

_SERVERS = ("multiprocessing.forkserver", "multiprocessing.resource_tracker")
_EXIT_USAGE = 2


def run_child() -> bool:
    """Run the child that `sys.argv` asks for; tell whether there was one."""
    if sys.argv[1] == "--multiprocessing-fork":
        spawn = import_module("multiprocessing.spawn")
        spawn.freeze_support()
        return True
    code = find_code(sys.argv[1:])
    if code is None:
        return False
    call = parse_server_call(code)
    if call is None:
        sys.stderr.write("this executable runs no code from the command line\n")
        raise SystemExit(_EXIT_USAGE)
    module, arguments, keywords = call
    sys.argv[:] = ["-c"]
    import_module(module).main(*arguments, **keywords)
    return True


def find_code(arguments: list[str]) -> str | None:
    """Return what stands after ``-c``, when only flags of the interpreter stand before it."""
    position = 0
    while position < len(arguments) - 1:
        flag = arguments[position]
        if flag == "-c":
            return arguments[position + 1]
        if not flag.startswith("-") or flag.startswith("--"):
            return None
        position += 2 if flag in ("-X", "-W") else 1
    return None


def parse_server_call(code: str) -> tuple[str, list[Any], dict[str, Any]] | None:
    """Read one of the two accepted forms; None for anything else."""
    for module in _SERVERS:
        head = f"from {module} import main;"
        if code.startswith(head):
            try:
                return (module, *_parse_call(code[len(head) :].strip()))
            except (SyntaxError, ValueError, RecursionError):
                return None
    return None


def _parse_call(text: str) -> tuple[list[Any], dict[str, Any]]:
    """Read ``main(1, 2, [...], **{...})``.

    Raises:
        ValueError: It is anything else, or an argument is not a literal.
    """
    import ast  # noqa: PLC0415 - only a server's child needs it

    call = ast.parse(text, mode="eval").body
    match call:
        case ast.Call(func=ast.Name(id="main")):
            arguments = [ast.literal_eval(argument) for argument in call.args]
            keywords: dict[str, Any] = {}
            for keyword in call.keywords:
                value = ast.literal_eval(keyword.value)
                keywords |= {keyword.arg: value} if keyword.arg else value
            return arguments, keywords
        case _:
            raise ValueError(text)
