"""Turn a function's signature into a decoder for its calls.

Rules, each refused with `BadSignatureError` that names the parameter:

1. Parameters are named: no ``*args``, ``**kwargs`` or positional-only ones.
2. Annotations resolve (`millennium.ipc.annotations`). No annotation means any JSON value.
3. `Channel`, `Request` and the injectors' types are handed in by the host.
4. At most one parameter is ``bytes``: the raw body.
5. All others can be decoded from JSON, and the result can be encoded (`encodable`).
"""

from __future__ import annotations

import inspect
import types
import typing
from dataclasses import dataclass
from enum import Enum
from typing import Union

import msgspec

from millennium.errors import BadSignatureError
from millennium.ipc.annotations import resolve
from millennium.ipc.channel import Channel
from millennium.ipc.encodable import why_not
from millennium.ipc.encoding import BYTES_TYPES
from millennium.ipc.hooks import decode_hook
from millennium.ipc.invoke import Function, GenericInjectors, Injector, Injectors, Request

CHANNEL_PREFIX = "channel:"
_ChannelText = typing.Annotated[str, msgspec.Meta(pattern=r"^channel:[0-9]{1,15}$")]


class Kind(Enum):
    """Where an argument comes from."""

    VALUE = "value"
    CHANNEL = "channel"
    BODY = "body"
    REQUEST = "request"
    INJECTED = "injected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter of a command.

    Attributes:
        name: As in the function.
        kind: Where its argument comes from.
        annotation: What msgspec decodes; unused for what the host hands in.
        default: `inspect.Parameter.empty` when there is none.
        is_keyword_only: Whether it must be passed by name.
        injector: For `Kind.INJECTED` only.
    """

    name: str
    kind: Kind
    annotation: object
    default: object
    is_keyword_only: bool
    injector: Injector | None = None

    @property
    def is_decoded(self) -> bool:
        """Whether the page may name it."""
        return self.kind in (Kind.VALUE, Kind.CHANNEL, Kind.BODY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """All that the bridge must know about a function.

    Attributes:
        name: Of the command.
        parameters: In order.
    """

    name: str
    parameters: tuple[Parameter, ...]

    @property
    def has_body(self) -> bool:
        """Whether one parameter is the raw body."""
        return any(parameter.kind is Kind.BODY for parameter in self.parameters)

    def make_decoder(self) -> msgspec.json.Decoder[msgspec.Struct]:
        """Return a decoder whose Struct has one field per decoded parameter, in order."""
        decoded = [parameter for parameter in self.parameters if parameter.is_decoded]
        fields = [_field(at, parameter) for at, parameter in enumerate(decoded)]
        shape = msgspec.defstruct(
            "Arguments",
            fields,
            kw_only=True,
            forbid_unknown_fields=not any(p.kind is Kind.REQUEST for p in self.parameters),
            rename={f"p{at}": parameter.name for at, parameter in enumerate(decoded)},
        )
        return msgspec.json.Decoder(shape, dec_hook=decode_hook)


class SignatureReader:
    """Reads signatures, knowing which types the host hands in."""

    def __init__(self, injectors: Injectors, generic_injectors: GenericInjectors) -> None:
        self._injectors = injectors
        self._generic_injectors = generic_injectors

    def read(self, function: Function, name: str) -> Signature:
        """Return the signature of `function`.

        Raises:
            BadSignatureError: It breaks one of the module's rules.
        """
        hints = resolve(function, name)
        parameters = tuple(
            self._parameter(name, item, hints.get(item.name, typing.Any))
            for item in inspect.signature(function).parameters.values()
        )
        bodies = [p.name for p in parameters if p.kind is Kind.BODY]
        if len(bodies) > 1:  # (4)
            raise _bad(name, bodies[1], "is the second one of bytes; a call has one body")
        _require_encodable_result(name, hints.get("return", typing.Any))
        return Signature(name=name, parameters=parameters)

    def _parameter(self, name: str, item: inspect.Parameter, annotation: object) -> Parameter:
        if item.kind not in (item.POSITIONAL_OR_KEYWORD, item.KEYWORD_ONLY):  # (1)
            raise _bad(name, item.name, f"is {item.kind.description}; commands take named ones")
        injector = self._find_injector(annotation)
        kind = Kind.INJECTED if injector else _kind_of(annotation)
        if kind is Kind.VALUE:
            _require_decodable(name, item.name, annotation)
        if kind is Kind.CHANNEL:
            _require_decodable(name, item.name, _channel_item(annotation))
            annotation = _ChannelText if item.default is item.empty else _ChannelText | None
        return Parameter(
            name=item.name,
            kind=kind,
            annotation=annotation,
            default=item.default,
            is_keyword_only=item.kind is item.KEYWORD_ONLY,
            injector=injector,
        )

    def _find_injector(self, annotation: object) -> Injector | None:
        if isinstance(annotation, type) and annotation in self._injectors:
            return self._injectors[annotation]
        origin = typing.get_origin(annotation)
        if isinstance(origin, type) and origin in self._generic_injectors:
            return self._generic_injectors[origin](typing.get_args(annotation)[0])
        return None


def _kind_of(annotation: object) -> Kind:
    if annotation is Request:
        return Kind.REQUEST
    if annotation is bytes:
        return Kind.BODY
    return Kind.CHANNEL if _as_channel(annotation) is not None else Kind.VALUE


def _as_channel(annotation: object) -> object | None:
    """Return the `Channel` or ``Channel[T]`` in `annotation`, also of ``Channel[T] | None``."""
    if annotation is Channel or typing.get_origin(annotation) is Channel:
        return annotation
    if typing.get_origin(annotation) in (Union, types.UnionType):
        inner = [arg for arg in typing.get_args(annotation) if arg is not types.NoneType]
        return _as_channel(inner[0]) if len(inner) == 1 else None
    return None


def _channel_item(annotation: object) -> object:
    return next(iter(typing.get_args(_as_channel(annotation))), typing.Any)


def _require_decodable(name: str, parameter: str, annotation: object) -> None:
    reason = why_not(annotation)
    if reason:  # (5)
        raise _bad(name, parameter, f"cannot be decoded: {reason}")


def _require_encodable_result(name: str, annotation: object) -> None:
    reason = "" if annotation in BYTES_TYPES else why_not(annotation)
    if reason:  # (5)
        raise BadSignatureError(f"command {name!r}: the result cannot be encoded: {reason}")


def _field(at: int, parameter: Parameter) -> tuple[str, object, object]:
    default = parameter.default
    if parameter.kind is Kind.BODY:
        return f"p{at}", None, None  # the page may name it; its value is the body
    if default is inspect.Parameter.empty:
        return f"p{at}", parameter.annotation, msgspec.field()
    return f"p{at}", parameter.annotation, msgspec.field(default_factory=lambda: default)


def _bad(name: str, parameter: str, why: str) -> BadSignatureError:
    return BadSignatureError(f"command {name!r}: parameter {parameter!r} {why}")
