"""A policy under which injected scripts could run is refused, unless that is said to be wanted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millennium.errors import DangerousCspError
from millennium.security.csp import DEFAULT_CSP, page_policy
from millennium.security.csp_danger import (
    find_dangers,
    is_dangerous_script_source,
    ruling_workers,
)


@pytest.mark.parametrize(
    "value",
    [
        "script-src *",
        "script-src *:*",
        "script-src *.com",
        "script-src https://*.org:443/x",
        "script-src 'self' data:",
        "script-src DATA:",
        "script-src blob:",
        "script-src https:",
        "script-src https://",
        "script-src millennium:",
        "script-src https://*",
        "script-src https://*:*",
        "script-src https://*/x",
        "script-src 'unsafe-inline'",
        "script-src 'UNSAFE-EVAL'",
        "script-src 'nonce-always-the-same'",
        "script-src-elem *",
        "script-src-attr 'unsafe-hashes'",
        "default-src *",
        "default-src data:",
        "default-src 'self'; script-src-elem blob:",
    ],
)
def test_a_policy_under_which_injected_scripts_run_is_refused(value: str) -> None:
    with pytest.raises(DangerousCspError) as caught:
        page_policy(value)
    assert "dangerous-script-sources" in caught.value.help


@pytest.mark.parametrize(
    "value",
    [
        DEFAULT_CSP,
        "script-src 'self' 'wasm-unsafe-eval' https://cdn.example.org https://*.example.org",
        "script-src 'self'; img-src * data: blob:; style-src 'unsafe-inline'",
        "default-src *; script-src 'self'",
        "script-src 'self'; style-src 'nonce-a'",
    ],
    ids=["default", "sites", "images", "default-ruled", "styles"],
)
def test_a_policy_that_only_names_sites_is_accepted(value: str) -> None:
    assert page_policy(value).policy.contains("script-src", "'self'")


def test_a_danger_that_is_named_is_accepted_and_no_other() -> None:
    assert page_policy("script-src 'unsafe-eval'", allowed_dangers=["'unsafe-eval'"])
    with pytest.raises(DangerousCspError):
        page_policy("script-src 'unsafe-eval' *", allowed_dangers=["'unsafe-eval'"])


@pytest.mark.parametrize(
    "value",
    [
        "script-src 'self'; worker-src 'self' blob:",
        "default-src 'self'; worker-src BLOB:",
        "script-src 'self'; child-src blob:",
        "child-src *; worker-src 'self'",
    ],
    ids=["worker-src", "capitals", "child-src", "worker-src-rules"],
)
def test_workers_may_come_from_blobs(value: str) -> None:
    assert page_policy(value)


@pytest.mark.parametrize(
    ("value", "advice"),
    [
        ("script-src blob:; worker-src blob:", "dangerous-script-sources"),
        ("worker-src *", "dangerous-script-sources"),
        ("worker-src data:", "dangerous-script-sources"),
        ("worker-src 'unsafe-eval'", "dangerous-script-sources"),
        ("child-src https:", "say frame-src for frames"),
    ],
    ids=["scripts-too", "anybody", "data", "keyword", "child-src"],
)
def test_workers_may_not_come_from_anywhere(value: str, advice: str) -> None:
    with pytest.raises(DangerousCspError) as caught:
        page_policy(value)
    assert advice in caught.value.help


@pytest.mark.parametrize(
    ("directives", "ruling"),
    [
        (["default-src", "script-src", "child-src", "worker-src"], "worker-src"),
        (["default-src", "script-src", "child-src"], "child-src"),
        (["default-src", "script-src"], "script-src"),
        (["default-src"], "default-src"),
        ([], ""),
    ],
)
def test_workers_are_ruled_by_the_nearest_directive(directives: list[str], ruling: str) -> None:
    assert ruling_workers(dict.fromkeys(directives, ())) == ruling


def test_every_danger_is_found() -> None:
    directives = {"script-src": ("*", "'self'"), "worker-src": ("data:", "blob:")}

    assert list(find_dangers(directives)) == [("script-src", "*"), ("worker-src", "data:")]


@given(st.text(max_size=20))
def test_any_source_is_judged_without_raising(source: str) -> None:
    assert is_dangerous_script_source(source) in (True, False)
