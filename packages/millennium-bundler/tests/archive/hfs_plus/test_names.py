"""Names as HFS Plus spells and orders them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millennium_bundler.archive.hfs_plus.names import (
    decode_name,
    decompose,
    encode_name,
    name_order,
)
from millennium_bundler.errors import FormatError


@pytest.mark.parametrize(
    ("name", "spelled"),
    [
        ("é", "e\u0301"),
        ("한", "\u1112\u1161\u11ab"),
        ("Ǆ", "Ǆ"),
        ("\u212b", "\u212b"),
        ("\uf900", "\uf900"),
        ("plain", "plain"),
    ],
    ids=["accent", "syllable", "compatibility", "angstrom sign", "ideograph", "ascii"],
)
def test_names_are_decomposed_but_for_what_apple_keeps(name: str, spelled: str):
    assert decompose(name) == spelled


def test_a_colon_is_a_slash_on_disk():
    assert encode_name("a:b") == "a/b".encode("utf-16-be")
    assert decode_name(encode_name("a:b")) == "a:b"


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("README", "readme"),
        ("Straße", "STRAßE"),
        ("ΑΒΓ", "αβγ"),
        ("ДОМ", "дом"),
        ("a\u200db", "ab"),
        ("\uff21", "\uff41"),
    ],
    ids=["latin", "sharp s", "greek", "cyrillic", "joiner", "wide"],
)
def test_case_and_joiners_count_for_nothing(left: str, right: str):
    assert name_order(encode_name(left)) == name_order(encode_name(right))


@pytest.mark.parametrize(
    ("first", "second"),
    [("a", "B"), ("A", "b"), ("a", "ab"), ("_", "Z"), ("ab", "\0")],
    ids=[
        "lower before upper",
        "upper before lower",
        "shorter",
        "underscore before letters",
        "nul last",
    ],
)
def test_names_are_ordered_without_regard_to_case(first: str, second: str):
    assert name_order(encode_name(first)) < name_order(encode_name(second))


def test_a_nul_is_the_last_of_all_letters():
    assert name_order(b"\0\0") == (0xFFFF,)


@given(st.text(min_size=1, max_size=60).filter(lambda name: "/" not in name))
def test_what_was_encoded_is_decoded(name: str):
    assert decode_name(encode_name(name)) == decompose(name)


@pytest.mark.parametrize(
    ("name", "words"),
    [("", "0 characters"), ("x" * 256, "256 characters"), ("\ud800", "not Unicode")],
    ids=["empty", "long", "half a letter"],
)
def test_a_name_that_cannot_be_written_is_refused(name: str, words: str):
    with pytest.raises(FormatError, match=words) as caught:
        encode_name(name)
    assert caught.value.code == "macos.name"


def test_a_name_of_the_greatest_length_is_taken():
    assert len(encode_name("x" * 255)) == 510
