"""Annotations resolve, also those of types that live inside a function."""

from __future__ import annotations

from functools import partial
from types import FunctionType
from typing import TYPE_CHECKING

import pytest

from millennium.errors import BadSignatureError
from millennium.ipc.annotations import resolve

if TYPE_CHECKING:
    from collections import Counter


class Near:
    pass


def test_types_of_the_module_resolve() -> None:
    def command(near: Near, many: list[Near]) -> Near:
        return near

    assert resolve(command, "command") == {"near": Near, "many": list[Near], "return": Near}


def test_types_of_the_enclosing_function_resolve() -> None:
    class Local:
        pass

    def command(local: Local) -> None: ...

    assert resolve(command, "command")["local"] is Local


def test_types_of_a_scope_further_out_do_not_hide_the_scope_that_is_meant() -> None:
    class Local:
        pass

    def elsewhere() -> dict[str, object]:
        Local = int  # noqa: F841, N806
        return resolve(command, "command")

    def command(local: Local) -> None: ...

    assert elsewhere()["local"] is Local


def test_a_type_that_only_checkers_import_is_refused_by_parameter() -> None:
    def command(good: int, bad: Counter[str]) -> None: ...

    with pytest.raises(BadSignatureError, match="'command': the annotation of parameter 'bad'"):
        resolve(command, "command")


def test_a_result_that_does_not_resolve_is_refused() -> None:
    def command() -> Counter[str]:
        raise NotImplementedError

    with pytest.raises(BadSignatureError, match="annotation of the result"):
        resolve(command, "command")


def test_an_annotation_that_raises_is_refused() -> None:
    def command(bad: int) -> None: ...

    command.__annotations__["bad"] = "1 / 0"

    with pytest.raises(BadSignatureError, match="division by zero"):
        resolve(command, "command")


def test_a_scope_that_has_ended_is_not_found() -> None:
    def outer() -> object:
        class Local:
            pass

        def command(local: Local) -> None: ...

        return command

    with pytest.raises(BadSignatureError, match="parameter 'local'"):
        resolve(outer(), "command")  # type: ignore[arg-type]


def test_a_scope_too_far_out_is_not_found() -> None:
    class Local:
        pass

    def command(local: Local) -> None: ...

    def deeper(levels: int) -> dict[str, object]:
        return deeper(levels - 1) if levels else resolve(command, "command")

    assert deeper(8)["local"] is Local
    with pytest.raises(BadSignatureError):
        deeper(80)


def test_a_callable_without_annotations_has_none() -> None:
    assert resolve(len, "len") == {}


def test_an_object_is_read_through_its_call() -> None:
    class Callable:
        async def __call__(self, near: Near) -> None: ...

    assert resolve(Callable(), "f")["near"] is Near


def test_a_partial_is_read_through() -> None:
    def command(near: Near, far: int) -> None: ...

    assert resolve(partial(command, far=1), "f")["near"] is Near


def test_an_error_of_unknown_place_is_still_refused() -> None:
    def command(near: Near) -> None: ...

    command.__wrapped__ = FunctionType(command.__code__, {})  # type: ignore[attr-defined]

    with pytest.raises(BadSignatureError, match="the annotation of a parameter"):
        resolve(command, "f")
