r"""Fragments: rows of one's own for the tables of an .msi.

1. A file is JSON or TOML: an object of tables, each a list of rows, each an object of cells by column.
2. A cell of a stream (`Binary.Data`, `Icon.Data`) names a file beside the fragment.
3. Rows are checked as ours are, together with ours; a row that ours has already is a fault.

Example: ``{"Registry": [{"Registry": "Beta", "Root": 1, "Key": "Software\\Acme", "Name": "Beta", "Value": "#1",
"Component_": "Settings"}]}``.
"""

from __future__ import annotations

import codecs
import json
import tomllib
from dataclasses import dataclass
from pathlib import Path

from millennium_bundler.errors import FormatError
from millennium_bundler.msi.schema import Row, Table, Value, tables

_MAX_BYTES = 1024 * 1024
_MAX_STREAM_BYTES = 256 * 1024 * 1024
_HELP = "an object of tables, each a list of rows, each an object of cells"
_NO_XML = f"write what it adds as rows, in TOML or JSON: {_HELP}"
_FORBIDDEN = {"_Validation", "Media", "File", "MsiFileHash"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fragment:
    """Rows by table, from one file."""

    name: str
    rows: tuple[tuple[str, Row], ...]


def read_fragment(path: Path) -> Fragment:
    """Read a file of rows.

    Raises:
        FormatError: It is no such file, or names a table or column that is not known.
    """
    value = _parsed(path, _read(path))
    if not isinstance(value, dict):
        raise _refused(path, "is no object of tables")
    found: list[tuple[str, Row]] = []
    for name, rows in value.items():
        if name not in tables() or name in _FORBIDDEN:
            known = ", ".join(sorted(tables().keys() - _FORBIDDEN))
            raise _refused(path, f"names table {name!r}", f"known: {known}")
        if not isinstance(rows, list):
            raise _refused(path, f"has no list of rows in {name}")
        found += [(name, _row(path, tables()[name], row)) for row in rows]
    return Fragment(name=path.name, rows=tuple(found))


def _read(path: Path) -> bytes:
    try:
        data = path.read_bytes()
    except OSError as exc:
        help_line = "correct the path, or leave it out"
        raise _refused(path, f"cannot be read: {exc.strerror}", help_line) from exc
    if len(data) > _MAX_BYTES:
        raise _refused(path, f"is larger than {_MAX_BYTES} bytes")
    return data


def _parsed(path: Path, data: bytes) -> object:
    if data.removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"<"):
        raise _refused(path, "is XML, as of WiX, which nothing compiles here", _NO_XML)
    try:
        text = data.decode()
        return tomllib.loads(text) if path.suffix.lower() == ".toml" else json.loads(text)
    except (ValueError, RecursionError) as exc:
        raise _refused(path, "cannot be read as JSON or TOML") from exc


def _row(path: Path, table: Table, cells: object) -> Row:
    if not isinstance(cells, dict):
        raise _refused(path, f"has a row of {table.name} that is no object")
    names = [column.name for column in table.columns]
    unknown = [name for name in cells if name not in names]
    if unknown:
        message = f"names column {unknown[0]!r} of {table.name}"
        raise _refused(path, message, f"known: {', '.join(names)}")
    found: list[Value] = []
    for column in table.columns:
        cell = cells.get(column.name)
        if cell is not None and type(cell) not in {str, int}:
            raise _refused(path, f"has no text or number in {table.name}.{column.name}")
        if column.kind == "stream" and isinstance(cell, str):
            found.append(_stream(path, cell))
        else:
            found.append(cell)
    return tuple(found)


def _stream(path: Path, name: str) -> bytes:
    try:
        data = (path.parent / name).read_bytes()
    except OSError as exc:
        raise _refused(path, f"names {name}, which cannot be read") from exc
    if len(data) > _MAX_STREAM_BYTES:
        raise _refused(path, f"names {name}, which is too large")
    return data


def _refused(path: Path, what: str, help_line: str = _HELP) -> FormatError:
    message = f"fragment {path.name} {what}"
    return FormatError(message, code="msi.fragment", help=help_line, place=str(path))
