"""A database as bytes."""

from __future__ import annotations

import dataclasses

import pytest

from millennium_bundler.archive.compound_file import (
    CompoundFile,
    read_compound_file,
    write_compound_file,
)
from millennium_bundler.errors import FormatError, PackageError
from millennium_bundler.msi.database import Database, read_database, write_database
from millennium_bundler.msi.stream_names import packed_name
from millennium_bundler.msi.summary import Summary

SUMMARY = Summary(
    subject="Probe",
    author="Ada",
    comments="",
    template="x64;1033",
    package_code="{A32891DD-4065-5A06-A7C8-841FCB4784CD}",
    schema=450,
    flags=2,
    date=1_735_689_600,
    code_page=1252,
)
DATABASE = Database(
    tables={
        "Property": (("ProductName", "Größe"), ("A", "x" * 70_000), ("Manufacturer", "Ada")),
        "Media": ((1, 3, None, "#app.cab", None, None),),
        "Upgrade": (
            ("{A}", "0.0.0", None, None, 0x300, None, "OLD"),
            ("{A}", "1.0.0", None, None, 2, None, "NEW"),
        ),
        "Registry": (("R", -1, "Software", None, None, "C"),),
        "Binary": (("Picture", b"BM" * 3000), ("Setup", b"MZ")),
    },
    summary=SUMMARY,
    streams={"app.cab": b"MSCF" * 2000},
)
GOOD = write_database(DATABASE)


def changed(**streams: bytes | None) -> bytes:
    """Return the file with other streams; names are those of tables."""
    file = read_compound_file(GOOD)
    found = dict(file.streams)
    for name, data in streams.items():
        packed = packed_name(name, is_table=True)
        found.pop(packed, None)
        found |= {packed: data} if data is not None else {}
    return write_compound_file(CompoundFile(class_id=file.class_id, streams=found))


def stream(name: str) -> bytes:
    return read_compound_file(GOOD).streams[packed_name(name, is_table=True)]


def test_what_was_written_is_read():
    assert read_database(GOOD).content() == DATABASE.content()


def test_the_order_of_rows_does_not_matter():
    turned = {name: tuple(reversed(rows)) for name, rows in DATABASE.tables.items()}
    assert dataclasses.replace(DATABASE, tables=turned).content() == DATABASE.content()


def test_the_same_database_gives_the_same_bytes():
    assert write_database(DATABASE) == GOOD


def test_many_texts_make_wider_cells():
    rows = tuple((f"P{number}", f"v{number}") for number in range(33_000))
    large = dataclasses.replace(DATABASE, tables={"Property": rows}, streams={})
    assert read_database(write_database(large)).content() == large.content()


def test_a_signature_is_no_part_of_it():
    file = read_compound_file(GOOD)
    streams = {**file.streams, "\x05DigitalSignature": b"signed"}
    data = write_compound_file(CompoundFile(class_id=file.class_id, streams=streams))
    assert read_database(data).content() == DATABASE.content()


@pytest.mark.parametrize(
    ("row", "words"),
    [(("A", 1), "cannot hold 1"), (("A", b"x"), "cannot hold b'x'")],
    ids=["number", "stream"],
)
def test_a_cell_of_another_kind_is_refused(row: tuple[str | int | bytes | None, ...], words: str):
    with pytest.raises(FormatError, match=words):
        write_database(dataclasses.replace(DATABASE, tables={"Property": (row,)}))


def test_two_rows_of_one_key_are_refused():
    rows = (("A", "1"), ("B", "2"), ("A", "3"))
    with pytest.raises(FormatError, match=r"two rows \('A',\)"):
        write_database(dataclasses.replace(DATABASE, tables={"Property": rows}))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (write_compound_file(CompoundFile()), "no installer"),
        (changed(_StringPool=None), "cannot be read"),
        (changed(Property=None), "cannot be read"),
        (changed(Property=stream("Property")[:-1]), "cut short"),
        (changed(Property=stream("Property")[2:6] + stream("Property")[:2] * 4), "not sorted"),
        (changed(Error=b""), "Error is not listed"),
        (changed(_Columns=stream("_Columns")[:-2] + b"\0\0"), "not those of its tables"),
        (changed(_Tables=b"\1\0"), "Picture is not known"),
    ],
    ids=["class", "no texts", "no table", "cut", "unsorted", "stranger", "columns", "unknown"],
)
def test_damage_is_refused(data: bytes, words: str):
    with pytest.raises(PackageError, match=words) as caught:
        read_database(data)
    assert caught.value.code == "package.corrupt"
