"""A policy is read, refused when injected scripts could run, and completed for each page."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millennium.errors import InvalidValueError
from millennium.security.csp import (
    CspValue,
    Policy,
    needs_self_connection,
    page_policy,
)

DIRECTIVES = st.from_regex(r"[a-z]{1,6}(-[a-z]{1,6})?", fullmatch=True)
SOURCES = st.from_regex(r"[A-Za-z0-9:/.'*=+-]{1,12}", fullmatch=True)
POLICIES = st.dictionaries(DIRECTIVES, st.lists(SOURCES, max_size=3).map(tuple), max_size=5)


def test_a_string_and_a_map_are_the_same_policy() -> None:
    text = Policy.parse(" default-src 'self' ;; Script-Src a  b ;")
    table = Policy.parse({"default-src": "'self'", "script-src": ("a", "b")})

    assert text == table
    assert str(text) == "default-src 'self'; script-src a b"


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("script_src 'self'", "no directive"),
        ("img-src a; IMG-src b", "twice"),
        ({"img-src": ("a;script-src *",)}, "no source"),
        ({"img-src": ("a, default-src *",)}, "no source"),
        ({"img-src": ("é",)}, "no source"),
    ],
    ids=["directive", "twice", "semicolon", "comma", "not-ascii"],
)
def test_what_is_no_policy_is_refused(value: CspValue, reason: str) -> None:
    with pytest.raises(InvalidValueError, match=reason):
        Policy.parse(value)


def test_a_lone_source_is_found() -> None:
    policy = Policy.parse("img-src a; default-src b")

    assert policy.contains("img-src", "a")
    assert policy.contains("font-src", "b")
    assert not policy.contains("img-src", "b")


def test_none_gives_way_to_the_first_source() -> None:
    assert str(Policy.parse("img-src 'none'").add("img-src", "a", "a")) == "img-src a"
    assert str(Policy().add("img-src")) == "img-src 'none'"


@pytest.mark.parametrize("value", [None, "", {}], ids=["none", "empty", "no-directives"])
def test_nothing_configured_is_a_strict_policy(value: CspValue | None) -> None:
    header = page_policy(value).header()

    assert "default-src 'self'" in header
    assert "script-src 'self'" in header
    assert "unsafe" not in header


def test_a_policy_always_rules_scripts() -> None:
    assert page_policy("img-src a").policy.sources("script-src") == ("'self'",)
    assert "script-src 'sha256-x'" in (
        page_policy("default-src 'none'").header(script_hashes=["'sha256-x'"]).split("; ")
    )


def test_what_default_src_does_not_rule_is_as_in_the_default() -> None:
    assert page_policy("default-src 'self'; form-action 'self'").header() == (
        "default-src 'self'; form-action 'self'; script-src 'self'; "
        "base-uri 'self'; frame-ancestors 'none'"
    )


@pytest.mark.parametrize(
    ("value", "objects"),
    [("img-src a", ("'none'",)), ("default-src 'self'", None), ("object-src a", ("a",))],
    ids=["unruled", "ruled-by-default-src", "configured"],
)
def test_plug_ins_are_always_ruled(value: str, objects: tuple[str, ...] | None) -> None:
    assert page_policy(value).policy.directives.get("object-src") == objects


@pytest.mark.parametrize(
    ("value", "connect"),
    [
        ("default-src 'self'", None),
        ("connect-src https://a.org", ("https://a.org", "'self'")),
        ("default-src 'none'", ("'self'",)),
        ("connect-src *", ("*",)),
        ("img-src a", None),
    ],
    ids=["inherited", "added", "instead-of-none", "anything", "unruled"],
)
def test_bytes_can_always_travel(value: str, connect: tuple[str, ...] | None) -> None:
    policy = page_policy(value).policy

    assert policy.directives.get("connect-src") == connect
    assert not needs_self_connection(policy)


def test_hashes_and_nonce_join_scripts_and_styles() -> None:
    header = page_policy("default-src 'self'").header(
        script_hashes=["'sha256-a'"], style_hashes=["'sha256-b'"], nonce="n"
    )

    assert header.startswith("default-src 'self'; script-src 'self' 'sha256-a' 'nonce-n'; ")
    assert header.endswith("; style-src 'self' 'sha256-b' 'nonce-n'")


def test_directives_for_elements_get_them_too() -> None:
    header = page_policy("script-src-elem 'self'; style-src-elem 'self'").header(
        script_hashes=["'sha256-a'"], style_hashes=["'sha256-b'"], nonce="n"
    )

    assert "script-src-elem 'self' 'sha256-a' 'nonce-n'" in header.split("; ")
    assert "style-src-elem 'self' 'sha256-b' 'nonce-n'" in header.split("; ")


def test_unsafe_inline_styles_are_not_switched_off_by_a_hash() -> None:
    header = page_policy("style-src 'unsafe-inline'").header(style_hashes=["'sha256-b'"])

    assert "style-src 'unsafe-inline';" in header


def test_a_directive_that_is_excluded_stays_as_written() -> None:
    policy = page_policy("style-src 'self'; connect-src a", untouched=["style-src", "connect-src"])

    assert policy.header(style_hashes=["h"]).startswith(
        "style-src 'self'; connect-src a; script-src 'self'; "
    )


def test_what_is_excluded_is_not_filled_in() -> None:
    header = page_policy("default-src 'self'", untouched=["frame-ancestors", "base-uri"]).header()

    assert header == "default-src 'self'; script-src 'self'; form-action 'none'"


def test_all_can_be_excluded() -> None:
    policy = page_policy("default-src 'self'", untouched=True)

    assert policy.header(script_hashes=["h"], nonce="n") == "default-src 'self'"


def test_script_src_can_be_excluded_alone() -> None:
    assert "script-src" not in page_policy("img-src a", untouched=["script-src"]).header()


@given(POLICIES)
def test_what_is_printed_is_read_back(directives: dict[str, tuple[str, ...]]) -> None:
    policy = Policy.parse(directives)

    assert Policy.parse(str(policy)) == policy


@pytest.mark.parametrize(
    ("value", "frames"),
    [
        ("default-src 'self'", "frame-src 'self' millennium://i.localhost"),
        ("default-src 'none'", "frame-src millennium://i.localhost"),
        ("frame-src 'none'; default-src 'self'", "frame-src millennium://i.localhost"),
        ("child-src a.org; default-src 'self'", "frame-src a.org millennium://i.localhost"),
    ],
)
def test_a_frame_of_our_own_is_admitted(value: str, frames: str) -> None:
    assert frames in page_policy(value).framing("millennium://i.localhost").header().split("; ")


def test_a_policy_that_admits_all_frames_stays_as_it_is() -> None:
    policy = page_policy("script-src 'self'")

    assert policy.framing("millennium://i.localhost") == policy
