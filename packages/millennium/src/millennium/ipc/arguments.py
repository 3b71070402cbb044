"""Bind a call's JSON, body and surroundings to the parameters of its command."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

import msgspec
from msgspec.structs import astuple

from millennium.errors import BadArgumentsError
from millennium.ipc.channel import Channel
from millennium.ipc.command import Command
from millennium.ipc.invoke import Invoke, Request
from millennium.ipc.signature import CHANNEL_PREFIX, Kind, Parameter

AnyChannel: TypeAlias = Channel[object]
OpenChannel: TypeAlias = Callable[[int], AnyChannel]


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """All that arguments are made of.

    Attributes:
        json: The argument object.
        body: The page's bytes, None when it sent none.
        headers: What the page gave beside them.
        invoke: For injectors.
        open_channel: Makes the host's end of the page's channel of this number.
    """

    json: bytes | msgspec.Raw
    body: bytes | None
    headers: dict[str, str]
    invoke: Invoke
    open_channel: OpenChannel


def decode(command: Command, json: bytes | msgspec.Raw) -> tuple[object, ...]:
    """Return the decoded arguments, in the signature's order.

    Raises:
        BadArgumentsError: They do not fit; the message names the field, never shows the value.
    """
    try:
        return astuple(command.decode(json))
    except (msgspec.DecodeError, RecursionError) as error:
        raise BadArgumentsError(f"{command.name}: {error}") from error


def bind(command: Command, material: Material) -> list[object]:
    """Return one value per parameter, in the signature's order.

    Raises:
        BadArgumentsError: JSON where bytes are expected, or the reverse, or see `decode`.
    """
    signature = command.signature
    takes_body = signature.has_body
    takes_request = any(p.kind is Kind.REQUEST for p in signature.parameters)
    if takes_body and material.body is None:
        raise BadArgumentsError(f"{command.name}: bytes expected")
    if material.body is not None and not takes_body and not takes_request:
        raise BadArgumentsError(f"{command.name}: JSON expected, not bytes")
    decoded = iter(decode(command, material.json))
    return [_value(parameter, decoded, material) for parameter in signature.parameters]


def _value(parameter: Parameter, decoded: Iterator[object], material: Material) -> object:
    if parameter.kind is Kind.VALUE:
        return next(decoded)
    if parameter.kind is Kind.BODY:
        next(decoded)
        return material.body
    if parameter.kind is Kind.CHANNEL:
        text = next(decoded)
        if not isinstance(text, str):
            return text  # the default of an optional channel
        return material.open_channel(int(text.removeprefix(CHANNEL_PREFIX)))
    if parameter.injector is not None:
        return parameter.injector(material.invoke)
    return Request(
        body=bytes(material.json) if material.body is None else material.body,
        headers=material.headers,
        is_bytes=material.body is not None,
        source=material.invoke.source,
    )
