"""Which types may cross the wire, decided when a command is registered.

JSON types, dataclasses, Structs, TypedDict, NamedTuple, Enum, Literal, datetime and its kin,
UUID, Decimal and `pathlib` paths. ``bytes`` inside another type is refused: msgspec would turn it
into base64 without a word, and bytes travel raw.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

import msgspec
from msgspec import inspect as msgspec_inspect

_BYTES = (
    msgspec_inspect.BytesType,
    msgspec_inspect.ByteArrayType,
    msgspec_inspect.MemoryViewType,
)


def why_not(annotation: object) -> str:
    """Return why values of this type cannot cross the wire, "" if they can."""
    try:
        root = msgspec_inspect.type_info(annotation)
    except Exception as error:  # noqa: BLE001 - msgspec raises what the annotation's code raises
        return f"{type(error).__name__}: {error}"
    for kind in _all_kinds(root):
        if isinstance(kind, _BYTES):
            return "bytes are only possible as a whole parameter or a whole result"
        if isinstance(kind, msgspec_inspect.CustomType) and not _has_hook(kind.cls):
            return f"{kind.cls.__qualname__} has no JSON form"
    return ""


def _has_hook(kind: type) -> bool:
    return kind is object or issubclass(kind, PurePath)


def _all_kinds(root: msgspec_inspect.Type) -> Iterator[msgspec_inspect.Type]:
    seen: set[int] = set()
    waiting: list[object] = [root]
    while waiting:
        item = waiting.pop()
        if id(item) in seen:
            continue
        seen.add(id(item))
        if isinstance(item, msgspec_inspect.Type):
            yield item
        if isinstance(item, tuple):
            waiting.extend(item)
        elif isinstance(item, (msgspec_inspect.Type, msgspec_inspect.Field)):
            waiting.extend(getattr(item, name) for name in _field_names(item))


def _field_names(item: msgspec.Struct) -> tuple[str, ...]:
    return item.__struct_fields__
