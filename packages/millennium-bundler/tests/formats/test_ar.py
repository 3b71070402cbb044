"""The ar archive."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millennium_bundler.errors import PackageError
from millennium_bundler.formats.ar import Member, read_ar, write_ar

NAMES = st.text("abcdefghijkl.-", min_size=1, max_size=15)


@given(st.lists(st.tuples(NAMES, st.binary(max_size=50)), max_size=5))
def test_what_was_written_is_read(members: list[tuple[str, bytes]]):
    given_members = [Member(name=name, data=data) for name, data in members]
    assert read_ar(write_ar(given_members, date=1)) == given_members


def test_names_of_the_system_v_form_are_read():
    data = write_ar([Member(name="a/", data=b"")], date=1)
    assert read_ar(data)[0].name == "a"


GOOD = write_ar([Member(name="a", data=b"1234")], date=1)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"PK", "does not start"),
        (GOOD[:30], "header at byte 8"),
        (GOOD.replace(b"`\n", b"xx"), "header at byte 8"),
        (GOOD.replace(b"4         `", b"4x        `"), "header at byte 8"),
        (GOOD[:-1], "cut short"),
    ],
    ids=["other file", "torn header", "no end mark", "no number", "torn body"],
)
def test_damage_is_refused(data: bytes, words: str):
    with pytest.raises(PackageError, match=words):
        read_ar(data)
