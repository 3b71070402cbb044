"""RPM's header structure."""

from __future__ import annotations

import struct
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millennium_bundler.archive.rpm_header import (
    MAIN_REGION,
    SIGNATURE_REGION,
    Blob,
    Int16,
    Int32,
    Text,
    Texts,
    Value,
    numbers,
    read_header,
    write_header,
)
from millennium_bundler.errors import PackageError

VALUES: dict[int, Value] = {
    1000: Text("hello"),
    1004: Text("a greeting", is_translated=True),
    1030: Int16((1, 2, 3)),
    1009: numbers(7),
    1035: Texts(("", "ä", "b")),
    1008: Blob(b"\0\1"),
}
GOOD = write_header(VALUES, region=MAIN_REGION)


def test_what_was_written_is_read():
    assert read_header(b"....." + GOOD, 5, region=MAIN_REGION) == (VALUES, len(GOOD) + 5)


def test_numbers_are_aligned():
    entry = 16 + 16 * sorted([*VALUES, 0]).index(1030)
    tag, kind, offset, count = struct.unpack_from(">IIiI", GOOD, entry)
    assert (tag, kind, offset % 2, count) == (1030, 3, 0, 3)


def changed(at: int, form: str, *values: int) -> bytes:
    data = bytearray(GOOD)
    struct.pack_into(form, data, at, *values)
    return bytes(data)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0" + GOOD[1:],
        changed(8, ">I", 0),
        changed(8, ">I", 70_000),
        changed(12, ">I", 1 << 30),
        changed(16, ">I", 1),
        changed(24, ">i", -1),
        changed(32, ">I", 1004),
        changed(36, ">I", 5),
        changed(40, ">i", 1 << 20),
        changed(40, ">i", -2),
        changed(44, ">I", 0),
        changed(60, ">I", 4000),
        GOOD[:-1],
        write_header(VALUES, region=SIGNATURE_REGION),
    ],
    ids=[
        "empty", "another magic", "no entry", "too many entries", "too large a store",
        "another region", "a region outside", "a tag twice", "an unknown type", "a value outside",
        "a value before", "no value", "more values than fit", "cut short", "the other header",
    ],
)  # fmt: skip
def test_what_breaks_a_rule_is_refused(data: bytes):
    with pytest.raises(PackageError) as caught:
        read_header(data, 0, region=MAIN_REGION)
    assert caught.value.code == "package.corrupt"


@given(st.integers(0, len(GOOD) - 1), st.binary(min_size=1, max_size=8))
def test_no_input_ends_in_anything_else(at: int, data: bytes):
    with suppress(PackageError):
        read_header(GOOD[:at] + data + GOOD[at + len(data) :], 0, region=MAIN_REGION)


@given(
    st.dictionaries(
        st.integers(1, 6000),
        st.one_of(
            st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=9).map(
                lambda found: Int32(tuple(found))
            ),
            st.lists(
                st.text(st.characters(blacklist_characters="\0", blacklist_categories=["Cs"])),
                min_size=1,
                max_size=5,
            ).map(lambda found: Texts(tuple(found))),
            st.binary(min_size=1).map(Blob),
        ),
        min_size=1,
    )
)
def test_all_values_come_back(values: dict[int, Value]):
    found, end = read_header(write_header(values, region=MAIN_REGION), 0, region=MAIN_REGION)
    assert found == values
    assert end > 0
