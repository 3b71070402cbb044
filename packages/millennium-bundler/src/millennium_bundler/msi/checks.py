"""What every row of an .msi must keep, as its table's columns say it.

1. A row has as many cells as its table columns, and a cell that must not be null is not.
2. A text is of its column's category and no longer than the column; a number is within its limits.
3. A value is one of the column's choices, where it has any.
4. No two rows of a table have one key.
5. A cell that names a row elsewhere names one that is there.

These are the validations of Windows' own ICE03 and ICE06; `msi.rules` has those that know what the tables
mean.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from millennium_bundler.msi.categories import is_well_formed
from millennium_bundler.msi.schema import VALIDATION, Column, Row, Table, Value, tables
from millennium_bundler.msi.string_pool import can_encode

Tables = Mapping[str, Sequence[Row]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One broken rule.

    Attributes:
        rule: Its short name, an ICE's where Windows has one ("ICE03").
        table: Where.
        key: Which row; may be empty.
        message: What is wrong.
    """

    rule: str
    table: str
    key: str
    message: str

    def __str__(self) -> str:
        """Return it as one line."""
        place = f"{self.table} {self.key}".strip()
        return f"{place}: {self.message} ({self.rule})"


def check_rows(found: Tables, *, code_page: int) -> Iterator[Problem]:
    """Yield every row's faults."""
    for name, rows in found.items():
        table = tables()[name]
        yield from _check_keys(table, rows)
        # What says the rules does not keep them: its KeyTable is several identifiers.
        for row in rows if name != VALIDATION else ():
            yield from _check_row(table, row, code_page)
    whole = {
        name: [row for row in rows if len(row) == len(tables()[name].columns)]
        for name, rows in found.items()
    }
    yield from _check_references(whole)


def _check_keys(table: Table, rows: Sequence[Row]) -> Iterator[Problem]:
    seen: set[Row] = set()
    for row in rows:
        key = table.key(row)
        if key in seen:
            yield _problem("ICE03", table, row, "there is another row of this key")
        seen.add(key)


def _check_row(table: Table, row: Row, code_page: int) -> Iterator[Problem]:
    if len(row) != len(table.columns):
        message = f"it has {len(row)} cells, not {len(table.columns)}"
        yield _problem("ICE03", table, row, message)
        return
    for column, cell in zip(table.columns, row, strict=True):
        fault = _fault(column, cell)
        if isinstance(cell, str) and not fault and not can_encode(cell, code_page):
            fault = f"has letters that code page {code_page} lacks"
        if fault:
            yield _problem("ICE03", table, row, f"{column.name} {fault}")


def _fault(column: Column, cell: Value) -> str:
    if cell is None or cell == "":
        return "" if column.is_nullable else "is missing"
    match column.kind, cell:
        case "text", str():
            return _text_fault(column, cell)
        case (("short" | "long"), int()):
            return _number_fault(column, cell)
        case "stream", bytes():
            return ""
        case _:
            return f"cannot hold {cell!r:.40}"


def _text_fault(column: Column, cell: str) -> str:
    if column.size and len(cell) > column.size:
        return f"is {len(cell)} characters long, of {column.size}"
    if column.category and not is_well_formed(cell, column.category):
        return f"is {cell!r:.60}, no {column.category}"
    if column.choices and cell not in column.choices:
        return f"is {cell!r:.60}, none of {', '.join(column.choices)}"
    return ""


def _number_fault(column: Column, cell: int) -> str:
    bound = 0x7FFF if column.kind == "short" else 0x7FFF_FFFF
    low, high = column.limits or (-bound - (column.kind == "long"), bound)
    if not low <= cell <= high:
        return f"is {cell}, not from {low} to {high}"
    if column.choices and str(cell) not in column.choices:
        return f"is {cell}, none of {', '.join(column.choices)}"
    return ""


def _check_references(found: Tables) -> Iterator[Problem]:
    named = {
        (name, number): {row[number - 1] for row in rows}
        for name, rows in found.items()
        for number in range(1, len(tables()[name].columns) + 1)
    }
    for name, rows in found.items():
        table = tables()[name]
        for index, column in enumerate(table.columns):
            if not column.key_tables or column.category == "Version":
                continue
            known: set[Value] = set()
            for other in column.key_tables:
                known |= named.get((other, column.key_column), set())
            for row in rows:
                if row[index] is not None and row[index] not in known:
                    names = " or ".join(column.key_tables)
                    message = f"{column.name} names {row[index]!r}, which {names} lacks"
                    yield _problem("ICE03", table, row, message)


def _problem(rule: str, table: Table, row: Row, message: str) -> Problem:
    key = "/".join(str(row[index]) for index in table.keys if index < len(row))
    return Problem(rule=rule, table=table.name, key=key, message=message)
