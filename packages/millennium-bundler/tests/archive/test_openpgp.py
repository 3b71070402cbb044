"""Which algorithm a signature is of."""

from __future__ import annotations

import pytest

from millennium_bundler.archive.openpgp import signature_algorithm
from millennium_bundler.errors import SignError


@pytest.mark.parametrize(
    ("packet", "algorithm"),
    [
        (b"\x88\x04\x04\x00\x16\x08", 22),
        (b"\x89\x00\x04\x04\x00\x01\x08", 1),
        (b"\xc2\x04\x04\x00\x11\x08", 17),
        (b"\xc2\xc0\x04\x04\x00\x01\x08", 1),
        (b"\xc2\xff\0\0\0\x04\x06\x00\x1b\x08", 27),
    ],
    ids=["old, one byte", "old, two", "new, one", "new, two", "new, five"],
)
def test_an_algorithm_is_read(packet: bytes, algorithm: int):
    assert signature_algorithm(packet) == algorithm


@pytest.mark.parametrize(
    "packet",
    [
        b"",
        b"-----BEGIN",
        b"\x99\x00\x04\x04\x00\x01\x08",
        b"\x88\x04\x03\x00\x16",
        b"\x88\x04\x04\x00\x05",
    ],
    ids=["empty", "armoured", "a key", "version 3", "another algorithm"],
)
def test_what_is_no_such_signature_is_refused(packet: bytes):
    with pytest.raises(SignError) as caught:
        signature_algorithm(packet)
    assert caught.value.code == "sign.algorithm"
