"""A Windows Installer database as a value, and its bytes.

1. `_Tables` and `_Columns` list what is there; a table's stream holds its cells column by column, rows in
   the order of their keys' stored form, so that msi.dll finds them.
2. A text is its number in the pool, an integer is shifted by half its range so that 0 is null, a stream is
   a stream of its own that is named after the row.
3. Reading is strict: tables and columns must be those of `schema`, and every stream must be accounted for,
   signatures apart.
"""

from __future__ import annotations

import struct
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from millennium_bundler.archive.compound_file import (
    CompoundFile,
    read_compound_file,
    write_compound_file,
)
from millennium_bundler.errors import FormatError, PackageError
from millennium_bundler.msi import summary as summary_stream
from millennium_bundler.msi.schema import Column, Row, Table, Value, tables
from millennium_bundler.msi.stream_names import packed_name, plain_name
from millennium_bundler.msi.string_pool import StringPool, read_strings
from millennium_bundler.msi.summary import Summary, read_summary, write_summary

_CLASS = uuid.UUID("000C1084-0000-0000-C000-000000000046").bytes_le
_POOL, _DATA, _TABLES, _COLUMNS = "_StringPool", "_StringData", "_Tables", "_Columns"
_SIGNATURES = {"\x05DigitalSignature", "\x05MsiDigitalSignatureEx"}
_SHORT_BIAS, _LONG_BIAS = 0x8000, 0x8000_0000


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """What an .msi holds.

    Attributes:
        tables: Rows by table; a table without rows is left out.
        summary: What Windows reads first.
        streams: Cabinets by name.
        code_page: Of all texts in tables.
    """

    tables: Mapping[str, Sequence[Row]]
    summary: Summary
    streams: Mapping[str, bytes] = field(default_factory=dict)
    code_page: int = 1252

    def content(self) -> tuple[object, ...]:
        """Return what two equal packages have in common, whatever the order of their rows."""
        rows = {name: sorted(rows, key=repr) for name, rows in self.tables.items() if rows}
        return rows, self.summary, dict(self.streams), self.code_page


def write_database(database: Database) -> bytes:
    """Return the .msi; the same database gives the same bytes.

    Raises:
        FormatError: Two rows have one key, a text has letters that the code page lacks, or it all is too
            large.
    """
    pool = StringPool(database.code_page)
    names = sorted(name for name, rows in database.tables.items() if rows)
    streams = {packed_name(name): data for name, data in database.streams.items()}
    stored = {name: _stored(tables()[name], database.tables[name], pool, streams) for name in names}
    listed = sorted(pool.add(name) for name in names)
    columns = sorted(
        (
            pool.add(name),
            number | _SHORT_BIAS,
            pool.add(column.name),
            column.type_word ^ _SHORT_BIAS,
        )
        for name in names
        for number, column in enumerate(tables()[name].columns, 1)
    )
    for name in names:
        widths = [_width(column, pool.width) for column in tables()[name].columns]
        streams[packed_name(name, is_table=True)] = _by_column(stored[name], widths)
    text = pool.width
    streams[packed_name(_TABLES, is_table=True)] = _by_column([(n,) for n in listed], [text])
    streams[packed_name(_COLUMNS, is_table=True)] = _by_column(columns, [text, 2, text, 2])
    texts = pool.to_bytes()
    streams[packed_name(_POOL, is_table=True)], streams[packed_name(_DATA, is_table=True)] = texts
    streams[summary_stream.STREAM] = write_summary(database.summary)
    return write_compound_file(CompoundFile(class_id=_CLASS, streams=streams))


def read_database(data: bytes) -> Database:
    """Read an .msi, signed or not.

    Raises:
        PackageError: It is damaged, or holds what this version does not know.
    """
    file = read_compound_file(data)
    if file.class_id != _CLASS:
        raise _corrupt("it is no installer")
    try:
        return _Reader(file.streams).read()
    except (struct.error, KeyError, IndexError, ValueError) as exc:
        raise _corrupt("a table cannot be read") from exc


def _stored(
    table: Table, rows: Sequence[Row], pool: StringPool, streams: dict[str, bytes]
) -> list[tuple[int, ...]]:
    found = []
    for row in rows:
        for column, cell in zip(table.columns, row, strict=True):
            if isinstance(cell, bytes) and column.kind == "stream":
                name = ".".join([table.name, *(str(key) for key in table.key(row))])
                streams[packed_name(name)] = cell
        found.append(tuple(map(_number, table.columns, row, [pool] * len(row))))
    keys = [tuple(row[index] for index in table.keys) for row in found]
    if len(set(keys)) != len(keys):
        twice = next(row for row, key in zip(rows, keys, strict=True) if keys.count(key) > 1)
        message = f"{table.name} has two rows {table.key(twice)}"
        raise FormatError(message, code="msi.row", help="give one of them another name")
    return [row for _, row in sorted(zip(keys, found, strict=True))]


def _number(column: Column, cell: Value, pool: StringPool) -> int:
    match cell:
        case None:
            return 0
        case str() if column.kind == "text":
            return pool.add(cell)
        case bytes() if column.kind == "stream":
            return 1
        case int() if column.kind == "short":
            return (cell + _SHORT_BIAS) & 0xFFFF
        case int() if column.kind == "long":
            return (cell + _LONG_BIAS) & 0xFFFF_FFFF
        case _:
            message = f"{column.name} cannot hold {cell!r:.60}"
            raise FormatError(message, code="msi.row", help="correct the row")


def _width(column: Column, text: int) -> int:
    return {"text": text, "short": 2, "long": 4, "stream": 2}[column.kind]


def _by_column(rows: Sequence[tuple[int, ...]], widths: list[int]) -> bytes:
    return b"".join(
        row[index].to_bytes(width, "little") for index, width in enumerate(widths) for row in rows
    )


class _Reader:
    """Streams of one file, and those not yet read."""

    def __init__(self, streams: Mapping[str, bytes]) -> None:
        self._tables: dict[str, bytes] = {}
        self._others: dict[str, bytes] = {}
        for packed, data in streams.items():
            name, is_table = plain_name(packed)
            (self._tables if is_table else self._others)[name] = data
        pool = self._tables.pop(_POOL), self._tables.pop(_DATA)
        self._texts, self._code_page, self._text_width = read_strings(*pool)

    def read(self) -> Database:
        names = [self._texts[n] for (n,) in self._split(self._tables.pop(_TABLES), (0,))]
        self._check_columns(names)
        found = {name: self._rows(tables()[name], self._tables.pop(name)) for name in names}
        summary = read_summary(self._others.pop(summary_stream.STREAM))
        if self._tables:
            raise _corrupt(f"table {min(self._tables)} is not listed")
        streams = {k: v for k, v in self._others.items() if k not in _SIGNATURES}
        return Database(tables=found, summary=summary, streams=streams, code_page=self._code_page)

    def _check_columns(self, names: list[str]) -> None:
        unknown = [name for name in names if name not in tables()]
        if unknown:
            raise _corrupt(f"table {unknown[0]} is not known")
        listed = [
            (self._texts[table], number ^ _SHORT_BIAS, self._texts[name], word ^ _SHORT_BIAS)
            for table, number, name, word in self._split(self._tables.pop(_COLUMNS), (0, 2, 0, 2))
        ]
        wanted = [
            (name, number, column.name, column.type_word)
            for name in names
            for number, column in enumerate(tables()[name].columns, 1)
        ]
        if sorted(listed) != sorted(wanted):
            raise _corrupt("its columns are not those of its tables")

    def _split(self, data: bytes, widths: tuple[int, ...]) -> list[tuple[int, ...]]:
        """Return rows of numbers; a width of 0 is that of a text."""
        real = [width or self._text_width for width in widths]
        count, rest = divmod(len(data), sum(real))
        if rest:
            raise _corrupt("a table is cut short")
        columns = []
        at = 0
        for width in real:
            cells = range(at, at + count * width, width)
            columns.append([int.from_bytes(data[cell : cell + width], "little") for cell in cells])
            at += count * width
        return list(zip(*columns, strict=True))

    def _rows(self, table: Table, data: bytes) -> tuple[Row, ...]:
        widths = tuple(_width(column, 0) for column in table.columns)
        numbers = self._split(data, widths)
        keys = [tuple(row[index] for index in table.keys) for row in numbers]
        if any(a >= b for a, b in pairwise(keys)):
            raise _corrupt(f"the rows of {table.name} are not sorted")
        return tuple(self._row(table, row) for row in numbers)

    def _row(self, table: Table, numbers: tuple[int, ...]) -> Row:
        cells: list[Value] = []
        for column, number in zip(table.columns, numbers, strict=True):
            if number == 0:
                cells.append(None)
            elif column.kind == "text":
                cells.append(self._texts[number])
            elif column.kind == "stream":
                name = ".".join([table.name, *(str(cells[index]) for index in table.keys)])
                cells.append(self._others.pop(name))
            else:
                cells.append(number - (_SHORT_BIAS if column.kind == "short" else _LONG_BIAS))
        return tuple(cells)


def _corrupt(what: str) -> PackageError:
    return PackageError(f"the package is corrupt: {what}", code="package.corrupt")
