"""The tables that are known."""

from __future__ import annotations

import pytest

from millennium_bundler.msi.schema import tables, validation_rows


@pytest.mark.parametrize(
    ("table", "column", "word"),
    [
        ("Component", "Component", 0x2D48),
        ("Component", "ComponentId", 0x1D26),
        ("Directory", "DefaultDir", 0x0FFF),
        ("File", "FileSize", 0x0104),
        ("File", "Attributes", 0x1502),
        ("Binary", "Data", 0x0900),
        ("Upgrade", "Attributes", 0x2104),
        ("Control", "Text", 0x1F00),
    ],
)
def test_types_are_written_as_wix_writes_them(table: str, column: str, word: int):
    [found] = [one for one in tables()[table].columns if one.name == column]
    assert found.type_word == word


def test_each_table_has_a_key_first():
    assert [name for name, table in tables().items() if table.keys[:1] != (0,)] == []


def test_what_a_column_names_is_there():
    named = {
        (key, column.key_column)
        for table in tables().values()
        for column in table.columns
        for key in column.key_tables
    }
    missing = [(key, number) for key, number in named if number > len(tables()[key].columns)]
    assert missing == []


def test_columns_say_what_they_take():
    rows = {row[1]: row[2:] for row in validation_rows(("Component",))}
    assert rows["KeyPath"] == (
        "Y",
        None,
        None,
        "File;Registry;ODBCDataSource",
        1,
        "Identifier",
        None,
        None,
    )
    assert rows["Attributes"] == ("N", None, None, None, None, None, None, None)
