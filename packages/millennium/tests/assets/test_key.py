"""A key is a path that cannot climb."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millennium.assets.key import MAX_KEY_CHARS, AssetKey
from millennium.errors import OutsideAssetsError


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("a/b", "a/b"),
        ("/a/b/", "a/b"),
        ("//a/./b", "a/b"),
        ("", ""),
        ("/", ""),
        ("a..b/..c", "a..b/..c"),
        ("ä ö.html", "ä ö.html"),
    ],
)
def test_a_path_is_normalised(path: str, key: str) -> None:
    assert str(AssetKey.parse(path)) == key


@pytest.mark.parametrize(
    "path",
    ["..", "../a", "a/../b", "a/..", "a\\..\\b", "C:/x", "a\x00b", "a\nb", "a\udce4", "a" * (MAX_KEY_CHARS + 1)],
    ids=["up", "up-a", "comes-back", "ends-up", "backslash", "drive", "nul", "newline", "no-text", "long"],
)  # fmt: skip
def test_what_climbs_or_means_something_to_a_system_is_refused(path: str) -> None:
    with pytest.raises(OutsideAssetsError) as caught:
        AssetKey.parse(path)
    assert caught.value.code == "assets.outside"


@pytest.mark.parametrize(
    ("path", "suffix"),
    [("a/b.HTML", ".html"), ("a.b/c", ""), (".well-known", ""), ("x.tar.gz", ".gz"), ("a.", ".")],
)
def test_a_key_knows_its_extension(path: str, suffix: str) -> None:
    assert AssetKey.parse(path).suffix == suffix


def test_keys_are_derived() -> None:
    assert AssetKey("a").with_suffix_added(".html") == AssetKey("a.html")
    assert AssetKey("a").child("index.html") == AssetKey("a/index.html")
    assert AssetKey("").child("index.html") == AssetKey("index.html")


@given(st.text(alphabet="ab./\\:\0%", max_size=12))
def test_no_text_leads_out(text: str) -> None:
    try:
        key = AssetKey.parse(text)
    except OutsideAssetsError:
        return
    parts = PurePosixPath("/root", key.path).parts
    assert parts[:2] == ("/", "root")
    assert ".." not in parts
    assert AssetKey.parse(str(key)) == key
