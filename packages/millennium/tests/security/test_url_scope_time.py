"""No address keeps a pattern with stars busy."""

from __future__ import annotations

import re
import time

from hypothesis import given
from hypothesis import strategies as st

from millennium.errors import UrlOutOfScopeError
from millennium.security.url_scope import MAX_STARS, MAX_URL_CHARS, UrlScope

PATTERN = "a*a*a*b"


def is_allowed(pattern: str, name: str) -> bool:
    try:
        UrlScope([f"https://x.example/{pattern}"]).check(f"https://x.example/{name}")
    except UrlOutOfScopeError:
        return False
    return True


def test_no_address_keeps_a_pattern_busy() -> None:
    began = time.process_time()
    found = is_allowed(PATTERN, "a" * (MAX_URL_CHARS - 30))

    assert not found
    assert time.process_time() - began < 0.5


def test_control_an_expression_that_goes_back_is_kept_busy() -> None:
    began = time.process_time()
    re.fullmatch(PATTERN.replace("*", ".*"), "a" * 1500)

    assert time.process_time() - began > 0.2


@given(
    st.text("ab*", min_size=1, max_size=8).filter(
        lambda text: "**" not in text and text.count("*") <= MAX_STARS
    ),
    st.text("ab", max_size=8),
)
def test_a_star_is_any_letters(pattern: str, name: str) -> None:
    expected = re.fullmatch(pattern.replace("*", ".*"), name)

    assert is_allowed(pattern, name) == bool(expected)
