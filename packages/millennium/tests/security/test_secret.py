"""A secret is equal to itself and shown to nobody."""

from __future__ import annotations

import pytest

from millennium.security.secret import KEY_BYTES, Secret


def test_a_secret_prints_as_nothing() -> None:
    assert repr(Secret(b"swordfish")) == "Secret(…)"
    assert "swordfish" not in f"{Secret(b'swordfish')}"


def test_fresh_secrets_differ_and_have_the_right_size() -> None:
    first, second = Secret.fresh(), Secret.fresh()

    assert first != second
    assert len(first.reveal()) == KEY_BYTES


def test_secrets_of_the_same_bytes_are_equal() -> None:
    assert Secret(b"a") == Secret(b"a")


def test_a_secret_is_not_equal_to_its_bytes() -> None:
    assert Secret(b"a") != b"a"


def test_a_secret_is_no_dictionary_key() -> None:
    with pytest.raises(TypeError):
        hash(Secret(b"a"))
