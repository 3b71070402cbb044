"""The tables of an .msi and their columns, read from `tables.txt` beside this module."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Final, Literal

Value = str | int | bytes | None
Row = tuple[Value, ...]
Kind = Literal["text", "short", "long", "stream"]

VALIDATION = "_Validation"
# Bits of a column's type in `_Columns`, as msi.dll and WiX write them.
_TYPE_BITS: Final = MappingProxyType({"s": 0x0D00, "l": 0x0F00, "v": 0x0900})
_SHORT_BITS, _LONG_BITS = 0x0500, 0x0100
_NULLABLE_BIT, _KEY_BIT = 0x1000, 0x2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column.

    Attributes:
        name: Such as "Component_"; the underscore says that it names a row elsewhere.
        kind: What a cell holds: text, an integer of 2 or 4 bytes, a stream.
        size: Characters of a text, 0 for any number.
        type_word: The kind as `_Columns` has it.
        category: Which texts are well-formed; "" for numbers.
        limits: Smallest and largest number.
        key_tables: Where the row lies that a cell names.
        key_column: Which column of that table it names, from 1.
        choices: The only values, when there are any.
    """

    name: str
    kind: Kind
    size: int
    is_nullable: bool
    is_key: bool
    type_word: int
    category: str = ""
    limits: tuple[int, int] | None = None
    key_tables: tuple[str, ...] = ()
    key_column: int = 1
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table's name and columns."""

    name: str
    columns: tuple[Column, ...]

    @property
    def keys(self) -> tuple[int, ...]:
        """The numbers of the key's columns, from 0."""
        return tuple(index for index, column in enumerate(self.columns) if column.is_key)

    def key(self, row: Row) -> Row:
        """Return the cells of a row that name it."""
        return tuple(row[index] for index in self.keys)


@cache
def tables() -> MappingProxyType[str, Table]:
    """Return all known tables by name."""
    source = files("millennium_bundler.msi").joinpath("tables.txt").read_text("utf-8")
    return MappingProxyType({table.name: table for table in _parse(source)})


def validation_rows(names: tuple[str, ...]) -> list[Row]:
    """Return the rows of `_Validation` for some tables."""
    rows: list[Row] = []
    for name in names:
        for column in tables()[name].columns:
            low, high = column.limits or (None, None)
            nullable = "Y" if column.is_nullable else "N"
            keys = ";".join(column.key_tables) or None
            number = column.key_column if column.key_tables else None
            choices = ";".join(column.choices) or None
            category = column.category or None
            rows.append(
                (name, column.name, nullable, low, high, keys, number, category, choices, None)
            )
    return rows


def _parse(source: str) -> Iterator[Table]:
    for block in source.split("\n\n"):
        name, *lines = [line for line in block.splitlines() if not line.startswith("#")] or [""]
        if name:
            yield Table(name=name, columns=tuple(_column(line.split()) for line in lines))


def _column(words: list[str]) -> Column:
    name, form, *rest = words
    letter, size = form[0], int(form.rstrip("*")[1:])
    kind = _kind(letter.lower(), size)
    limits, keys, number, choices, category = None, "", 1, "", ""
    for word in rest:
        if ".." in word:
            low, _, high = word.partition("..")
            limits = (int(low), int(high))
        elif word.startswith(">"):
            keys, _, after = word[1:].partition(".")
            number = int(after or 1)
        elif word.startswith("="):
            choices = word[1:]
        elif word != "-":
            category = word
    return Column(
        name=name,
        kind=kind,
        size=size if kind == "text" else 0,
        is_nullable=letter.isupper(),
        is_key=form.endswith("*"),
        type_word=_type_word(form, kind, size),
        category=category,
        limits=limits,
        key_tables=tuple(keys.split(",")) if keys else (),
        key_column=number,
        choices=tuple(choices.split(",")) if choices else (),
    )


def _kind(letter: str, size: int) -> Kind:
    if letter == "i":
        return "short" if size == 2 else "long"  # noqa: PLR2004 - bytes
    return "stream" if letter == "v" else "text"


def _type_word(form: str, kind: Kind, size: int) -> int:
    numbers = {"short": _SHORT_BITS, "long": _LONG_BITS}
    word = (numbers.get(kind) or _TYPE_BITS[form[0].lower()]) | size
    word |= _NULLABLE_BIT if form[0].isupper() else 0
    return word | (_KEY_BIT if form.endswith("*") else 0)
