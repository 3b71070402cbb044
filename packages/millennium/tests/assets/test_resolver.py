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


def test_the_cache_keeps_one_large_asset_besides() -> None:
    cache = AssetCache(max_bytes=1)
    small, large, larger = asset(b"1"), asset(b"22"), asset(b"333")
    cache.put("small", small)
    cache.put("large", large)
    assert cache.get("large") is large
    cache.put("larger", larger)

    assert cache.get("large") is None
    assert cache.get("larger") is larger
    assert cache.get("small") is small
