"""What every row must keep."""

from __future__ import annotations

import pytest

from millennium_bundler.msi.checks import check_rows
from millennium_bundler.msi.schema import Row

FOLDER = ("TARGETDIR", None, "SourceDir")
COMPONENT = ("C", "{A32891DD-4065-5A06-A7C8-841FCB4784CD}", "TARGETDIR", 0, None, None)


def faults(**found: list[Row]) -> list[str]:
    return [str(problem) for problem in check_rows(found, code_page=1252)]


def component(**cells: str | int | bytes | None) -> Row:
    names = ("Component", "ComponentId", "Directory_", "Attributes", "Condition", "KeyPath")
    return tuple({**dict(zip(names, COMPONENT, strict=True)), **cells}.values())


def test_good_rows_have_no_faults():
    assert faults(Directory=[FOLDER], Component=[COMPONENT]) == []


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"Component": None}, "Component is missing"),
        ({"Component": ""}, "Component is missing"),
        ({"Component": "9"}, "no Identifier"),
        ({"Component": "x" * 73}, "73 characters long, of 72"),
        ({"ComponentId": "{a}"}, "no Guid"),
        ({"Attributes": 32768}, "32768, not from -32767 to 32767"),
        ({"Attributes": -32768}, "-32768, not from -32767 to 32767"),
        ({"Attributes": "1"}, "cannot hold '1'"),
        ({"Condition": b"x"}, "cannot hold b'x'"),
        ({"Condition": "日"}, "code page 1252"),
        ({"Directory_": "ELSEWHERE"}, "'ELSEWHERE', which Directory lacks"),
        ({"KeyPath": "F"}, "'F', which File or Registry or ODBCDataSource lacks"),
    ],
    ids=[
        *("null", "empty", "letters", "length", "guid", "above", "below", "kind", "stream"),
        *("code page", "folder", "key"),
    ],
)
def test_a_cell_that_breaks_its_column_is_a_fault(
    cells: dict[str, str | int | bytes | None], words: str
):
    [fault] = faults(Directory=[FOLDER], Component=[component(**cells)])
    assert words in fault
    assert fault.endswith("(ICE03)")


def test_a_row_of_too_few_cells_is_a_fault():
    [fault] = faults(Directory=[FOLDER[:2]])
    assert "2 cells, not 3" in fault


def test_two_rows_of_one_key_are_a_fault():
    [fault] = faults(Directory=[FOLDER, FOLDER])
    assert fault == "Directory TARGETDIR: there is another row of this key (ICE03)"


@pytest.mark.parametrize(
    ("action", "count"), [("Disable", 0), ("Explode", 1)], ids=["known", "unknown"]
)
def test_a_text_is_one_of_its_choices(action: str, count: int):
    rows: list[Row] = [("D", "C", action, "1")]
    found = faults(
        ControlCondition=rows,
        Dialog=[("D", 50, 50, 10, 10, 3, None, "C", None, None)],
        Control=[("D", "C", "Text", 0, 0, 1, 1, 3, None, None, None, None)],
    )
    assert len(found) == count


@pytest.mark.parametrize(("mode", "count"), [(2, 0), (4, 1)], ids=["known", "unknown"])
def test_a_number_is_one_of_its_choices(mode: int, count: int):
    found = faults(
        Directory=[FOLDER],
        Component=[COMPONENT],
        RemoveFile=[("R", "C", None, "TARGETDIR", mode)],
    )
    assert len(found) == count


def test_a_stream_holds_bytes():
    assert faults(Binary=[("A", b"1")]) == []
    assert len(faults(Binary=[("A", "text")])) == 1


def test_numbers_without_limits_have_those_of_their_width():
    hashes = ("F", 0, -(2**31), 2**31 - 1, 0, 2**31)
    found = faults(MsiFileHash=[hashes])
    assert [fault for fault in found if "HashPart" in fault] == [
        "MsiFileHash F: HashPart4 is 2147483648, not from -2147483648 to 2147483647 (ICE03)"
    ]
