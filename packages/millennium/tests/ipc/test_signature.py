"""Signatures are read once, and what breaks a rule is refused by name."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Annotated, Generic, TypeVar

import msgspec
import pytest

from millennium.errors import BadSignatureError
from millennium.ipc.channel import Channel
from millennium.ipc.invoke import Invoke, Request
from millennium.ipc.signature import Kind, SignatureReader

T = TypeVar("T")


class Window:
    pass


class State(Generic[T]):
    pass


class Odd:
    pass


def injected(invoke: Invoke) -> object:
    return "window"


READER = SignatureReader({Window: injected}, {State: lambda kind: lambda invoke: kind})


def kinds(function: Callable[..., object]) -> dict[str, Kind]:
    return {each.name: each.kind for each in READER.read(function, "f").parameters}


def test_every_kind_of_parameter_is_told_apart() -> None:
    def f(
        name: str,
        data: bytes,
        to: Channel[int],
        request: Request,
        window: Window,
        state: State[int],
        plain=None,
    ) -> None: ...

    assert kinds(f) == {
        "name": Kind.VALUE,
        "data": Kind.BODY,
        "to": Kind.CHANNEL,
        "request": Kind.REQUEST,
        "window": Kind.INJECTED,
        "state": Kind.INJECTED,
        "plain": Kind.VALUE,
    }


def test_a_generic_injector_learns_the_argument() -> None:
    def f(state: State[int]) -> None: ...

    (parameter,) = READER.read(f, "f").parameters

    assert parameter.injector is not None
    assert parameter.injector(None) is int  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "kind", [Channel, Channel[int], Channel[str] | None, "Channel | None"], ids=str
)
def test_channels_are_recognised_in_all_their_forms(kind: object) -> None:
    def f(to) -> None: ...

    f.__annotations__["to"] = kind

    assert kinds(f) == {"to": Kind.CHANNEL}


def test_a_union_of_two_things_is_no_channel() -> None:
    def f(to: int | str) -> None: ...

    assert kinds(f) == {"to": Kind.VALUE}


def test_unknown_fields_are_refused_by_the_decoder() -> None:
    def f(a: int, b: str = "x") -> None: ...

    decode = READER.read(f, "f").make_decoder().decode

    assert msgspec.structs.astuple(decode(b'{"a":1}')) == (1, "x")
    with pytest.raises(msgspec.ValidationError, match="unknown field `c`"):
        decode(b'{"a":1,"c":2}')


def test_a_command_that_takes_the_request_takes_any_fields() -> None:
    def f(request: Request) -> None: ...

    assert msgspec.structs.astuple(READER.read(f, "f").make_decoder().decode(b'{"c":2}')) == ()


def test_a_default_that_can_change_is_the_functions_own() -> None:
    default = [1]

    def f(a: list[int] = default) -> None: ...

    assert msgspec.structs.astuple(READER.read(f, "f").make_decoder().decode(b"{}"))[0] is default


def test_constraints_of_annotated_types_hold() -> None:
    def f(a: Annotated[int, msgspec.Meta(gt=0)]) -> None: ...

    with pytest.raises(msgspec.ValidationError, match=">= 1"):
        READER.read(f, "f").make_decoder().decode(b'{"a":0}')


def test_names_that_msgspec_keeps_for_itself_are_fine() -> None:
    def f(self: int, _private: int, __struct_fields__: int) -> None: ...

    decode = READER.read(f, "f").make_decoder().decode
    values = msgspec.structs.astuple(decode(b'{"self":1,"_private":2,"__struct_fields__":3}'))

    assert values == (1, 2, 3)


def test_the_body_is_known() -> None:
    def f(data: bytes) -> None: ...

    assert READER.read(f, "f").has_body


def positional(a: int, /) -> None: ...


def starred(*many: int) -> None: ...


def keywords(**more: int) -> None: ...


def odd(a: Odd) -> None: ...


def nested_bytes(a: list[bytes]) -> None: ...


def two_bodies(a: bytes, b: bytes) -> None: ...


def odd_items(a: Channel[Odd]) -> None: ...


def odd_result() -> Odd:
    raise NotImplementedError


def nested_result() -> dict[str, bytes]:
    raise NotImplementedError


@pytest.mark.parametrize(
    ("function", "why"),
    [
        (positional, "parameter 'a' is positional-only"),
        (starred, "parameter 'many' is variadic positional"),
        (keywords, "parameter 'more' is variadic keyword"),
        (odd, "parameter 'a' cannot be decoded: Odd"),
        (nested_bytes, "parameter 'a' cannot be decoded: bytes"),
        (two_bodies, "parameter 'b' is the second one of bytes"),
        (odd_items, "parameter 'a' cannot be decoded: Odd"),
        (odd_result, "the result cannot be encoded: Odd"),
        (nested_result, "the result cannot be encoded: bytes"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_what_breaks_a_rule_is_refused_by_name(function: Callable[..., object], why: str) -> None:
    with pytest.raises(BadSignatureError, match=why):
        READER.read(function, "f")


@pytest.mark.parametrize("result", [bytes, bytearray, memoryview, None, int], ids=str)
def test_results_may_be_bytes_or_json(result: object) -> None:
    def f():
        raise NotImplementedError

    f.__annotations__["return"] = result

    assert READER.read(f, "f").parameters == ()


def test_wrapped_functions_are_read_through() -> None:
    def f(a: int) -> None: ...

    def wrapper(*args: object) -> None: ...

    wrapper.__wrapped__ = f  # type: ignore[attr-defined]
    wrapper.__annotations__ = f.__annotations__

    assert kinds(wrapper) == {"a": Kind.VALUE}
    assert READER.read(wrapper, "f").parameters[0].default is inspect.Parameter.empty
