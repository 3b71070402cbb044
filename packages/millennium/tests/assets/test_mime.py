"""Media types come from our own table."""

from __future__ import annotations

import pytest

from millennium.assets.mime import is_html, mime_of


@pytest.mark.parametrize(
    ("suffix", "mime"),
    [
        (".css", "text/css; charset=utf-8"),
        (".csv", "text/csv; charset=utf-8"),
        (".ico", "image/vnd.microsoft.icon"),
        (".html", "text/html; charset=utf-8"),
        (".js", "text/javascript; charset=utf-8"),
        (".json", "application/json"),
        (".jsonld", "application/ld+json"),
        (".mjs", "text/javascript; charset=utf-8"),
        (".rtf", "application/rtf"),
        (".svg", "image/svg+xml"),
        (".mp4", "video/mp4"),
        (".wasm", "application/wasm"),
        (".bin", "application/octet-stream"),
        ("", "application/octet-stream"),
    ],
)
def test_an_extension_has_one_type(suffix: str, mime: str) -> None:
    assert mime_of(suffix) == mime


def test_only_pages_are_pages() -> None:
    assert is_html(mime_of(".htm"))
    assert not is_html(mime_of(".svg"))
