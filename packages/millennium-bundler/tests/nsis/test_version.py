"""Versions that are compared as texts."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millennium_bundler.nsis.version import file_version, version_order
from millennium_bundler.updater.version import Version

# https://semver.org/#spec-item-11, and versions that are none of it
ORDERED = [
    *("0.9", "1.0.0-0", "1.0.0-1", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta"),
    *("1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0", "1.0.0+1"),
    *("1.0.1", "1.2.0", "1.9.0", "1.10.0", "2", "10.0"),
]
_numbers = st.integers(0, 10**6)
_words = st.lists(st.from_regex(r"\A(0|[1-9][0-9]{0,8}|[a-zA-Z-][0-9A-Za-z]{0,8})\Z"), max_size=3)


@pytest.mark.parametrize(("older", "newer"), list(itertools.pairwise(ORDERED)))
def test_newer_versions_come_later(older: str, newer: str):
    assert version_order(older) < version_order(newer)


@given(st.lists(st.tuples(_numbers, _numbers, _numbers, _words), min_size=2, max_size=2))
def test_the_order_is_that_of_semantic_versions(versions):
    texts = [
        f"{a}.{b}.{c}" + (f"-{'.'.join(words)}" if words else "") for a, b, c, words in versions
    ]
    first, second = map(Version.parse, texts)
    assert (version_order(texts[0]) < version_order(texts[1])) == (first < second)


@pytest.mark.parametrize("version", ["1.0.0-RC.1", "1.2.3+build.5", "1.0~beta", "9" * 30])
def test_the_order_is_made_of_plain_signs(version: str):
    order = version_order(version)
    assert set(order) <= set("0123456789abcdefz.")


def test_what_was_built_from_one_version_is_one():
    assert version_order("1.2.3+abc") == version_order("1.2.3")


@pytest.mark.parametrize(
    ("version", "found"),
    [
        ("1.2.3", "1.2.3.0"),
        ("1.2.3+4", "1.2.3.4"),
        ("1.2.3-rc.4", "1.2.3.0"),
        ("1", "1.0.0.0"),
        ("1.2.3.4.5", "1.2.3.4"),
        ("70000.1.2", "65535.1.2.0"),
    ],
)
def test_version_resources_have_four_numbers(version: str, found: str):
    assert file_version(version) == found
