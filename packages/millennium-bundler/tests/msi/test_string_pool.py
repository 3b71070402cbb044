"""The texts of an .msi."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millennium_bundler.errors import FormatError, PackageError
from millennium_bundler.msi.string_pool import StringPool, can_encode, read_strings


def pool_of(*texts: str, code_page: int = 65001) -> StringPool:
    pool = StringPool(code_page)
    for text in texts:
        pool.add(text)
    return pool


def test_a_text_has_one_number():
    pool = pool_of()
    assert [pool.add(text) for text in ("a", "b", "a")] == [1, 2, 1]


@pytest.mark.parametrize("text", ["", None])
def test_nothing_is_number_zero(text: str | None):
    assert pool_of().add(text) == 0


@given(st.lists(st.text(min_size=1, max_size=50), unique=True, max_size=30))
def test_what_was_written_is_read(texts: list[str]):
    texts = [text for text in texts if can_encode(text, 65001)]
    assert read_strings(*pool_of(*texts).to_bytes()) == (["", *texts], 65001, 2)


def test_a_text_above_65535_bytes_is_read():
    long = "x" * 70_000
    assert read_strings(*pool_of("a", long, "b").to_bytes())[0] == ["", "a", long, "b"]


def test_above_65535_texts_numbers_are_wider():
    pool = pool_of(*(str(number) for number in range(65_536)))
    texts, _, width = read_strings(*pool.to_bytes())
    assert (pool.width, width, len(texts)) == (3, 3, 65_537)


@pytest.mark.parametrize(
    ("text", "code_page", "fits"),
    [("ü€", 1252, True), ("日本", 1252, False), ("日本", 932, True), ("ü", 932, False)],
)
def test_a_code_page_has_its_letters(text: str, code_page: int, fits: bool):
    assert can_encode(text, code_page) is fits


def test_letters_that_the_code_page_lacks_are_refused():
    with pytest.raises(FormatError, match="1252"):
        pool_of("日本", code_page=1252).to_bytes()


POOL, DATA = pool_of("one", "two").to_bytes()


@pytest.mark.parametrize(
    ("pool", "data", "words"),
    [
        (b"\x01\0\0\0" + POOL[4:], DATA, "code page 1"),
        (POOL, DATA + b"x", "each there once"),
        (POOL, DATA[:-1], "each there once"),
        (POOL, b"oneone", "each there once"),
    ],
    ids=["code page", "too long", "too short", "twice"],
)
def test_streams_that_do_not_fit_each_other_are_refused(pool: bytes, data: bytes, words: str):
    with pytest.raises(PackageError, match=words):
        read_strings(pool, data)
