"""NSIS's dialect of bzip2: streams made of those of libbz2, and what is no stream."""

from __future__ import annotations

import bz2
import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from millennium_bundler.nsis.bzip2 import unpack_bzip2

LIMIT = 10_000_000
_BLOCK, _END = 0x314159265359, 0x177245385090


def of_nsis(*parts: bytes) -> bytes:
    """Return a stream as NSIS writes it, a block for each part."""
    own = "".join(map(block, parts)) + f"{0x17:08b}"
    own = own.ljust(-(-len(own) // 8) * 8, "0")
    return int(own, 2).to_bytes(len(own) // 8, "big")


def block(data: bytes) -> str:
    """Return the bits of one block: libbz2's, without marks, sums and the bit for randomising."""
    packed = bz2.compress(data, 9)[len(b"BZh9") :]
    bits = f"{int.from_bytes(packed, 'big'):0{8 * len(packed)}b}"
    assert int(bits[:48], 2) == _BLOCK
    end = bits.rindex(f"{_END:048b}")
    return f"{0x31:08b}{bits[48 + 32 + 1 : end]}"


@settings(max_examples=60, deadline=None)
@given(st.binary(min_size=1, max_size=600) | st.text("ab", min_size=1).map(str.encode))
def test_what_libbz2_packs_is_unpacked(data: bytes):
    assert unpack_bzip2(of_nsis(data), LIMIT) == data


@pytest.mark.parametrize("count", [1, 3, 4, 5, 258, 259, 260, 100_000])
def test_runs_of_any_length_are_unpacked(count: int):
    data = b"x" + b"\xff" * count + b"y"
    assert unpack_bzip2(of_nsis(data), LIMIT) == data


def test_more_than_the_limit_is_refused():
    packed = of_nsis(b"x" * 1000)
    assert len(unpack_bzip2(packed, 1000)) == 1000
    with pytest.raises(ValueError, match="1000"):
        unpack_bzip2(packed, 999)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 255))
def test_a_changed_byte_ends_in_another_text_or_a_refusal(at: int, change: int):
    data = bytes(range(256)) * 3
    packed = bytearray(of_nsis(data))
    packed[at % len(packed)] ^= change
    try:
        found = unpack_bzip2(bytes(packed), LIMIT)
    except ValueError:
        return
    assert len(found) <= LIMIT


@pytest.mark.parametrize(
    "packed",
    [
        b"",
        b"\x17"[:0] + b"\x32",
        b"\x31" + bytes(60),
        of_nsis(b"hello")[:-4],
        b"\x31\0\0\x05" + of_nsis(b"hello")[4:],
        b"\x31" + b"\xff" * 60,
    ],
    ids=["nothing", "no mark", "no byte occurs", "cut short", "begins behind its end", "ones"],
)
def test_what_is_no_stream_is_refused(packed: bytes):
    with pytest.raises(ValueError):  # noqa: PT011 - any number that was wrong
        unpack_bzip2(packed, LIMIT)


def test_an_end_alone_is_nothing():
    assert unpack_bzip2(b"\x17", LIMIT) == b""


def test_a_block_follows_on_a_full_one_alone():
    full = hashlib.shake_256(b"Ada").digest(899_981)
    assert unpack_bzip2(of_nsis(full, b"and more"), LIMIT) == full + b"and more"
    with pytest.raises(ValueError, match="5"):  # each block takes time, however short it is
        unpack_bzip2(of_nsis(b"short", b"and more"), LIMIT)
