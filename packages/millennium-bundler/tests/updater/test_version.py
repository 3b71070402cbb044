"""Versions stand in the order of Semantic Versioning."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millennium_bundler.errors import UpdaterError
from millennium_bundler.updater.version import Version

# https://semver.org/#spec-item-11
IN_ORDER = (
    "0.9.0", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2",
    "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0", "1.0.1", "1.2.0", "1.10.0", "2.0.0",
)  # fmt: skip
WORDS = st.lists(st.from_regex(r"(0|[1-9][0-9]{0,3}|[a-z-]{1,4})", fullmatch=True), max_size=3)


@pytest.mark.parametrize(("older", "newer"), list(pairwise(IN_ORDER)))
def test_each_is_older_than_the_next(older: str, newer: str):
    assert Version.parse(older) < Version.parse(newer)
    assert Version.parse(newer) > Version.parse(older)


def test_build_metadata_counts_for_nothing():
    assert Version.parse("1.0.0+a") == Version.parse("1.0.0+b")
    assert hash(Version.parse("1.0.0+a")) == hash(Version.parse("1.0.0"))


def test_a_version_is_no_text():
    assert Version.parse("1.0.0") != "1.0.0"


@pytest.mark.parametrize(
    "text",
    ["", "1", "1.2", "1.2.3.4", "01.2.3", "1.2.3-", "1.2.3-01", "1.2.3+", "v1.2.3", "1.2.3 ", "1.0.0a1",
     "1.2.3\n", "\uff11.2.3", "9" * 30 + ".0.0", "1.0.0-" + "a" * 300],
)  # fmt: skip
def test_what_cannot_be_ordered_is_refused(text: str):
    with pytest.raises(UpdaterError, match="cannot be ordered"):
        Version.parse(text)


@given(st.tuples(st.integers(0, 99), st.integers(0, 99), st.integers(0, 99)), WORDS, WORDS)
def test_the_order_is_total(numbers: tuple[int, int, int], left: list[str], right: list[str]):
    head = ".".join(map(str, numbers))
    one, other = (Version.parse(head + "-" + ".".join(w) if w else head) for w in (left, right))
    assert (one < other) + (one == other) + (one > other) == 1
