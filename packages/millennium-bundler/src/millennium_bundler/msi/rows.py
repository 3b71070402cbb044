"""Rows as they are gathered: cells by name, in the order of the table's columns."""

from __future__ import annotations

from millennium_bundler.msi.schema import Row, Value, tables


class Rows:
    """The tables of one package while it is being made."""

    def __init__(self) -> None:
        self._found: dict[str, list[Row]] = {}

    def add(self, table: str, **cells: Value) -> None:
        """Add a row; cells that are not named are null.

        Raises:
            KeyError: The table, or a cell's column, is not known.
        """
        names = [column.name for column in tables()[table].columns]
        unknown = cells.keys() - set(names)
        if unknown:
            raise KeyError(f"{table}.{min(unknown)}")
        self.add_row(table, tuple(cells.get(name) for name in names))

    def add_row(self, table: str, row: Row) -> None:
        """Add a row whose cells are in the order of the columns; an empty text is null."""
        cells = tuple(None if cell == "" else cell for cell in row)
        self._found.setdefault(table, []).append(cells)

    def tables(self) -> dict[str, tuple[Row, ...]]:
        """Return all tables that have rows."""
        return {name: tuple(rows) for name, rows in self._found.items()}
