"""Each token works once, in any order, for the pad that issued it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millennium.security.secret import Secret
from millennium.security.tokens import REFILL_TOKENS, TOKEN_CHARS, TokenPad


def split(ticket: str) -> tuple[int, str]:
    number, token = ticket.split(" ")
    return int(number), token


def test_a_pad_issues_distinct_tokens_of_128_bits() -> None:
    tokens = [split(each)[1] for each in TokenPad().issue()]

    assert len(set(tokens)) == REFILL_TOKENS
    assert {len(token) for token in tokens} == {TOKEN_CHARS}


def test_an_outstanding_token_is_accepted() -> None:
    pad = TokenPad()

    assert pad.burn(*split(pad.issue(1)[0]))
    assert len(pad) == 0


def test_a_replayed_token_is_refused() -> None:
    pad = TokenPad()
    token = split(pad.issue()[0])
    pad.burn(*token)

    assert not pad.burn(*token)


def test_the_last_token_is_accepted_before_the_first() -> None:
    pad = TokenPad()
    first, *_, last = map(split, pad.issue())

    assert pad.burn(*last)
    assert pad.burn(*first)


def test_a_second_issue_goes_on_counting() -> None:
    pad = TokenPad()
    pad.issue(3)

    assert split(pad.issue(1)[0])[0] == 3


def test_another_pads_token_is_refused() -> None:
    mine, other = TokenPad(), TokenPad()
    mine.issue()

    assert not mine.burn(*split(other.issue()[0]))


def test_a_token_under_another_number_is_refused() -> None:
    pad = TokenPad()
    first, second = map(split, pad.issue(2))

    assert not pad.burn(first[0], second[1])


@pytest.mark.parametrize(
    "token",
    ["", "-" * TOKEN_CHARS, "A" * TOKEN_CHARS, "é" * TOKEN_CHARS, "\ud800" * 4],
    ids=["empty", "placeholder", "guess", "non-ascii", "surrogates"],
)
@pytest.mark.parametrize("number", [0, 99_999, -1], ids=["outstanding", "beyond", "negative"])
def test_a_guess_is_refused_and_burns_nothing(number: int, token: str) -> None:
    pad = TokenPad()
    pad.issue(1)

    assert not pad.burn(number, token)
    assert len(pad) == 1


def test_tokens_depend_on_the_key_alone() -> None:
    key = Secret(bytes(32))

    assert TokenPad(key).issue(2) == TokenPad(key).issue(2)
    assert TokenPad(key).issue(1) == ["0 83UYCrqSiIQB8ZGb5KhxWg"]


@given(st.integers(min_value=0, max_value=REFILL_TOKENS - 1), st.text(max_size=30))
def test_no_text_but_the_token_is_accepted(number: int, text: str) -> None:
    pad = TokenPad(Secret(b"k"))
    tokens = dict(map(split, pad.issue()))

    assert pad.burn(number, text) == (text == tokens[number])
