"""An envelope opens once, in its place, in order, with its key; changed, it does not open at all."""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millennium.errors import NotAllowedError
from millennium.security.envelope import MAX_COUNTER, Opener, Place, Sealer, derive_key
from millennium.security.secret import Secret

PLACE = Place(version=1, label="main", document=3)
SECRET = Secret(bytes(range(32)))
TOKEN = "q-_0123456789abcdefghi"
KEY = derive_key(SECRET, TOKEN, "up")
TEXT = b'{"name":"Ada"}'


def sealed(subject: str = "handle", text: bytes = TEXT) -> str:
    return Sealer(PLACE).seal(KEY, subject, text)


@given(st.binary(max_size=4096), st.text())
def test_what_was_sealed_is_opened(text: bytes, subject: str) -> None:
    assert Opener(PLACE).open(KEY, subject, sealed(subject, text)) == text


def test_counters_rise_and_may_leave_gaps() -> None:
    sealer, opener = Sealer(PLACE), Opener(PLACE)
    first, _, third = (sealer.seal(KEY, "h", text) for text in (b"1", b"2", b"3"))

    assert opener.open(KEY, "h", first) == b"1"
    assert opener.open(KEY, "h", third) == b"3"


def test_a_repeated_counter_is_refused() -> None:
    opener, envelope = Opener(PLACE), sealed()
    opener.open(KEY, "handle", envelope)

    with pytest.raises(NotAllowedError, match="repeats or steps back"):
        opener.open(KEY, "handle", envelope)


def test_a_counter_that_steps_back_is_refused() -> None:
    sealer, opener = Sealer(PLACE), Opener(PLACE)
    first, second = sealer.seal(KEY, "h", b"1"), sealer.seal(KEY, "h", b"2")
    opener.open(KEY, "h", second)

    with pytest.raises(NotAllowedError, match="repeats or steps back"):
        opener.open(KEY, "h", first)


def test_a_forged_counter_does_not_shut_out_the_true_one() -> None:
    opener, envelope = Opener(PLACE), sealed()
    forged = f"{MAX_COUNTER}.{envelope.partition('.')[2]}"

    with pytest.raises(NotAllowedError, match="does not open"):
        opener.open(KEY, "handle", forged)
    assert opener.open(KEY, "handle", envelope) == TEXT


@pytest.mark.parametrize(
    "place",
    [
        replace(PLACE, version=2),
        replace(PLACE, label="other"),
        replace(PLACE, document=4),
    ],
    ids=["another version", "another window", "another document"],
)
def test_an_envelope_of_another_place_is_refused(place: Place) -> None:
    with pytest.raises(NotAllowedError, match="does not open"):
        Opener(place).open(KEY, "handle", sealed())


def test_an_envelope_of_another_subject_is_refused() -> None:
    with pytest.raises(NotAllowedError, match="does not open"):
        Opener(PLACE).open(KEY, "another handle", sealed())


@pytest.mark.parametrize(
    "key",
    [
        derive_key(SECRET, TOKEN, "down"),
        derive_key(SECRET, "another token", "up"),
        derive_key(Secret.fresh(), TOKEN, "up"),
    ],
    ids=["the other direction", "another token", "another document's secret"],
)
def test_another_key_is_refused(key: Secret) -> None:
    with pytest.raises(NotAllowedError, match="does not open"):
        Opener(PLACE).open(key, "handle", sealed())


@given(st.integers(min_value=0, max_value=len(TEXT) + 15), st.integers(min_value=0, max_value=7))
def test_a_flipped_bit_is_refused(at: int, bit: int) -> None:
    counter, _, text = sealed().partition(".")
    octets = bytearray(b64decode(text))
    octets[at] ^= 1 << bit
    tampered = f"{counter}.{b64encode(octets).decode()}"

    with pytest.raises(NotAllowedError, match="does not open"):
        Opener(PLACE).open(KEY, "handle", tampered)


@pytest.mark.parametrize(
    "envelope",
    ["", ".", "x.AAAA", "-1.AAAA", "٣.AAAA", "1", "1.", "1.%", "1.AAAA", "99999999999999999.AAAA"],
)
def test_what_is_no_envelope_is_refused(envelope: str) -> None:
    with pytest.raises(NotAllowedError):
        Opener(PLACE).open(KEY, "handle", envelope)


@pytest.mark.parametrize("counter", ["\u0660", "0" * 17], ids=["other digits", "too many digits"])
def test_a_counter_in_another_spelling_is_refused(counter: str) -> None:
    _, _, text = sealed().partition(".")

    with pytest.raises(NotAllowedError, match="has no counter"):
        Opener(PLACE).open(KEY, "handle", f"{counter}.{text}")


@given(st.text(max_size=64))
def test_any_text_is_refused_with_nothing_but_the_one_error(envelope: str) -> None:
    with pytest.raises(NotAllowedError):
        Opener(PLACE).open(KEY, "handle", envelope)


def test_a_counter_over_the_largest_is_refused() -> None:
    with pytest.raises(NotAllowedError, match="repeats or steps back"):
        Opener(PLACE).open(KEY, "handle", f"{MAX_COUNTER + 1}.AAAA")
