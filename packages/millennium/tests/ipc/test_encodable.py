"""What may cross the wire, and what is refused when a command is registered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum
from pathlib import Path, PurePosixPath
from typing import Any, Literal, NamedTuple, TypedDict
from uuid import UUID

import msgspec
import pytest

from millennium.ipc.encodable import why_not


class Plain:
    pass


class Colour(Enum):
    RED = "red"


class Point(NamedTuple):
    x: int


class Options(TypedDict):
    deep: bool


class Pair(msgspec.Struct):
    left: int


@dataclass
class Tree:
    children: list[Tree]
    path: Path | None = None


@dataclass
class Leaf:
    data: bytes


@pytest.mark.parametrize(
    "kind",
    [
        int,
        str | None,
        dict[str, list[float]],
        object,
        Any,
        Literal["a", 1],
        Colour,
        Point,
        Options,
        Pair,
        Tree,
        datetime,
        UUID,
        Decimal,
        Path,
        set[PurePosixPath],
        None,
    ],
    ids=str,
)
def test_what_json_can_carry_is_encodable(kind: object) -> None:
    assert why_not(kind) == ""


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        (Plain, "Plain has no JSON form"),
        (dict[str, tuple[Plain, ...]], "Plain has no JSON form"),
        (list[bytes], "bytes"),
        (Leaf, "bytes"),
        (bytearray | None, "bytes"),
        (memoryview, "bytes"),
        (Pair | Leaf, "not supported"),
    ],
    ids=str,
)
def test_what_json_cannot_carry_is_not(kind: object, why: str) -> None:
    assert why in why_not(kind)
