"""Names of tables and streams."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millennium_bundler.msi.stream_names import packed_name, plain_name


@pytest.mark.parametrize(
    ("name", "packed"),
    [
        ("_Tables", "\u4840\u3f7f\u4164\u422f\u4836"),
        ("_StringPool", "\u4840\u3f3f\u4577\u446c\u3e6a\u44b2\u482f"),
    ],
)
def test_known_names_are_packed_as_windows_does(name: str, packed: str):
    assert packed_name(name, is_table=True) == packed


@given(st.text(max_size=40), st.booleans())
def test_a_packed_name_is_read(name: str, is_table: bool):
    known = "".join(letter for letter in name if not 0x3800 <= ord(letter) <= 0x4840)
    assert plain_name(packed_name(known, is_table=is_table)) == (known, is_table)


def test_two_letters_take_one_place():
    assert len(packed_name("Binary.Setup")) == 6
