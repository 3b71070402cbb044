"""Rows as they are gathered."""

from __future__ import annotations

import pytest

from millennium_bundler.msi.rows import Rows


def test_cells_stand_in_the_order_of_columns():
    rows = Rows()
    rows.add("Media", Cabinet="#a.cab", DiskId=1, LastSequence=2)
    assert rows.tables() == {"Media": ((1, 2, None, "#a.cab", None, None),)}


def test_an_empty_text_is_null():
    rows = Rows()
    rows.add_row("Property", ("A", ""))
    assert rows.tables() == {"Property": (("A", None),)}


@pytest.mark.parametrize("cells", [{"Nothing": 1}, {"DiskId": 1, "Cab": "x"}], ids=repr)
def test_an_unknown_column_is_refused(cells: dict[str, int]):
    with pytest.raises(KeyError, match=r"Media\."):
        Rows().add("Media", **cells)


def test_an_unknown_table_is_refused():
    with pytest.raises(KeyError):
        Rows().add("Nothing", A=1)
