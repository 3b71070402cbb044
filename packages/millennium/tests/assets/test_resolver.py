"""The cache keeps what was used last, within its bytes."""

from __future__ import annotations

from millennium.assets.resolver import Asset, AssetCache


def asset(data: bytes) -> Asset:
    return Asset(data=data, mime="text/plain", etag="x")


def test_the_cache_lets_go_what_was_used_longest_ago() -> None:
    cache = AssetCache(max_bytes=5)
    one, two, three = asset(b"11"), asset(b"22"), asset(b"33")
    cache.put("one", one)
    cache.put("two", two)
    cache.put("two", two)
    cache.get("one")
    cache.put("three", three)

    assert cache.get("one") is one
    assert cache.get("two") is None
    assert cache.get("three") is three


def test_the_cache_does_not_take_what_is_too_large() -> None:
    cache = AssetCache(max_bytes=1)
    cache.put("x", asset(b"22"))

    assert cache.get("x") is None
