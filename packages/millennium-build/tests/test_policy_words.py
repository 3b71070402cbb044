"""Sources in words."""

from __future__ import annotations

import pytest

from millennium_build.policy_words import describe_source, find_warnings


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("'self'", "files of the app"),
        ("'SELF'", "files of the app"),
        ("'sha256-abc='", "this text and no other"),
        ("'nonce-…'", "elements the author marked, in this load only"),
        ("https:", "any address that begins with https:"),
        ("blob:", "what the page itself makes"),
        ("https://a.org", "what https://a.org serves"),
    ],
)
def test_a_source_is_described(source: str, words: str) -> None:
    assert describe_source(source) == words


def test_a_nonce_of_each_load_is_no_warning() -> None:
    directives = {"script-src": ("'nonce-…'",), "frame-ancestors": ("'none'",)}

    assert list(find_warnings(directives)) == []
