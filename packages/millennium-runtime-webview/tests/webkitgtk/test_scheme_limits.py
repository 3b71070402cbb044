"""A request that is over a limit is answered without its protocol, and without its content."""

from __future__ import annotations

import pytest

from millennium_runtime_webview.webkitgtk.scheme import (
    HEADERS_TOO_LARGE,
    MAX_HEADER_BYTES,
    MAX_HEADERS,
    MAX_URI_CHARS,
    URI_TOO_LONG,
)

pytestmark = pytest.mark.gui
MANY = "Object.fromEntries(Array.from({{ length: {count} }}, (_, i) => ['x-' + i, '1']))"
LONG = "{{ 'x-a': 'a'.repeat({count}) }}"


def ask(window, url: str, headers: str = "{}") -> list[int]:
    answer: list[int] = window.js(
        f"fetch({url}, {{ headers: {headers} }})"
        ".then(async (r) => [r.status, (await r.text()).length])"
    )
    return answer


def test_an_address_that_is_too_long_is_refused(app):
    window = app.open()
    answer = ask(window, f"'/?' + 'a'.repeat({MAX_URI_CHARS})")
    assert answer == [URI_TOO_LONG, 0]


def test_an_address_within_the_limit_reaches_the_protocol(app):
    window = app.open()
    long = f"/{'a' * (MAX_URI_CHARS - 100)}"
    assert ask(window, f"'/' + 'a'.repeat({len(long) - 1})")[0] == 200
    assert window.requests[-1].uri.endswith(long)


@pytest.mark.parametrize(
    "headers",
    [MANY.format(count=MAX_HEADERS + 1), LONG.format(count=MAX_HEADER_BYTES)],
    ids=["many", "large"],
)
def test_headers_over_the_limit_are_refused(app, headers):
    assert ask(app.open(), "'/'", headers) == [HEADERS_TOO_LARGE, 0]


@pytest.mark.parametrize(
    "headers",
    [MANY.format(count=MAX_HEADERS // 2), LONG.format(count=MAX_HEADER_BYTES // 2)],
    ids=["many", "large"],
)
def test_headers_within_the_limit_reach_the_protocol(app, headers):
    assert ask(app.open(), "'/'", headers)[0] == 200
