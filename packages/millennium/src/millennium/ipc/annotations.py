"""Find the real types behind a function's annotations, also of types that are local to a scope.

``from __future__ import annotations`` turns annotations into text. `typing.get_type_hints`
resolves what the function's module knows; a type made inside the function that also defines the
command is looked up in that function's frame, which is still running while it registers.
"""

from __future__ import annotations

import sys
import typing
from collections.abc import Mapping
from functools import partial
from types import SimpleNamespace

from millennium.errors import BadSignatureError
from millennium.ipc.invoke import Function

_MAX_FRAMES = 64  # a decorator is called a few frames below the scope that defines the function


def resolve(function: Function, name: str) -> dict[str, object]:
    """Return the resolved annotations of `function`, ``Annotated`` kept.

    Raises:
        BadSignatureError: One cannot be resolved; the message names the parameter.
    """
    function = innermost(function)
    scope = _enclosing_scope(function)
    try:
        return typing.get_type_hints(function, localns=scope, include_extras=True)
    except Exception as error:  # an annotation is arbitrary code: it may raise anything
        parameter = _first_unresolvable(function, scope)
        raise BadSignatureError(
            f"command {name!r}: the annotation of {parameter} cannot be resolved ({error})",
            help="import the type where the command is defined, outside `if TYPE_CHECKING:`",
        ) from error


def innermost(function: Function) -> Function:
    """Return what carries the annotations: behind partials, or an object's ``__call__``."""
    while isinstance(function, partial):
        function = function.func
    if hasattr(function, "__qualname__"):
        return function
    call: Function = type(function).__call__
    return call


def _enclosing_scope(function: Function) -> Mapping[str, object]:
    """Return the variables of the function around `function`, if it is still running."""
    outer, _, _ = getattr(function, "__qualname__", "").rpartition(".<locals>.")
    if not outer:
        return {}
    module_names = getattr(function, "__globals__", None)
    frame = sys._getframe(1)  # noqa: SLF001 - the documented way to reach a caller's variables
    for _ in range(_MAX_FRAMES):
        if frame.f_code.co_qualname == outer and frame.f_globals is module_names:
            return dict(frame.f_locals)
        if frame.f_back is None:
            break
        frame = frame.f_back
    return {}


def _first_unresolvable(function: Function, scope: Mapping[str, object]) -> str:
    annotations: Mapping[str, object] = getattr(function, "__annotations__", {})
    module_names = getattr(function, "__globals__", {})
    for parameter, annotation in annotations.items():
        alone = SimpleNamespace(__annotations__={parameter: annotation})
        try:
            typing.get_type_hints(alone, globalns=module_names, localns=dict(scope))
        except Exception:  # noqa: BLE001 - the caller reports it
            return "the result" if parameter == "return" else f"parameter {parameter!r}"
    return "a parameter"
