"""Where a window may go, and what happens to links that lead out."""

from __future__ import annotations

import logging

import pytest

from millennium.navigation import NavigationGuard, parse_origins
from millennium_runtime.errors import UnsupportedError


class Outside:
    """The system's browser."""

    def __init__(self) -> None:
        self.urls: list[str] = []

    def open(self, url: str) -> None:
        self.urls.append(url)


@pytest.fixture
def outside() -> Outside:
    return Outside()


@pytest.fixture
def guard(outside: Outside) -> NavigationGuard:
    origins = parse_origins(["millennium://localhost", "https://example.org", "data:,x"])
    return NavigationGuard(origins=origins, open_url=outside.open)


@pytest.mark.parametrize(
    "url",
    ["millennium://localhost/a.html?b#c", "https://example.org/x", "https://example.org:443/"],
    ids=["own", "named", "named-with-port"],
)
def test_a_named_origin_is_allowed(guard: NavigationGuard, outside: Outside, url: str) -> None:
    assert guard.allows(url)
    assert outside.urls == []


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org.evil.example/",
        "http://example.org/",
        "https://example.org:8443/",
        "HTTPS://elsewhere.example/",
        "mailto:ada@example.org",
    ],
    ids=["longer-host", "other-scheme", "other-port", "upper-case", "mail"],
)
def test_a_foreign_page_is_refused_and_nothing_opens(
    guard: NavigationGuard, outside: Outside, url: str
) -> None:
    assert not guard.allows(url)
    assert outside.urls == []


@pytest.mark.parametrize(
    "url",
    ["http://example.org/", "HTTPS://elsewhere.example/", "mailto:ada@example.org"],
    ids=["web", "upper-case", "mail"],
)
def test_a_refused_link_opens_outside(guard: NavigationGuard, outside: Outside, url: str) -> None:
    guard.leave(url)
    assert outside.urls == [url]


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "data:text/html,x", "javascript:alert(1)", "about:blank", "tel:1"],
    ids=["file", "data", "script", "blank", "phone"],
)
def test_anything_else_goes_nowhere(
    guard: NavigationGuard, outside: Outside, caplog: pytest.LogCaptureFixture, url: str
) -> None:
    assert not guard.allows(url)
    with caplog.at_level(logging.WARNING):
        guard.leave(url)
    assert outside.urls == []
    assert "navigation refused" in caplog.text


def test_a_link_the_system_cannot_open_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    def fail(url: str) -> None:
        raise UnsupportedError("no browser here")

    NavigationGuard(origins=frozenset(), open_url=fail).leave("https://example.org")
    assert "link not opened: no browser here" in caplog.text
