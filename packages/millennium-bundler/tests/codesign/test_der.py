"""DER: written as the standard says, walked without going astray."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millennium_bundler.codesign.der import children, integer, oid, set_of, tlv, walk


@pytest.mark.parametrize(
    ("value", "wanted"),
    [(0, "020100"), (127, "02017f"), (128, "02020080"), (256, "02020100"), (-1, "0201ff")],
)
def test_integers_are_as_short_as_they_can_be(value: int, wanted: str):
    assert integer(value).hex() == wanted


def test_object_identifiers_are_packed():
    assert oid("1.2.840.113549.1.7.2").hex() == "06092a864886f70d010702"


@pytest.mark.parametrize(
    ("size", "head"), [(0, "0400"), (127, "047f"), (128, "048180"), (256, "04820100")]
)
def test_lengths_are_as_short_as_they_can_be(size: int, head: str):
    assert tlv(4, bytes(size)).hex().startswith(head)


def test_a_set_is_sorted():
    assert set_of(b"\x02\x01\x02", b"\x02\x01\x01") == b"\x31\x06\x02\x01\x01\x02\x01\x02"


@given(st.lists(st.binary(max_size=300), max_size=5))
def test_what_was_written_is_walked(values: list[bytes]):
    whole = tlv(0x30, *(tlv(4, value) for value in values))
    assert [body for _, body, _ in children(whole)] == values


@pytest.mark.parametrize("data", [b"\x04", b"\x04\x05a", b"\x04\x84\xff\xff\xff\xffa"])
def test_what_goes_beyond_the_end_is_refused(data: bytes):
    with pytest.raises(ValueError, match="cut off"):
        list(walk(data))
